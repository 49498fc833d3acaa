"""A5: two failed months of a calendar year, or a failed year (四(一)5)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.conduct.basis import Evidence, Plain, record
from app.db.models import (
    AppraisalMonth,
    AppraisalRevision,
    MonthAppraisal,
    Penalty,
    YearAppraisal,
)
from app.rules.appraisal import Grade, MonthState, Result, result_in_force
from app.rules.conduct import PenaltyKind
from app.rules.grounds import judge_failures


@dataclass(frozen=True)
class Failed:
    """What a worker's failed months and year come to, and which community appraised it."""

    community_code: str
    occurred_on: date | None
    """None: no ground."""
    evidence: Evidence


def failures_in(session: Session, communities: Collection[str], year: int) -> Mapping[UUID, Failed]:
    """Of everyone with a failed month or year that some communities appraised last."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    of_months = select(MonthAppraisal.worker_id).where(
        MonthAppraisal.community_code.in_(communities), MonthAppraisal.month.between(first, last)
    )
    of_year = select(YearAppraisal.worker_id).where(
        YearAppraisal.community_code.in_(communities), YearAppraisal.year == year
    )
    found = failures_of(session, session.scalars(of_months.union(of_year)).all(), year)
    return {key: one for key, one in found.items() if one.community_code in set(communities)}


def failures_of(session: Session, workers: Collection[UUID], year: int) -> Mapping[UUID, Failed]:
    """By closed months with the result that holds now, and the filed grade of the year."""
    months = _failed_months(session, workers, year)
    years = _failed_years(session, workers, year)
    return {
        worker_id: _failed(months.get(worker_id, ()), years.get(worker_id), year)
        for worker_id in {*months, *years}
    }


def _failed(months: Sequence[MonthAppraisal], graded: YearAppraisal | None, year: int) -> Failed:
    finding = judge_failures([one.month for one in months], graded is not None, year)
    records = [_month_record(one) for one in months]
    if graded is not None:
        at = f"/v1/annual-appraisals/{graded.id}"
        records.append(record("year_appraisal", graded.id, at, year=year))
    last = months[-1].community_code if months else ""
    community = graded.community_code if graded is not None else last
    stands = finding.verdict is not None
    return Failed(community, finding.verdict, Evidence(stands, finding.because, records))


def _month_record(month: MonthAppraisal) -> Plain:
    key = f"{month.worker_id}/{month.month:%Y-%m}"
    at = f"/v1/appraisals/{key}"
    score = None if month.score is None else str(month.score)
    return record("month_appraisal", key, at, month=f"{month.month:%Y-%m}", score=score)


def _failed_months(
    session: Session, workers: Collection[UUID], year: int
) -> Mapping[UUID, Sequence[MonthAppraisal]]:
    """In order of the months."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = session.scalars(
        select(MonthAppraisal)
        .join(
            AppraisalMonth,
            and_(
                AppraisalMonth.community_code == MonthAppraisal.community_code,
                AppraisalMonth.month == MonthAppraisal.month,
            ),
        )
        .where(
            MonthAppraisal.worker_id.in_(workers),
            MonthAppraisal.month.between(first, last),
            AppraisalMonth.state == MonthState.CLOSED,
        )
        .order_by(MonthAppraisal.worker_id, MonthAppraisal.month)
    )
    revised = _revised(session, workers, first, last)
    demerits = _demerits(session, workers, first, last)
    found: dict[UUID, list[MonthAppraisal]] = defaultdict(list)
    for row in rows:
        key = (row.worker_id, row.month)
        if result_in_force(row.result, revised.get(key), key in demerits) is Result.FAIL:
            found[row.worker_id].append(row)
    return found


def _revised(
    session: Session, workers: Collection[UUID], first: date, last: date
) -> Mapping[tuple[UUID, date], Result]:
    """The latest revision of each month."""
    rows: Any = session.execute(
        select(AppraisalRevision.worker_id, AppraisalRevision.month, AppraisalRevision.result)
        .where(
            AppraisalRevision.worker_id.in_(workers), AppraisalRevision.month.between(first, last)
        )
        .order_by(AppraisalRevision.decided_at, AppraisalRevision.id)
    )
    return {(worker_id, month): result for worker_id, month, result in rows}


def _demerits(
    session: Session, workers: Collection[UUID], first: date, last: date
) -> frozenset[tuple[UUID, date]]:
    """The months in which a demerit that stands was decided."""
    rows = session.execute(
        select(Penalty.worker_id, Penalty.decided_on).where(
            Penalty.worker_id.in_(workers),
            Penalty.decided_on.between(first, last),
            Penalty.standing == PenaltyKind.DEMERIT,
        )
    )
    return frozenset((worker_id, decided_on.replace(day=1)) for worker_id, decided_on in rows)


def _failed_years(
    session: Session, workers: Collection[UUID], year: int
) -> Mapping[UUID, YearAppraisal]:
    rows = session.scalars(
        select(YearAppraisal).where(
            YearAppraisal.worker_id.in_(workers),
            YearAppraisal.year == year,
            YearAppraisal.grade == Grade.UNQUALIFIED,
        )
    )
    return {row.worker_id: row for row in rows}
