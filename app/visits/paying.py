"""What a visit pays, as its worker is told: kind by kind, without a word about anybody."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Visit, VisitTarget
from app.people.calendar import is_duty_date
from app.people.spans import starts
from app.people.values import supersessions
from app.rules.parameters import values_on
from app.rules.visits import (
    NOBODY_HOME_VISITS,
    Cadence,
    Life,
    PaidVisit,
    Period,
    VisitVerdict,
    cadence_of,
    days_nobody_home,
    owes,
    payment,
    period_of,
)
from app.visits.placing import ONE_DAY

PAYING = (VisitVerdict.COUNTS, VisitVerdict.NOBODY_HOME)


def pays(session: Session, visit: Visit) -> list[dict[str, Any]]:
    """Of every period that the visited place owes on the date: whether it is paid by now, and
    whether by this visit; of a quarter, on how many days nobody was home."""
    targets = _targets(session, visit)
    periods = [period_of(target.kind, visit.day) for target in targets]
    if not periods:
        return []
    first, last = min(each.first for each in periods), max(each.last for each in periods)
    on_duty = is_duty_date(session, visit.grid_code[:12], visit.day)
    visits = _visits(session, visit, first, last)
    history = supersessions(session)
    told = []
    for target, period in zip(targets, periods, strict=True):
        values = values_on(period.last, history)
        if owes(target.kind, life_of(target), period, lambda _: on_duty, values).verdict:
            told.append(_told(visit, target, period, payment(target.kind, period, visits, values)))
            told[-1] |= _nobody_home(target, period, visits, values[NOBODY_HOME_VISITS])
    return told


def _told(
    visit: Visit, target: VisitTarget, period: Period, paid: Sequence[PaidVisit]
) -> dict[str, Any]:
    return {
        "target": str(target.id),
        "kind": target.kind.value,
        "first_day": period.first.isoformat(),
        "last_day": period.last.isoformat(),
        "paid": bool(paid),
        "by_this": any(each.record == visit.id for each in paid),
    }


def _nobody_home(
    target: VisitTarget, period: Period, visits: Sequence[PaidVisit], needed: float
) -> dict[str, Any]:
    if cadence_of(target.kind, period.last) is not Cadence.QUARTER:
        return {}
    days = len(days_nobody_home(period, visits))
    return {"nobody_home": {"days": days, "needed": int(needed)}}


def _targets(session: Session, visit: Visit) -> Sequence[VisitTarget]:
    """Of the visited place, those that live in the quarter around the date."""
    near = Range(visit.day - 92 * ONE_DAY, visit.day + 92 * ONE_DAY)
    return session.scalars(
        select(VisitTarget)
        .where(VisitTarget.place_id == visit.place_id, VisitTarget.valid.overlaps(near))
        .order_by(VisitTarget.kind, VisitTarget.valid)
    ).all()


def life_of(target: VisitTarget) -> Life:
    """Since when and until when there is somebody to visit."""
    end = target.valid.upper
    return Life(starts(target.valid), None if end is None else end - ONE_DAY)


def _visits(session: Session, visit: Visit, first: date, last: date) -> list[PaidVisit]:
    rows = session.execute(
        select(Visit.corrected_at, Visit.verdict, Visit.id).where(
            Visit.place_id == visit.place_id,
            Visit.day.between(first, last),
            Visit.verdict.in_(PAYING),
        )
    )
    return [PaidVisit(*row) for row in rows]
