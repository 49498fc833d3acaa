"""EVT-3 on cases: when a hold is due, and when its cards fall."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.rules.cards import Colour, WorkingSpans
from app.rules.cases import Bench, Case, Obtained, instant_in, values_in
from app.rules.civil import civil_day
from app.rules.deadlines import (
    EVT_3,
    RED_AFTER_H,
    Clock,
    Deadline,
    Hold,
    deadline_of,
    fallen,
    judge_clock,
    working_spans,
)
from app.rules.field_records import Severity
from app.rules.tiers import Tier

FRIDAY = 5


def judge_cards(case: Case, bench: Bench) -> Obtained:
    """Due, yellow and red of one hold; where `ended` (or `at`) is given, the cards it had."""
    arrived = instant_in(case["arrived"])
    hold = Hold(arrived, _deadline(case, arrived), _hours(case.get("extension", 0)))
    clock = judge_clock(hold, _red_after(case), _spans(case, bench))
    facts: dict[str, Any] = {
        name: _in_the_cases_time(instant, arrived)
        for name, instant in (("due", clock.due), ("yellow", clock.yellow), ("red", clock.red))
    }
    until = case.get("ended") or case.get("at")
    if until is not None:
        facts["cards"] = [colour.value for colour in _cards(clock, instant_in(until))]
    return Obtained(facts, EVT_3.rule, EVT_3.clause)


def _cards(clock: Clock, until: datetime) -> list[Colour]:
    return [colour for colour, _ in fallen(clock.yellow, clock.red, until)]


def _in_the_cases_time(instant: datetime, arrived: datetime) -> str:
    return instant.astimezone(arrived.tzinfo).isoformat()


def _hours(written: object) -> Decimal:
    return Decimal(str(written))


def _deadline(case: Case, arrived: datetime) -> Deadline:
    """`hours` of the case, else those of its `tier` in the default table."""
    severity = Severity(case.get("severity", Severity.GENERAL))
    if case.get("hours") is not None:
        return Deadline(severity, _hours(case["hours"]))
    return deadline_of((), "other", severity, Tier(case["tier"]), civil_day(arrived))


def _red_after(case: Case) -> float:
    """`red_after`, or the parameter."""
    stated = case.get("red_after", case.get("red_after_h"))
    return values_in(case)[RED_AFTER_H] if stated is None else float(stated)


def _spans(case: Case, bench: Bench) -> WorkingSpans:
    on_duty, values = _duty_dates(case, bench), values_in(case)
    return lambda day: working_spans(day, values, on_duty=on_duty(day))


def _duty_dates(case: Case, bench: Bench) -> Callable[[date], bool]:
    """The nation's dates, with those that the case declares, exempts or states."""
    stated = case.get("on_duty", case.get("calendar"))
    if isinstance(stated, bool):
        return lambda _: stated
    by_date = {_day(day): bool(on_duty) for day, on_duty in dict(stated or {}).items()}
    by_date |= dict.fromkeys(map(_day, case.get("declared") or ()), True)
    by_date |= dict.fromkeys(map(_day, case.get("exempted") or ()), False)

    def found(day: date) -> bool:
        return by_date[day] if day in by_date else _national(bench, day)

    return found


def _national(bench: Bench, day: date) -> bool:
    """Weekdays beyond the national calendar, as everywhere."""
    try:
        return bench.national_duty(day)
    except NotImplementedError:
        return day.isoweekday() <= FRIDAY


def _day(written: object) -> date:
    return date.fromisoformat(str(written))
