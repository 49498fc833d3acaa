"""What endpoints, their keys and messages that come in can be refused for."""

from app.kit.errors import Refusal


class NotAuthentic(Refusal):
    """The message is not proven to come from the platform: see `why`."""

    code = "webhook.not_authentic"
    status = 401
    zh = "无法确认消息来自该平台，原因见 why。"
    rule = "INT-1"
    clause = "三(一)1 “4”, 四(一)2, 四(二)"
