"""What responses of key periods can be refused for."""

from app.kit.errors import Refusal


class KeyPeriodTooLong(Refusal):
    """A key period is longer than it may be."""

    code = "key_period.too_long"
    status = 422
    zh = "重点时段超过最长天数。"
    rule = "EMR-1"
    clause = "二8"


class KeyPeriodInThePast(Refusal):
    """A key period starts today at the earliest and ends after now."""

    code = "key_period.in_the_past"
    status = 422
    zh = "重点时段最早从今天开始，且须在此刻之后结束。"
    rule = "EMR-1"
    clause = "二8"


class KeyPeriodClosed(Refusal):
    """This key period is over or was ended already."""

    code = "key_period.closed"
    zh = "该重点时段已结束。"
    rule = "EMR-1"
    clause = "二8"


class KeyPeriodIdReused(Refusal):
    """This id already stands for another key period."""

    code = "key_period.id_reused"
    zh = "该编号已用于另一个重点时段。"
