"""A community's month is computed from its workers' records, as often as wanted until the station
gives its word (APR-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appraisal.measuring import measure
from app.appraisal.months import check_open, lock_month, opened, rows_of, standing_corrections
from app.appraisal.pieces import Whose
from app.appraisal.refusals import MonthNotBegun
from app.appraisal.scoring import Judged, circumstances, judge
from app.appraisal.writing import forget, write_months
from app.days import upkeep as days
from app.db.models import AppraisalMonth, MonthAppraisal
from app.kit.clock import civil_day
from app.outbox.emit import emit
from app.people.months import MonthOfWorker, workers_of_month
from app.people.values import values_on
from app.rules.activity import month_of
from app.rules.appraisal import MonthState, settles_at
from app.rules.version import RULES_VERSION
from app.visits import upkeep as visits

WORKER_DAYS_AT_MOST = 100_000
"""All of a community's month: what is behind is judged before it is appraised."""


def compute_month(
    session: Session, community_code: str, month: date, now: datetime, by: UUID | None = None
) -> int:
    """Measure, score and store a community's month; how many workers it has.

    Raises MonthNotBegun, and MonthConfirmed or MonthClosed once a person has given a word on it.
    """
    first, last = month_of(month)
    if first > civil_day(now):
        raise MonthNotBegun(month=first)
    row = lock_month(session, community_code, first)
    if row is not None:
        check_open(row)
    workers = _own(session, workers_of_month(session, community_code, first), community_code)
    if row is None and not workers:
        return 0
    row = row or opened(session, community_code, first, now)
    days.bring_up_to_date(session, community_code, first, last, now, WORKER_DAYS_AT_MOST)
    visits.bring_up_to_date(session, community_code, now)
    judged = judged_months(session, Whose.of(session, first, workers, now))
    gone = {found.worker_id for found in rows_of(session, community_code, first)} - judged.keys()
    forget(session, first, gone)
    write_months(session, community_code, first, judged, now)
    _store(session, row, len(judged), now)
    emit(
        session,
        "appraisal.computed",
        by=by,
        unit_code=community_code,
        subject=("appraisal_month", row.id),
        month=first.isoformat(),
        workers=len(judged),
    )
    return len(judged)


def _store(session: Session, row: AppraisalMonth, workers: int, now: datetime) -> None:
    row.computed_at, row.workers, row.rules_version = now, workers, RULES_VERSION
    session.flush()


def judged_months(session: Session, whose: Whose) -> Mapping[UUID, Judged]:
    """Each worker's month by the records of now, standing corrections laid over."""
    standing = standing_corrections(session, whose.keys, whose.month)
    values = whose.values
    judged = {}
    for worker_id, found in measure(session, whose).items():
        one = judge(found, standing.get(worker_id, {}), values)
        because = {**one.because, **circumstances(whose.workers[worker_id], whose)}
        judged[worker_id] = replace(one, because=because)
    return judged


def _own(
    session: Session, workers: Sequence[MonthOfWorker], community_code: str
) -> Sequence[MonthOfWorker]:
    """Without those whose month another community has already given its word on: a post that was
    written down late moves nobody's decided month."""
    elsewhere = set(
        session.scalars(
            select(MonthAppraisal.worker_id)
            .join(
                AppraisalMonth,
                (AppraisalMonth.community_code == MonthAppraisal.community_code)
                & (AppraisalMonth.month == MonthAppraisal.month),
            )
            .where(
                MonthAppraisal.worker_id.in_([one.worker_id for one in workers]),
                MonthAppraisal.month.in_({one.month for one in workers}),
                MonthAppraisal.community_code != community_code,
                AppraisalMonth.state != MonthState.OPEN,
            )
        )
    )
    return [one for one in workers if one.worker_id not in elsewhere]


def has_settled(session: Session, month: date, now: datetime) -> bool:
    """Whether nothing more is expected of a month."""
    return now >= settles_at(month, values_on(session, month))
