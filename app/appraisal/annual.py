"""Years are computed by rule; what the community makes of them is another matter (APR-2)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.appraisal.annual_facts import Judged, judge_years
from app.appraisal.annual_refusals import (
    YearMonthsOpen,
)
from app.appraisal.annual_schemas import YearComputedOut
from app.db.models import (
    AppraisalMonth,
    ApprovalCase,
    MonthAppraisal,
    YearAppraisal,
)
from app.kit.ids import uuid7
from app.outbox.emit import emit
from app.people.months import MonthOfWorker, workers_of_month
from app.people.principal import Principal
from app.rules.annual import mean_of
from app.rules.appraisal import Grade, MonthState
from app.rules.approvals import CaseState
from app.rules.version import RULES_VERSION

SHOWN_AT_MOST = 24


def compute_years(
    session: Session, asker: Principal, unit_code: str, year: int, now: datetime
) -> YearComputedOut:
    """The grades by rule of all who were posted in a unit on the last date of a year.

    Run again it computes anew what is not in its procedure; raises YearMonthsOpen.
    """
    asker.act(unit_code)
    _one_at_a_time(session, year)
    members = _members(session, unit_code, year)
    _check_closed(session, [one.worker_id for one in members], year)
    judged = judge_years(session, [one.worker_id for one in members], year, now)
    known = _known(session, [one.worker_id for one in members], year)
    kept = 0
    for member in members:
        row = known.get(member.worker_id)
        if row is not None and _is_fixed(session, row):
            kept += 1
            continue
        _write(session, row, member, judged[member.worker_id], year, now)
    session.flush()
    emit(
        session,
        "appraisal.years_computed",
        by=asker.account_id,
        unit_code=unit_code,
        subject=("unit", unit_code),
        year=year,
        workers=len(members),
    )
    counts = Counter(one.finding.verdict for one in judged.values())
    return YearComputedOut(
        year=year,
        unit_code=unit_code,
        workers=len(members),
        excellent=counts[Grade.EXCELLENT],
        qualified=counts[Grade.QUALIFIED],
        unqualified=counts[Grade.UNQUALIFIED],
        kept=kept,
    )


def _one_at_a_time(session: Session, year: int) -> None:
    """Two who compute the same workers' years write each of them once."""
    key = func.hashtextextended(f"appraisal of {year}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def _members(session: Session, unit_code: str, year: int) -> Sequence[MonthOfWorker]:
    """Everyone with a full-time post on the last date of the year: who left is not graded."""
    found = workers_of_month(session, unit_code, date(year, 12, 1))
    return [one for one in found if one.spans[-1].last == date(year, 12, 31)]


def _check_closed(session: Session, workers: Collection[UUID], year: int) -> None:
    """Every month with a post is closed, from the first that its community ever appraised."""
    begun = _begun(session)
    closed = _closed(session, workers, year)
    missing = sorted(
        {
            (one.month, one.community_code)
            for number in range(1, 13)
            for one in workers_of_month(session, "", date(year, number, 1), workers)
            if one.month >= begun.get(one.community_code, one.month)
            and (one.worker_id, one.month) not in closed
        }
    )
    if missing:
        raise YearMonthsOpen(
            months=[
                {"month": month.isoformat(), "community": code}
                for month, code in missing[:SHOWN_AT_MOST]
            ]
        )


def _begun(session: Session) -> Mapping[str, date]:
    """The first month that each community ever appraised."""
    rows = session.execute(
        select(AppraisalMonth.community_code, func.min(AppraisalMonth.month)).group_by(
            AppraisalMonth.community_code
        )
    )
    return {code: first for code, first in rows}  # noqa: C416 - rows are no pairs to the type checker


def _closed(session: Session, workers: Collection[UUID], year: int) -> set[tuple[UUID, date]]:
    rows = session.execute(
        select(MonthAppraisal.worker_id, MonthAppraisal.month)
        .join(
            AppraisalMonth,
            (AppraisalMonth.community_code == MonthAppraisal.community_code)
            & (AppraisalMonth.month == MonthAppraisal.month),
        )
        .where(
            AppraisalMonth.state == MonthState.CLOSED,
            MonthAppraisal.worker_id.in_(workers),
            MonthAppraisal.month.between(date(year, 1, 1), date(year, 12, 1)),
        )
    )
    return {(worker_id, month) for worker_id, month in rows}


def _known(session: Session, workers: Collection[UUID], year: int) -> Mapping[UUID, YearAppraisal]:
    rows = session.scalars(
        select(YearAppraisal)
        .where(YearAppraisal.year == year, YearAppraisal.worker_id.in_(workers))
        .order_by(YearAppraisal.worker_id)
        .with_for_update()
    )
    return {row.worker_id: row for row in rows}


def _is_fixed(session: Session, row: YearAppraisal) -> bool:
    """Graded, or in its procedure: only a new proposal reads the facts anew."""
    return row.grade is not None or _case_is_open(session, row)


def _case_is_open(session: Session, row: YearAppraisal) -> bool:
    case = session.get(ApprovalCase, row.case_id) if row.case_id is not None else None
    return case is not None and case.state is CaseState.OPEN


def _write(
    session: Session,
    row: YearAppraisal | None,
    member: MonthOfWorker,
    judged: Judged,
    year: int,
    now: datetime,
) -> None:
    if row is None:
        row = YearAppraisal(id=uuid7(now), worker_id=member.worker_id, year=year)
        session.add(row)
    row.community_code = member.community_code
    store(row, judged, now)


def store(row: YearAppraisal, judged: Judged, now: datetime) -> None:
    """What the rule makes of a year, with all it rests on."""
    facts = judged.year.facts
    row.mean = mean_of(facts.scores)
    row.failed_months, row.penalties = facts.failed_months, facts.penalties
    row.by_rule = judged.finding.verdict
    row.because = {**judged.because, "digest": judged.digest}
    row.rules_version, row.computed_at = RULES_VERSION, now
