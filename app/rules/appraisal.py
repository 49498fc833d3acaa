"""APR: the month's score from what was measured, pass or fail; the year's grade (五)."""

from enum import StrEnum


class Indicator(StrEnum):
    """What a month is measured by (APR-1)."""

    ATTENDANCE = "attendance"
    FIELD_TIME = "field_time"
    VISITS = "visits"
    INFORMATION = "information"
    EVENTS = "events"
    SERVICES = "services"
    MEETINGS = "meetings"


class Result(StrEnum):
    """Of a month."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"


class Grade(StrEnum):
    """Of a year (五1)."""

    EXCELLENT = "excellent"
    QUALIFIED = "qualified"
    UNQUALIFIED = "unqualified"


class MonthState(StrEnum):
    """Of a community's appraisal of a month."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    """The station gave its word on every worker."""
    CLOSED = "closed"


class RevisionGround(StrEnum):
    """Why a result changed after its month was closed."""

    OBJECTION = "objection"
    DATA = "data"
    """Records changed, and a person decided that the result changes with them."""
