"""Versions over dates: the one in force is closed where the next begins."""

from datetime import date

from sqlalchemy.dialects.postgresql import Range

from app.people.city_refusals import EffectiveInThePast, SpanReversed


def not_in_the_past(first: date, today: date) -> None:
    """Raises EffectiveInThePast for a date before today; today itself is allowed."""
    if first < today:
        raise EffectiveInThePast(today=today)


def span(first: date, end: date | None) -> Range[date]:
    """From the first date up to but not including the end; raises SpanReversed."""
    if end is not None and end <= first:
        raise SpanReversed(first=first, end=end)
    return Range(first, end)


def starts(valid: Range[date]) -> date:
    """The first date of a span; every span of this house has one."""
    assert valid.lower is not None
    return valid.lower


def cut(valid: Range[date], end: date) -> Range[date]:
    """The span closed at a date."""
    return Range(valid.lower, end)
