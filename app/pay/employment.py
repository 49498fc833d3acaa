"""On which of a month's duty dates somebody was employed (PAY-3)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Leave
from app.people.calendar import Calendar
from app.people.months import MonthOfWorker
from app.rules.activity import month_of
from app.rules.duty import WHOLE_DAY, Half
from app.rules.leave import LeaveSpan, halves_covered
from app.rules.pay import paid_dates
from app.rules.procedures import LeaveKind, RequestState

Absences = Mapping[UUID, frozenset[date]]


@dataclass(frozen=True)
class EmployedDates:
    """A worker's month in dates."""

    duty: tuple[date, ...]
    """By which the month is divided."""
    employed: tuple[date, ...]
    """Of them, with a full-time post and not on leave of absence."""
    absent: tuple[date, ...]
    """Of them, with a post but on leave of absence."""


def absences(session: Session, first: date, last: date) -> Absences:
    """The whole dates of approved leave of absence over a span, by worker (离岗)."""
    leaves = session.scalars(
        select(Leave).where(
            Leave.kind == LeaveKind.UNPAID_ABSENCE,
            Leave.state == RequestState.APPROVED,
            Leave.first_day <= last,
            Leave.last_day >= first,
        )
    )
    halves: dict[UUID, dict[date, set[Half]]] = defaultdict(lambda: defaultdict(set))
    for leave in leaves:
        span = LeaveSpan(leave.first_day, leave.first_half, leave.last_day, leave.last_half)
        for day in span.days(last):
            halves[leave.worker_id][day] |= halves_covered(span, day)
    return {
        worker_id: frozenset(day for day, found in days.items() if found == WHOLE_DAY)
        for worker_id, days in halves.items()
    }


class DutyOfMonth:
    """A month's duty dates by community: asked of the calendar once each."""

    def __init__(self, calendar: Calendar, month: date) -> None:
        first, last = month_of(month)
        self.days = tuple(first + timedelta(days=passed) for passed in range(last.day))
        self._calendar = calendar
        self._decided = any(calendar.decisions.get(day) for day in self.days)
        self._found: dict[str, tuple[date, ...]] = {}

    def of(self, community_code: str) -> tuple[date, ...]:
        """The duty dates of one community; the same for all where the centre decided nothing."""
        community_code = community_code if self._decided else ""
        if community_code not in self._found:
            on_duty = [day for day in self.days if self._calendar.on_duty(community_code, day)]
            self._found[community_code] = tuple(paid_dates(self.days, on_duty))
        return self._found[community_code]

    def by_posts(self, worker: MonthOfWorker) -> tuple[date, ...]:
        """Each date by the community of the post on it; where there is none, by the last post's."""
        if len(worker.spans) == 1:
            return self.of(worker.community_code)
        codes = {span.community_code for span in worker.spans}
        duty = {code: frozenset(self.of(code)) for code in codes}
        on_duty = [
            day
            for day in self.days
            if day in duty[worker.community_on(day) or worker.community_code]
        ]
        return tuple(paid_dates(self.days, on_duty))


def dates_of(worker: MonthOfWorker, duty: DutyOfMonth, away: frozenset[date]) -> EmployedDates:
    """A worker's month: what it is divided by, and what of it is paid."""
    divided = duty.by_posts(worker)
    posted = _posted(worker, divided)
    if not away:
        return EmployedDates(divided, posted, ())
    employed = tuple(day for day in posted if day not in away)
    return EmployedDates(divided, employed, tuple(day for day in posted if day in away))


def _posted(worker: MonthOfWorker, days: tuple[date, ...]) -> tuple[date, ...]:
    spans: Sequence[tuple[date, date]] = [(span.first, span.last) for span in worker.spans]
    if len(spans) == 1 and spans[0] == month_of(worker.month):
        return days
    return tuple(day for day in days if any(first <= day <= last for first, last in spans))
