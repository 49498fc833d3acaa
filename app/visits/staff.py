"""Who answers for a community's grids on each date, who is away, who stands in (ORG-2, ORG-5)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import AidGroup, AidMember, Assignment, Leave, Posting
from app.kit.clock import civil_day
from app.people.posts import under
from app.rules.duty import WHOLE_DAY, Half, is_bound
from app.rules.leave import LeaveSpan, halves_covered
from app.rules.procedures import RequestState
from app.rules.sharing import Crew

ABSENCES_LOOKED_BACK = timedelta(days=400)
"""How far back absences that follow upon each other are looked for: longer than any leave."""


@dataclass(frozen=True)
class Absence:
    """A whole day of approved leave, and the date from which the station knew of it."""

    leave: UUID
    known: date


@dataclass(frozen=True)
class Span:
    """A worker over a span of dates, as whatever it is a list of."""

    worker: UUID
    valid: Range[date]
    group: UUID | None = None


@dataclass(frozen=True)
class Staff:
    """A community's level-1 workers over a span of dates."""

    responsible: Mapping[str, Sequence[Span]]
    """First responsible workers by grid."""
    away: Mapping[date, Mapping[UUID, Absence]]
    members: Sequence[Span]
    full_time: Mapping[UUID, Sequence[Span]]

    def home(self, grid_code: str, day: date) -> UUID | None:
        """Who answers for a grid on a date; None where it is vacant."""
        spans = self.responsible.get(grid_code, ())
        return next((held.worker for held in spans if held.valid.contains(day)), None)

    def crew(self, day: date) -> Crew:
        """Who is away on a date, and who of the groups can stand in.

        Nothing is shared out before the date on which the leave was decided: nobody knew of it.
        """
        away = self.away.get(day, {})
        return Crew(
            leave={worker: absence.leave for worker, absence in away.items()},
            members={
                worker: self._stand_ins(worker, day)
                for worker, absence in away.items()
                if absence.known <= day
            },
        )

    def _stand_ins(self, worker: UUID, day: date) -> list[UUID]:
        groups = {one.group for one in self._members(day) if one.worker == worker}
        return sorted(
            one.worker
            for one in self._members(day)
            if one.group in groups and one.worker != worker and self._is_present(one.worker, day)
        )

    def _members(self, day: date) -> Iterable[Span]:
        return (one for one in self.members if one.valid.contains(day))

    def _is_present(self, worker: UUID, day: date) -> bool:
        posts = self.full_time.get(worker, ())
        return worker not in self.away.get(day, {}) and any(
            post.valid.contains(day) for post in posts
        )

    def absences_from(self, day: date) -> date:
        """The first of the dates without a gap up to a date on which somebody was away."""
        while day - timedelta(days=1) in self.away:
            day -= timedelta(days=1)
        return day


def staff_of(session: Session, community_code: str, first: date, last: date) -> Staff:
    """The staff of a community from the absences that reach into a span to its end."""
    span = Range(first - ABSENCES_LOOKED_BACK, last, bounds="[]")
    responsible = _responsible(session, community_code, span)
    homes = {held.worker for grid in responsible.values() for held in grid}
    members = _members(session, community_code, span)
    away = _away(session, homes | {one.worker for one in members}, span)
    return Staff(
        responsible=responsible,
        away={day: found for day, found in away.items() if homes & found.keys()},
        members=members,
        full_time=_full_time(session, community_code, span),
    )


def _responsible(
    session: Session, community_code: str, span: Range[date]
) -> Mapping[str, Sequence[Span]]:
    rows = session.execute(
        select(Assignment.grid_code, Assignment.worker_id, Assignment.valid).where(
            under(Assignment.grid_code, community_code),
            Assignment.first_responsible,
            Assignment.valid.overlaps(span),
        )
    )
    found: dict[str, list[Span]] = defaultdict(list)
    for grid_code, worker, valid in rows:
        found[grid_code].append(Span(worker, valid))
    return found


def _members(session: Session, community_code: str, span: Range[date]) -> Sequence[Span]:
    rows = session.execute(
        select(AidMember.worker_id, AidMember.valid, AidMember.group_id)
        .join(AidGroup, AidGroup.id == AidMember.group_id)
        .where(AidGroup.community_code == community_code, AidMember.valid.overlaps(span))
    )
    return [Span(*row) for row in rows]


def _full_time(
    session: Session, community_code: str, span: Range[date]
) -> Mapping[UUID, Sequence[Span]]:
    rows = session.execute(
        select(Posting.worker_id, Posting.valid, Posting.employment).where(
            Posting.community_code == community_code, Posting.valid.overlaps(span)
        )
    )
    found: dict[UUID, list[Span]] = defaultdict(list)
    for worker, valid, employment in rows:
        if employment is not None and is_bound(employment):
            found[worker].append(Span(worker, valid))
    return found


def _away(
    session: Session, workers: set[UUID], span: Range[date]
) -> Mapping[date, Mapping[UUID, Absence]]:
    """Who is away on which dates: only a whole day makes absent, of one leave or of two."""
    assert span.lower is not None
    assert span.upper is not None
    leaves = session.scalars(
        select(Leave)
        .where(
            Leave.worker_id.in_(workers),
            Leave.state == RequestState.APPROVED,
            Leave.last_day >= span.lower,
            Leave.first_day <= span.upper,
        )
        .execution_options(populate_existing=True)
    ).all()
    halves: dict[tuple[date, UUID], dict[Half, Leave]] = defaultdict(dict)
    for leave in leaves:
        covered = LeaveSpan(leave.first_day, leave.first_half, leave.last_day, leave.last_half)
        for day in covered.days(span.upper):
            for half in halves_covered(covered, day):
                halves[day, leave.worker_id][half] = leave
    found: dict[date, dict[UUID, Absence]] = defaultdict(dict)
    for (day, worker), by_half in halves.items():
        if by_half.keys() == WHOLE_DAY and span.contains(day):
            found[day][worker] = _absence(by_half)
    return found


def _absence(halves: Mapping[Half, Leave]) -> Absence:
    decided = [leave.decided_at for leave in halves.values() if leave.decided_at is not None]
    return Absence(halves[Half.MORNING].id, max(map(civil_day, decided)))
