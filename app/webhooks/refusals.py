"""What endpoints, their keys and messages that come in can be refused for."""

from app.kit.errors import Refusal


class NotAuthentic(Refusal):
    """The message is not proven to come from the platform: see `why`."""

    code = "webhook.not_authentic"
    status = 401
    zh = "无法确认消息来自该平台，原因见 why。"
    rule = "INT-1"
    clause = "三(一)1 “4”, 四(一)2, 四(二)"


class NotAKey(Refusal):
    """The secret does not have the form that its scheme asks for."""

    code = "webhook.not_a_key"
    status = 422
    zh = "密钥不符合该签名方式要求的格式。"
    rule = "INT-2"
    clause = "三(一)1 “4”"


class NoKeysInScheme(Refusal):
    """This direction of the endpoint is not signed with keys."""

    code = "webhook.no_keys"
    zh = "该端点的这一方向不使用签名密钥。"
    rule = "INT-2"
    clause = "三(一)1 “4”"


class TooManyKeys(Refusal):
    """Too many old keys are still valid: expire some, or rotate without an overlap."""

    code = "webhook.too_many_keys"
    zh = "仍然有效的旧密钥过多，请先作废部分旧密钥，或不留重叠期直接轮换。"
    rule = "INT-2"
    clause = "三(一)1 “4”"


class LastKey(Refusal):
    """The last valid key can't be expired: rotate without an overlap instead."""

    code = "webhook.last_key"
    zh = "最后一个有效密钥不能作废，请不留重叠期直接轮换。"
    rule = "INT-2"
    clause = "三(一)1 “4”"
