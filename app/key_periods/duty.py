"""A response's dates become duty dates, and are given back when it ends early (EMR-1, ATT-6)."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import DutyDecision, KeyPeriod
from app.key_periods.area import span_of, units_of, units_of_all
from app.kit.clock import civil_day
from app.people.calendar import FRIDAY, Calendar
from app.people.city_refusals import TooLateToDeclare
from app.people.duty_calendar import check_in_time, decide
from app.people.principal import Principal
from app.rules import duty
from app.rules.duty import DutyChange
from app.rules.key_periods import duty_dates, duty_units

Dated = dict[str, Any]
"""unit and day; of a declared one its decision, and whether it was given back."""


def declare(session: Session, asker: Principal, period: KeyPeriod, now: datetime) -> None:
    """Declare each of its dates that is none yet; one that has begun is named, never declared."""
    dates = duty_dates(span_of(period))
    calendar = Calendar(session, dates[0], dates[-1])
    declared, not_declared = [], []
    for unit, day in _off_duty(calendar, duty_units(units_of(session, period.id)), dates):
        try:
            check_in_time(day, DutyChange.DECLARED, now)
        except TooLateToDeclare:
            not_declared.append({"unit": unit, "day": day.isoformat()})
            continue
        decision = decide(session, asker, unit, (day, DutyChange.DECLARED, period.title), now)
        declared.append(_entry(unit, day, decision))
    period.declared, period.not_declared = declared, not_declared


def _entry(unit: str, day: date, decision: DutyDecision) -> Dated:
    return {"unit": unit, "day": day.isoformat(), "decision": decision.id, "given_back": False}


def _off_duty(
    calendar: Calendar, units: Collection[str], dates: Collection[date]
) -> Iterator[tuple[str, date]]:
    """Units and dates that are no duty dates; parts of a unit where only they were exempted."""
    for day in dates:
        for unit in units:
            if not calendar.on_duty(unit, day):
                yield unit, day
                continue
            for part in _parts(calendar, unit, day):
                if not calendar.on_duty(part, day):
                    yield part, day


def _parts(calendar: Calendar, unit: str, day: date) -> list[str]:
    """The units below one that decisions of a date name, from above downwards."""
    named = {found.unit_code for found in calendar.decisions[day]}
    return sorted(code for code in named if code != unit and code.startswith(unit))


def give_back(
    session: Session, asker: Principal, period: KeyPeriod, reason: str, now: datetime
) -> None:
    """The dates after today that it declared are what they were before it, unless another
    response needs them or the centre has decided otherwise since."""
    today = civil_day(now)
    others = _others(session, period, now)
    ended = _ended(session, now)
    entries = []
    for entry in period.declared:
        day = date.fromisoformat(entry["day"])
        calendar = Calendar(session, day, day)
        given = day > today and _is_last_word(calendar, entry, day)
        if given and not _handed_on(others, entry, day):
            decide(session, asker, entry["unit"], (day, DutyChange.EXEMPTED, reason), now)
            needed = _needed_parts(calendar, (entry, day), others, ended)
            _keep_parts(session, asker, (needed, day), others, now)
            entries.append({**entry, "given_back": True})
        else:
            entries.append(entry)
    period.declared = entries


Others = dict[KeyPeriod, tuple[str, ...]]
"""Other responses that still run or will, with the units where their duty is kept."""


def _others(session: Session, period: KeyPeriod, now: datetime) -> Others:
    rows = session.scalars(
        select(KeyPeriod)
        .where(KeyPeriod.id != period.id, KeyPeriod.ended_at.is_(None), KeyPeriod.ends_at > now)
        .order_by(KeyPeriod.opened_at, KeyPeriod.id)
        .with_for_update()
    ).all()
    units = units_of_all(session, [row.id for row in rows])
    return {row: duty_units(units[row.id]) for row in rows}


def _is_last_word(calendar: Calendar, entry: Dated, day: date) -> bool:
    """Whether nobody has decided about the unit and date since."""
    reaching = [
        found.id for found in calendar.decisions[day] if entry["unit"].startswith(found.unit_code)
    ]
    return bool(reaching) and reaching[-1] == entry["decision"]


def _handed_on(others: Others, entry: Dated, day: date) -> bool:
    """Another response that covers all of it keeps the date, and gives it back in its turn."""
    for other, units in others.items():
        covers = any(entry["unit"].startswith(unit) for unit in units)
        if covers and day in duty_dates(span_of(other)):
            other.declared = [*other.declared, entry]
            return True
    return False


def _ended(session: Session, now: datetime) -> set[int]:
    """The declarations of responses that were ended: nothing rests on them any more."""
    session.flush()
    rows = session.scalars(
        select(KeyPeriod.declared).where(KeyPeriod.ended_at.is_not(None), KeyPeriod.ends_at > now)
    )
    return {entry["decision"] for declared in rows for entry in declared}


def _needed_parts(
    calendar: Calendar, of: tuple[Dated, date], others: Others, ended: Collection[int]
) -> dict[str, str]:
    """Parts of a unit that stay on duty, and why: another response covers them, or they were."""
    entry, day = of
    needed = {
        unit: other.title
        for other, units in others.items()
        for unit in units
        if unit.startswith(entry["unit"]) and day in duty_dates(span_of(other))
    }
    for part in _parts(calendar, entry["unit"], day):
        standing = [
            found
            for found in calendar.decisions[day]
            if part.startswith(found.unit_code) and found.id not in ended
        ]
        if _was_on_duty(calendar, standing, day):
            needed.setdefault(part, standing[-1].reason)
    return needed


def _was_on_duty(calendar: Calendar, standing: Collection[DutyDecision], day: date) -> bool:
    decisions = [duty.DutyDecision(day, found.change, found.decided_at) for found in standing]
    national = calendar.national.get(day, day.isoweekday() <= FRIDAY)
    return bool(decisions) and duty.is_duty_date(day, national, decisions)


def _keep_parts(
    session: Session,
    asker: Principal,
    needed: tuple[dict[str, str], date],
    others: Others,
    now: datetime,
) -> None:
    """Declared anew, because what was given back above them reaches them too."""
    parts, day = needed
    for unit, reason in sorted(parts.items()):
        decision = decide(session, asker, unit, (day, DutyChange.DECLARED, reason), now)
        _note(others, _entry(unit, day, decision))


def _note(others: Others, entry: Dated) -> None:
    """The response whose own date it is remembers the decision that stands now."""
    for other, units in others.items():
        rest = [
            found
            for found in other.declared
            if (found["unit"], found["day"]) != (entry["unit"], entry["day"])
        ]
        if len(rest) < len(other.declared) or entry["unit"] in units:
            other.declared = [*rest, entry]
            return
