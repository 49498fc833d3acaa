"""Why it can't be said what held on a date."""

from app.kit.errors import Refusal


class NotYetThatDay(Refusal):
    """What holds on a date is known once the date has come."""

    code = "standing.in_the_future"
    status = 422
    zh = "该日期尚未到来，无法查询当日情况。"
