"""A community's month: found, locked, and known again by the digest of what it says."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.appraisal.refusals import MonthClosed, MonthConfirmed
from app.db.models import (
    AppraisalCorrection,
    AppraisalMonth,
    AppraisalRevision,
    MonthAppraisal,
    MonthIndicator,
    Penalty,
)
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.people.principal import Principal
from app.rules.activity import month_of
from app.rules.appraisal import Indicator, MonthState, Result, result_in_force
from app.rules.conduct import PenaltyKind
from app.rules.version import RULES_VERSION


def lock_months(
    session: Session, communities: Sequence[str], month: date
) -> Mapping[str, AppraisalMonth]:
    """The rows that there are; nobody else acts on these communities' month until the commit."""
    for code in sorted(communities):
        key = func.hashtextextended(f"appraisal {code} {month.isoformat()}", 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))
    return {row.community_code: row for row in months_in(session, communities, month)}


def months_in(
    session: Session, communities: Sequence[str], month: date
) -> Sequence[AppraisalMonth]:
    """Some communities' month as it is in the database now, locked."""
    return session.scalars(
        select(AppraisalMonth)
        .where(AppraisalMonth.community_code.in_(communities), AppraisalMonth.month == month)
        .order_by(AppraisalMonth.community_code)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def lock_month(session: Session, community_code: str, month: date) -> AppraisalMonth | None:
    """One community's."""
    return lock_months(session, [community_code], month).get(community_code)


def month_in_unit(
    session: Session, asker: Principal, community_code: str, month: date
) -> AppraisalMonth:
    """A community's month, locked; raises NotFound."""
    asker.look(community_code)
    row = lock_month(session, community_code, month)
    if row is None:
        raise NotFound
    return row


def opened(session: Session, community_code: str, month: date, now: datetime) -> AppraisalMonth:
    """A new month."""
    row = AppraisalMonth(
        id=uuid7(now),
        community_code=community_code,
        month=month,
        state=MonthState.OPEN,
        computed_at=now,
        workers=0,
        rules_version=RULES_VERSION,
    )
    session.add(row)
    session.flush()
    return row


def check_open(row: AppraisalMonth) -> None:
    """Raises MonthClosed and MonthConfirmed."""
    if row.state is MonthState.CLOSED:
        raise MonthClosed(closed_at=row.closed_at)
    if row.state is MonthState.CONFIRMED:
        raise MonthConfirmed(confirmed_at=row.confirmed_at)


def rows_of(session: Session, community_code: str, month: date) -> Sequence[MonthAppraisal]:
    """The workers of a community's month, by key."""
    return session.scalars(
        select(MonthAppraisal)
        .where(MonthAppraisal.month == month, MonthAppraisal.community_code == community_code)
        .order_by(MonthAppraisal.worker_id)
    ).all()


def digest_of(rows: Collection[MonthAppraisal]) -> str:
    """What a month says of its workers: whoever gives a word names the digest that was seen."""
    said = [
        [
            str(row.worker_id),
            None if row.score is None else str(row.score),
            row.proposed.value if row.proposed else None,
            row.result.value if row.result else None,
            row.result_reason,
        ]
        for row in sorted(rows, key=lambda row: row.worker_id)
    ]
    written = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return sha256(written.encode()).hexdigest()


def indicators_of(
    session: Session, worker_ids: Collection[UUID], month: date
) -> Mapping[UUID, Mapping[Indicator, MonthIndicator]]:
    """The indicators of some workers' month."""
    found: dict[UUID, dict[Indicator, MonthIndicator]] = {}
    for row in session.scalars(
        select(MonthIndicator).where(
            MonthIndicator.worker_id.in_(worker_ids), MonthIndicator.month == month
        )
    ):
        found.setdefault(row.worker_id, {})[row.indicator] = row
    return found


def standing_corrections(
    session: Session, worker_ids: Collection[UUID], month: date
) -> Mapping[UUID, Mapping[Indicator, AppraisalCorrection]]:
    """The corrections of some workers' month that were not withdrawn."""
    found: dict[UUID, dict[Indicator, AppraisalCorrection]] = {}
    for row in session.scalars(
        select(AppraisalCorrection).where(
            AppraisalCorrection.worker_id.in_(worker_ids),
            AppraisalCorrection.month == month,
            AppraisalCorrection.withdrawn_at.is_(None),
        )
    ):
        found.setdefault(row.worker_id, {})[row.indicator] = row
    return found


def demerits_of(
    session: Session, worker_ids: Collection[UUID], month: date
) -> Mapping[UUID, Sequence[Penalty]]:
    """The penalties decided in a month that stand as demerits: each fails it (CON-1)."""
    first, last = month_of(month)
    found: dict[UUID, list[Penalty]] = {}
    for row in session.scalars(
        select(Penalty)
        .where(
            Penalty.worker_id.in_(worker_ids),
            Penalty.standing == PenaltyKind.DEMERIT,
            Penalty.decided_on.between(first, last),
        )
        .order_by(Penalty.decided_at, Penalty.id)
    ):
        found.setdefault(row.worker_id, []).append(row)
    return found


def last_revisions(
    session: Session, worker_ids: Collection[UUID], month: date
) -> Mapping[UUID, AppraisalRevision]:
    """The revision that counts, of each worker who has one."""
    rows = session.scalars(
        select(AppraisalRevision)
        .where(AppraisalRevision.worker_id.in_(worker_ids), AppraisalRevision.month == month)
        .order_by(AppraisalRevision.decided_at, AppraisalRevision.id)
    )
    return {row.worker_id: row for row in rows}


def results_in_force(
    session: Session, rows: Collection[MonthAppraisal], month: date
) -> Mapping[UUID, Result | None]:
    """What each worker's month came to, demerits and revisions counted."""
    keys = [row.worker_id for row in rows]
    demerits = demerits_of(session, keys, month)
    revisions = last_revisions(session, keys, month)
    return {
        row.worker_id: result_in_force(
            row.result,
            revisions[row.worker_id].result if row.worker_id in revisions else None,
            row.worker_id in demerits,
        )
        for row in rows
    }


def as_text(month: date) -> str:
    """A month as it is written: 2026-10."""
    return f"{month:%Y-%m}"
