"""What of a month's quota each worker owes: by the duty dates on which work was owed (EVT-5)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appraisal.pieces import Whose
from app.db.models import Leave
from app.people.calendar import Calendar
from app.rules.activity import month_of
from app.rules.duty import WHOLE_DAY
from app.rules.leave import LeaveSpan, halves_covered
from app.rules.procedures import RequestState
from app.rules.quota import quota_of, quota_owed


def quotas(session: Session, whose: Whose) -> Mapping[UUID, int]:
    """Dates without a post, and dates wholly on leave, owe none of it."""
    first, last = month_of(whose.month)
    calendar = Calendar(session, first, last)
    days = [first + timedelta(days=passed) for passed in range(last.day)]
    away, quota = _away(session, whose, last), quota_of(whose.values)

    @cache
    def duty(community_code: str) -> frozenset[date]:
        return frozenset(day for day in days if calendar.on_duty(community_code, day))

    found = {}
    for worker_id, one in whose.workers.items():
        posted = {day for day, community in one.dates() if day in duty(community)}
        owed = len(posted - away.get(worker_id, set()))
        found[worker_id] = quota_owed(quota, owed, len(duty(one.community_code)))
    return found


def _away(session: Session, whose: Whose, last: date) -> Mapping[UUID, set[date]]:
    """By worker: the dates of the month that approved leave covers wholly."""
    leaves = session.scalars(
        select(Leave).where(
            Leave.worker_id.in_(whose.keys),
            Leave.state == RequestState.APPROVED,
            Leave.first_day <= last,
            Leave.last_day >= whose.month,
        )
    )
    halves: dict[UUID, dict[date, set[object]]] = defaultdict(lambda: defaultdict(set))
    for leave in leaves:
        span = LeaveSpan(leave.first_day, leave.first_half, leave.last_day, leave.last_half)
        for day in span.days(last):
            halves[leave.worker_id][day] |= halves_covered(span, day)
    return {
        worker_id: {day for day, covered in days.items() if covered == WHOLE_DAY}
        for worker_id, days in halves.items()
    }
