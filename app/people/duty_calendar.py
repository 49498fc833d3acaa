"""The centre's hand on the duty calendar (ATT-6): declared, exempted, next year's dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db.models import CalendarDay, DutyDecision, Unit
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.outbox.emit import emit, mark_clocks, mark_visits
from app.people.calendar import FRIDAY, Calendar
from app.people.city_refusals import (
    NationalDatePast,
    SpanReversed,
    SpanTooLong,
    TooLateToDeclare,
    TooLateToExempt,
)
from app.people.marks import mark_unit
from app.people.national_calendar import CITY
from app.people.principal import Principal
from app.rules import duty
from app.rules.attendance import WINDOWS
from app.rules.cards import ClockReason
from app.rules.civil import instant_of
from app.rules.divisions import UnitTier
from app.rules.duty import DutyChange

LONGEST_SPAN = timedelta(days=400)
EXEMPTION_REACHES_BACK = timedelta(days=31)


@dataclass(frozen=True)
class DutyDate:
    """What a date is at a unit, and what made it so."""

    day: date
    on_duty: bool
    by: str
    clause: str
    national: bool
    published: bool
    """Whether the national calendar has the date; weekdays beyond it."""
    decisions: tuple[DutyDecision, ...]


def dates(session: Session, unit_code: str, first: date, last: date) -> tuple[DutyDate, ...]:
    """Every date of a span at a unit; raises SpanReversed and SpanTooLong."""
    if last < first:
        raise SpanReversed(first=first, last=last)
    if last - first >= LONGEST_SPAN:
        raise SpanTooLong(days=(last - first).days + 1)
    calendar = Calendar(session, first, last)
    span = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return tuple(_date(calendar, unit_code, day) for day in span)


def _date(calendar: Calendar, unit_code: str, day: date) -> DutyDate:
    published = day in calendar.national
    national = calendar.national.get(day, day.isoweekday() <= FRIDAY)
    finding = duty.judge_duty_date(day, national, calendar.decisions_for(unit_code, day))
    reaching = (found for found in calendar.decisions[day] if unit_code.startswith(found.unit_code))
    return DutyDate(
        day=day,
        on_duty=finding.verdict,
        by=str(finding.because["by"]),
        clause=finding.cite.clause,
        national=national,
        published=published,
        decisions=tuple(reaching),
    )


def decide(
    session: Session,
    asker: Principal,
    unit_code: str,
    decided: tuple[date, DutyChange, str],
    now: datetime,
) -> DutyDecision:
    """The centre declares a date a duty date for a unit, or exempts it.

    A declaration comes before the date's first window opens, because nobody can be asked
    afterwards to have been there. An exemption may reach back 31 days [reading]: it takes duties
    away and never harms a worker.
    """
    day, change, reason = decided
    asker.act(unit_code)
    unit = session.get(Unit, unit_code)
    if unit is None or unit.tier is UnitTier.GRID:
        # Duty is kept where workers are posted: at the community's station.
        raise NotFound(unit=unit_code)
    check_in_time(day, change, now)
    decision = DutyDecision(
        day=day,
        unit_code=unit_code,
        change=change,
        reason=reason,
        decided_by=asker.account_id,
        decided_at=now,
    )
    session.add(decision)
    if day <= civil_day(now):
        mark_unit(session, unit_code, day, day)
    mark_visits(session, unit_code, day, day)
    mark_clocks(session, unit_code, ClockReason.CALENDAR)
    emit(
        session,
        f"duty.{change.value}",
        by=asker.account_id,
        unit_code=unit_code,
        subject=("day", day.isoformat()),
        reason=reason,
    )
    session.flush()
    return decision


def check_in_time(day: date, change: DutyChange, now: datetime) -> None:
    """Raises TooLateToDeclare or TooLateToExempt."""
    if change is DutyChange.EXEMPTED:
        earliest = civil_day(now) - EXEMPTION_REACHES_BACK
        if day < earliest:
            raise TooLateToExempt(earliest=earliest)
        return
    opens = instant_of(day, WINDOWS.on(day)[0].opens)
    if now >= opens:
        raise TooLateToDeclare(window_opened=opens)


def publish_national(
    session: Session, asker: Principal, days: Mapping[date, bool], now: datetime
) -> int:
    """Enter what the State Council published; only for dates after today."""
    asker.act(asker.unit_code)
    today = civil_day(now)
    past = sorted(day for day in days if day <= today)
    if past:
        raise NationalDatePast(days=[day.isoformat() for day in past[:20]])
    write_national(session, days.items(), CITY)
    mark_visits(session, asker.unit_code, min(days), max(days))
    mark_clocks(session, asker.unit_code, ClockReason.CALENDAR)
    emit(
        session,
        "calendar.national_published",
        by=asker.account_id,
        unit_code=asker.unit_code,
        subject=("calendar", min(days).isoformat()),
        days=len(days),
        working=sorted(day.isoformat() for day, working in days.items() if working),
    )
    return len(days)


def write_national(session: Session, days: Iterable[tuple[date, bool]], source: str) -> None:
    """Rows of the national calendar; a date that is there gets the new value."""
    rows = [{"day": day, "working": working, "source": source} for day, working in days]
    statement = insert(CalendarDay)
    replaced = {"working": statement.excluded.working, "source": statement.excluded.source}
    session.execute(
        statement.on_conflict_do_update(index_elements=["day"], set_=replaced).values(rows)
    )
