"""A community's month is computed from its workers' records, as often as wanted until the station
gives its word (APR-1)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appraisal.handsets import handsets_since
from app.appraisal.measuring import measure
from app.appraisal.months import (
    check_open,
    lock_months,
    months_in,
    opened,
    rows_of,
    standing_corrections,
)
from app.appraisal.pieces import Whose
from app.appraisal.refusals import MonthNotBegun
from app.appraisal.scoring import Judged, circumstances, judge
from app.appraisal.writing import forget, write_months
from app.days import upkeep as days
from app.db.models import AppraisalMonth, MonthAppraisal
from app.kit.clock import civil_day
from app.outbox.emit import Happened, emit_all
from app.people.months import MonthOfWorker, workers_of_month
from app.people.values import values_on
from app.rules.activity import month_of
from app.rules.appraisal import MonthState, settles_at
from app.rules.version import RULES_VERSION
from app.visits import upkeep as visits

WORKER_DAYS_AT_MOST = 1_000_000
COMMUNITIES_AT_MOST = 10_000
"""What is behind is judged before it is appraised, however much it is."""
TOWNSHIP_DIGITS = 9


def compute_month(
    session: Session, community_code: str, month: date, now: datetime, by: UUID | None = None
) -> int:
    """Measure, score and store a community's month; how many workers it has.

    Raises MonthNotBegun, and MonthConfirmed or MonthClosed once a person has given a word on it.
    """
    first = _begun(month, now)
    row = lock_months(session, [community_code], first).get(community_code)
    if row is not None:
        check_open(row)
    return _compute(session, [community_code], first, now, by).get(community_code, 0)


def compute_months(
    session: Session, communities: Sequence[str], month: date, now: datetime
) -> Mapping[str, int]:
    """The same of several communities of one township at once, in far fewer statements; those
    whose month a person has given a word on are passed over."""
    first = _begun(month, now)
    rows = lock_months(session, communities, first)
    undecided = [
        code for code in communities if code not in rows or rows[code].state is MonthState.OPEN
    ]
    return _compute(session, undecided, first, now, None) if undecided else {}


def _begun(month: date, now: datetime) -> date:
    """Its first date, once that is over: only dates that are over are measured."""
    first, _ = month_of(month)
    if first >= civil_day(now):
        raise MonthNotBegun(month=first)
    return first


def _compute(
    session: Session, communities: Sequence[str], first: date, now: datetime, by: UUID | None
) -> Mapping[str, int]:
    """Of communities whose month is locked and open; how many workers each has."""
    unit = communities[0] if len(communities) == 1 else communities[0][:TOWNSHIP_DIGITS]
    _bring_up_to_date(session, unit, first, now)
    found = workers_of_month(session, unit, first)
    workers = _own(session, [one for one in found if one.community_code in communities])
    known = {row.community_code: row for row in months_in(session, communities, first)}
    counts = Counter(one.community_code for one in workers)
    for code in sorted(counts.keys() - known.keys()):
        known[code] = opened(session, code, first, now)
    judged = judged_months(session, Whose.of(session, first, workers, now))
    before = {row.worker_id for code in known for row in rows_of(session, code, first)}
    forget(session, first, known, before - judged.keys())
    places = {one.worker_id: one.community_code for one in workers}
    write_months(session, first, places, judged, now)
    _store(session, known, counts, now)
    _say(session, known, counts, by)
    return {code: counts[code] for code in known}


def _bring_up_to_date(session: Session, unit: str, first: date, now: datetime) -> None:
    """The dates and visits that a month rests on."""
    last = month_of(first)[1]
    days.bring_up_to_date(session, unit, first, last, now, WORKER_DAYS_AT_MOST)
    visits.bring_up_to_date(session, unit, now, COMMUNITIES_AT_MOST)


def _store(
    session: Session, known: Mapping[str, AppraisalMonth], counts: Mapping[str, int], now: datetime
) -> None:
    for code, row in known.items():
        row.computed_at, row.workers, row.rules_version = now, counts.get(code, 0), RULES_VERSION
    session.flush()


def _say(
    session: Session,
    known: Mapping[str, AppraisalMonth],
    counts: Mapping[str, int],
    by: UUID | None,
) -> None:
    emit_all(
        session,
        [
            Happened(
                name="appraisal.computed",
                unit_code=code,
                subject=("appraisal_month", row.id),
                by=by,
                facts={"month": row.month.isoformat(), "workers": counts.get(code, 0)},
            )
            for code, row in known.items()
        ],
    )


def judged_months(session: Session, whose: Whose) -> Mapping[UUID, Judged]:
    """Each worker's month by the records of now, standing corrections laid over."""
    standing = standing_corrections(session, whose.keys, whose.month)
    values = whose.values
    handsets = handsets_since(session, whose.keys)
    judged = {}
    for worker_id, found in measure(session, whose).items():
        one = judge(found, standing.get(worker_id, {}), values)
        worker, since = whose.workers[worker_id], handsets.get(worker_id)
        because = {**one.because, **circumstances(worker, whose, since)}
        judged[worker_id] = replace(one, because=because)
    return judged


def _own(session: Session, workers: Sequence[MonthOfWorker]) -> Sequence[MonthOfWorker]:
    """Without those whose month another community has already given its word on: a post that was
    written down late moves nobody's decided month."""
    rows = session.execute(
        select(MonthAppraisal.worker_id, MonthAppraisal.community_code)
        .join(
            AppraisalMonth,
            (AppraisalMonth.community_code == MonthAppraisal.community_code)
            & (AppraisalMonth.month == MonthAppraisal.month),
        )
        .where(
            MonthAppraisal.worker_id.in_([one.worker_id for one in workers]),
            MonthAppraisal.month.in_({one.month for one in workers}),
            AppraisalMonth.state != MonthState.OPEN,
        )
    )
    decided = {worker_id: community_code for worker_id, community_code in rows}  # noqa: C416
    return [
        one
        for one in workers
        if decided.get(one.worker_id, one.community_code) == one.community_code
    ]


def has_settled(session: Session, month: date, now: datetime) -> bool:
    """Whether nothing more is expected of a month."""
    return now >= settles_at(month, values_on(session, month))
