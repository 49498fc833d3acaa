"""What a year's grade rests on: months and penalties as they stood at an instant (APR-2)."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import (
    AppraisalMonth,
    AppraisalRevision,
    MonthAppraisal,
    Penalty,
    PenaltyHistory,
)
from app.people.values import values_on
from app.rules.annual import YearFacts, propose_grade, values_from
from app.rules.appraisal import Grade, MonthState, Result, result_in_force
from app.rules.conduct import Ground, PenaltyKind, year_of
from app.rules.finding import Finding

Months = tuple[date, date]
"""The first dates of the first and the last month."""


@dataclass(frozen=True)
class StandingPenalty:
    """A penalty as it stood at an instant; one that was overturned stands as nothing."""

    id: UUID
    worker_id: UUID
    ground: Ground
    occurred_on: date
    decided_on: date
    ends_on: date
    kind: PenaltyKind
    standing: PenaltyKind | None


@dataclass(frozen=True)
class StandingMonth:
    """A worker's month as it stood at an instant."""

    month: date
    community_code: str
    score: Decimal | None
    state: MonthState
    decided: Result | None
    """The station's word."""
    revision: Result | None
    demerit: bool
    """A demerit that stands was decided in it (CON-1)."""

    @property
    def result(self) -> Result | None:
        """What the month came to."""
        return result_in_force(self.decided, self.revision, self.demerit)


@dataclass(frozen=True)
class WorkersYear:
    """All that a worker's grade is proposed from."""

    months: Sequence[StandingMonth]
    penalties: Sequence[StandingPenalty]
    """Those that stand and count in the year (CON-2)."""

    @property
    def facts(self) -> YearFacts:
        """As the rule reads them."""
        return YearFacts(
            scores=[month.score for month in self.months if month.score is not None],
            failed_months=sum(month.result is Result.FAIL for month in self.months),
            penalties=len(self.penalties),
        )


@dataclass(frozen=True)
class Judged:
    """A year with its proposed grade, as it is stored and shown."""

    year: WorkersYear
    finding: Finding[Grade]
    because: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """Over all that decided: whoever takes a step names what was seen."""
        text = json.dumps([self.finding.verdict.value, self.because], sort_keys=True)
        return sha256(text.encode()).hexdigest()


def judge_years(
    session: Session, workers: Collection[UUID], year: int, now: datetime
) -> Mapping[UUID, Judged]:
    """Each worker's year by rule, with the values in force on its first date."""
    values = values_on(session, values_from(year))
    months = months_of(session, workers, (date(year, 1, 1), date(year, 12, 1)), now)
    first, last = year_of(date(year, 1, 1))
    counted: dict[UUID, list[StandingPenalty]] = defaultdict(list)
    for penalty in penalties_of(session, workers, now):
        if penalty.standing is not None and first <= penalty.occurred_on <= last:
            counted[penalty.worker_id].append(penalty)
    found = {}
    for worker_id in workers:
        closed = [one for one in months.get(worker_id, []) if one.state is MonthState.CLOSED]
        one = WorkersYear(closed, counted[worker_id])
        finding = propose_grade(one.facts, values)
        found[worker_id] = Judged(one, finding, {**finding.because, **_shown(one)})
    return found


def _shown(year: WorkersYear) -> dict[str, Any]:
    return {
        "by_month": [
            {
                "month": month.month.isoformat(),
                "community_code": month.community_code,
                "score": None if month.score is None else f"{month.score:f}",
                "result": None if month.result is None else month.result.value,
                "revised": month.revision is not None,
                "demerit": month.demerit,
            }
            for month in year.months
        ],
        "by_penalty": [
            {
                "id": str(penalty.id),
                "ground": penalty.ground.value,
                "standing": penalty.standing and penalty.standing.value,
                "occurred_on": penalty.occurred_on.isoformat(),
            }
            for penalty in year.penalties
        ],
    }


def months_of(
    session: Session, workers: Collection[UUID], months: Months, known_at: datetime
) -> Mapping[UUID, Sequence[StandingMonth]]:
    """Every month of some workers that was computed by an instant, in order, as it stood then."""
    revised = _revisions(session, workers, months, known_at)
    failed = {
        (penalty.worker_id, penalty.decided_on.replace(day=1))
        for penalty in penalties_of(session, workers, known_at)
        if penalty.standing is PenaltyKind.DEMERIT
    }
    rows = session.execute(
        select(MonthAppraisal, AppraisalMonth)
        .outerjoin(
            AppraisalMonth,
            (AppraisalMonth.community_code == MonthAppraisal.community_code)
            & (AppraisalMonth.month == MonthAppraisal.month),
        )
        .where(
            MonthAppraisal.worker_id.in_(workers),
            MonthAppraisal.month.between(*months),
            MonthAppraisal.computed_at <= known_at,
        )
        .order_by(MonthAppraisal.worker_id, MonthAppraisal.month)
    )
    found: dict[UUID, list[StandingMonth]] = defaultdict(list)
    for one, whole in rows:
        key = one.worker_id, one.month
        found[one.worker_id].append(
            _month(one, state_at(whole, known_at), revised.get(key), key in failed, known_at)
        )
    return found


def _month(
    one: MonthAppraisal,
    state: MonthState,
    revision: Result | None,
    demerit: bool,
    known_at: datetime,
) -> StandingMonth:
    decided = one.result if one.decided_at is not None and one.decided_at <= known_at else None
    return StandingMonth(
        month=one.month,
        community_code=one.community_code,
        score=one.score,
        state=state,
        decided=decided,
        revision=revision,
        demerit=demerit,
    )


def state_at(whole: AppraisalMonth | None, known_at: datetime) -> MonthState:
    """Where a community's month stood at an instant."""
    if whole is None:
        return MonthState.OPEN
    if whole.closed_at is not None and whole.closed_at <= known_at:
        return MonthState.CLOSED
    confirmed = whole.confirmed_at is not None and whole.confirmed_at <= known_at
    return MonthState.CONFIRMED if confirmed else MonthState.OPEN


def _revisions(
    session: Session, workers: Collection[UUID], months: Months, known_at: datetime
) -> Mapping[tuple[UUID, date], Result]:
    """The last one of each month by an instant."""
    rows = session.scalars(
        select(AppraisalRevision)
        .where(
            AppraisalRevision.worker_id.in_(workers),
            AppraisalRevision.month.between(*months),
            AppraisalRevision.decided_at <= known_at,
        )
        .order_by(AppraisalRevision.decided_at, AppraisalRevision.id)
    )
    return {(row.worker_id, row.month): row.result for row in rows}


def penalties_of(
    session: Session, workers: Collection[UUID], known_at: datetime
) -> Sequence[StandingPenalty]:
    """All penalties of some workers decided by an instant, each as it stood then."""
    rows = session.scalars(
        select(Penalty)
        .where(Penalty.worker_id.in_(workers), Penalty.decided_at <= known_at)
        .order_by(Penalty.decided_on, Penalty.id)
    ).all()
    stood = _stood(session, [row.id for row in rows], known_at)
    return [
        StandingPenalty(
            id=row.id,
            worker_id=row.worker_id,
            ground=row.ground,
            occurred_on=row.occurred_on,
            decided_on=row.decided_on,
            ends_on=row.ends_on,
            kind=row.kind,
            standing=stood.get(row.id, row.standing),
        )
        for row in rows
    ]


def _stood(
    session: Session, penalties: Collection[UUID], known_at: datetime
) -> Mapping[UUID, PenaltyKind | None]:
    """How each stood after its last act by an instant."""
    rows = session.scalars(
        select(PenaltyHistory)
        .where(PenaltyHistory.penalty_id.in_(penalties), PenaltyHistory.at <= known_at)
        .order_by(PenaltyHistory.penalty_id, PenaltyHistory.number)
    )
    return {row.penalty_id: row.standing for row in rows}
