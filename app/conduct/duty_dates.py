"""What workers owed of a month's duty dates (ATT-6, PAY-3), for grounds that count days."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Leave
from app.people.calendar import Calendar
from app.people.months import MonthOfWorker
from app.rules.activity import month_of
from app.rules.duty import WHOLE_DAY
from app.rules.grounds import DutyOfMonth
from app.rules.leave import LeaveSpan, halves_covered
from app.rules.procedures import RequestState


def duty_of(session: Session, months: Sequence[MonthOfWorker]) -> Mapping[UUID, DutyOfMonth]:
    """Of each worker: the month's duty dates, those with a post, those wholly on leave."""
    if not months:
        return {}
    first, last = month_of(months[0].month)
    calendar = Calendar(session, first, last)
    leaves = _leaves(session, [one.worker_id for one in months], first, last)
    known: dict[str, frozenset[date]] = {}

    def duty(community_code: str) -> frozenset[date]:
        if community_code not in known:
            days = [first + timedelta(days=passed) for passed in range((last - first).days + 1)]
            known[community_code] = frozenset(
                day for day in days if calendar.on_duty(community_code, day)
            )
        return known[community_code]

    found = {}
    for one in months:
        employed = [day for day, community in one.dates() if day in duty(community)]
        away = sum(_wholly(leaves.get(one.worker_id, ()), day) for day in employed)
        found[one.worker_id] = DutyOfMonth(len(duty(one.community_code)), len(employed), away)
    return found


def _wholly(spans: Collection[LeaveSpan], day: date) -> bool:
    covered = [half for span in spans for half in halves_covered(span, day)]
    return set(covered) == WHOLE_DAY


def _leaves(
    session: Session, workers: Collection[UUID], first: date, last: date
) -> Mapping[UUID, Sequence[LeaveSpan]]:
    rows = session.execute(
        select(
            Leave.worker_id, Leave.first_day, Leave.first_half, Leave.last_day, Leave.last_half
        ).where(
            Leave.worker_id.in_(workers),
            Leave.state == RequestState.APPROVED,
            Leave.first_day <= last,
            Leave.last_day >= first,
        )
    )
    found: dict[UUID, list[LeaveSpan]] = defaultdict(list)
    for row in rows:
        span = LeaveSpan(row.first_day, row.first_half, row.last_day, row.last_half)
        found[row.worker_id].append(span)
    return found
