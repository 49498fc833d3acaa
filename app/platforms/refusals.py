"""What platforms, and the desk that looks after them, can be refused for (INT-1)."""

from app.kit.errors import Refusal

CLAUSE = "三(一)1 “4”, 四(一)2, 四(二)"


class PlatformUnknown(Refusal):
    """There is no platform of that name."""

    code = "platform.unknown"
    status = 404
    zh = "没有这个平台。"
    rule = "INT-1"
    clause = CLAUSE


class PlatformNotSetUp(Refusal):
    """Nothing is agreed with this platform yet by which its messages could be proven."""

    code = "platform.not_set_up"
    status = 401
    zh = "尚未与该平台约定消息验证方式和密钥。"
    rule = "INT-1"
    clause = CLAUSE


class MessageReused(Refusal):
    """This message id was sent before with another content."""

    code = "platform.message_reused"
    zh = "该消息编号此前已用于内容不同的消息。"
    rule = "INT-1"
    clause = CLAUSE


class MessageErased(Refusal):
    """The content of this message was erased after its term."""

    code = "platform.message_erased"
    zh = "该消息的内容已到期删除。"
    rule = "INT-1"
    clause = CLAUSE


class MessageNotRetried(Refusal):
    """Only a message that was not understood, or failed, is tried again."""

    code = "platform.message_not_retried"
    zh = "只有未能理解或处理失败的消息才能重新处理。"
    rule = "INT-1"
    clause = CLAUSE


class AccountTaken(Refusal):
    """On some of these dates the account is recorded as another worker's."""

    code = "platform.account_taken"
    zh = "该平台账号在上述部分日期已登记给其他网格员。"
    rule = "TSK-3"
    clause = "四(二)3"


class AccountRecordReused(Refusal):
    """This key was used before for another account."""

    code = "platform.account_key_reused"
    zh = "该编号此前已用于另一个平台账号。"
    rule = "TSK-3"
    clause = "四(二)3"


class AccountNotShortened(Refusal):
    """The last date lies before the first, or not before the one on record."""

    code = "platform.account_not_shortened"
    status = 422
    zh = "截止日期早于开始日期，或不早于已登记的截止日期。"
    rule = "TSK-3"
    clause = "四(二)3"


class NothingToReconcile(Refusal):
    """This platform is told nothing now: there is nobody to be asked."""

    code = "platform.nothing_to_reconcile"
    zh = "目前没有向该平台推送的端点，无法对账。"
    rule = "INT-1"
    clause = CLAUSE


class DayToCome(Refusal):
    """Only a date that has begun, of the last 400, can be reconciled."""

    code = "platform.day_to_come"
    status = 422
    zh = "只能对账已开始的日期，且不早于 400 天前。"
    rule = "INT-1"
    clause = CLAUSE
