"""Which rung of the ladder a ground would lead to (CON-1, CON-2)."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from app.db.models import Penalty
from app.rules.conduct import Ground, PenaltyKind, judge_rung, year_of
from app.rules.finding import Finding


def rung_of(
    session: Session,
    worker_id: UUID,
    ground: Ground,
    occurred_on: date,
    without: UUID | None = None,
) -> PenaltyKind:
    """What a ground would lead to if it were decided now."""
    return counted(session, worker_id, ground, occurred_on, without).verdict


def counted_of_all(
    session: Session, happened: Collection[tuple[UUID, date]]
) -> Mapping[tuple[UUID, int], int]:
    """Of workers and the years of dates: how many penalties stand, where there are any."""
    years = {occurred_on.year for _, occurred_on in happened}
    year = extract("year", Penalty.occurred_on)
    rows = session.execute(
        select(Penalty.worker_id, year, func.count())
        .where(
            Penalty.worker_id.in_({worker_id for worker_id, _ in happened}),
            year.in_(years),
            Penalty.standing.is_not(None),
        )
        .group_by(Penalty.worker_id, year)
    )
    return {(worker_id, int(of)): count for worker_id, of, count in rows}


def counted(
    session: Session,
    worker_id: UUID,
    ground: Ground,
    occurred_on: date,
    without: UUID | None = None,
) -> Finding[PenaltyKind]:
    """The same with what was counted: penalties of the calendar year that stand.

    `without` is a penalty that is looked at again: only those decided before it count, so that it
    is judged in its own place.
    """
    first, last = year_of(occurred_on)
    query = select(func.count()).where(
        Penalty.worker_id == worker_id,
        Penalty.occurred_on.between(first, last),
        Penalty.standing.is_not(None),
    )
    if without is not None:
        itself = select(Penalty.decided_at).where(Penalty.id == without).scalar_subquery()
        query = query.where(Penalty.id != without, Penalty.decided_at <= itself)
    return judge_rung(ground, session.scalar(query) or 0)
