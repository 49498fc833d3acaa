"""What is on record of a community's visits over a span of dates: who is to be visited, where
they live, the visits made, the staff, and what all of it is judged by."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select, type_coerce
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Visit, VisitTarget
from app.people.spans import starts
from app.rules.dated import IN_FORCE
from app.rules.visits import Life, PaidVisit, VisitKind, VisitVerdict, period_of
from app.visits.placing import Stay, stays
from app.visits.rulings import Rulings
from app.visits.staff import Staff, staff_of

PAYING = (VisitVerdict.COUNTS, VisitVerdict.NOBODY_HOME)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Target:
    """Somebody to visit: a place, a kind, a life, and when it was registered."""

    id: UUID
    place_id: UUID
    kind: VisitKind
    life: Life
    registered: datetime


@dataclass(frozen=True)
class Made:
    """A visit that can pay, with who made it and when it arrived."""

    paid: PaidVisit
    worker: UUID
    received: datetime


@dataclass(frozen=True)
class OnRecord:
    """A community over a span of dates."""

    community_code: str
    targets: Sequence[Target]
    stays: Mapping[UUID, Sequence[Stay]]
    """By place, in order."""
    made: Mapping[UUID, Sequence[Made]]
    """By place, in the order of capture."""
    rulings: Rulings
    staff: Staff

    @cached_property
    def workers(self) -> Mapping[object, UUID]:
        """Who made each visit."""
        return {one.paid.record: one.worker for visits in self.made.values() for one in visits}

    def grid_on(self, place_id: UUID, day: date) -> str | None:
        """The grid in which a place stands on a date; None where it is not in the community."""
        found = self.stays.get(place_id, ())
        return next((stay.grid_code for stay in found if stay.first <= day <= stay.last), None)

    def there_since(self, place_id: UUID, day: date) -> date:
        """Since when a place that stands in the community on a date has stood there."""
        for stay in reversed(self.stays.get(place_id, ())):
            if stay.first <= day <= stay.last + ONE_DAY:
                day = stay.first
        return day


def on_record(session: Session, community_code: str, first: date, last: date) -> OnRecord:
    """Everything that what is owed and paid in a span rests on.

    Where somebody is away at its beginning, it reaches back to before that absence, because who
    holds a visit depends on who held it the day before.
    """
    staff = staff_of(session, community_code, first, last)
    first = earliest_period(staff.absences_from(first))
    lived: dict[UUID, list[Stay]] = defaultdict(list)
    for stay in stays(session, community_code, first, last):
        lived[stay.place_id].append(stay)
    return OnRecord(
        community_code=community_code,
        targets=_targets(session, lived, first, last),
        stays=lived,
        made=visits_made(session, lived, first, last),
        rulings=Rulings(session, community_code, first, last),
        staff=staff,
    )


def earliest_period(day: date) -> date:
    """The first date of the periods that a date, or at least the regulation's first, lies in."""
    return min(period_of(kind, max(day, IN_FORCE)).first for kind in VisitKind)


def latest_period(day: date) -> date:
    """The last date of the periods that a date lies in."""
    return max(period_of(kind, day).last for kind in VisitKind)


def _targets(
    session: Session, places: Collection[UUID], first: date, last: date
) -> Sequence[Target]:
    rows = session.execute(
        select(
            VisitTarget.id,
            VisitTarget.place_id,
            VisitTarget.kind,
            VisitTarget.valid,
            VisitTarget.created_at,
        )
        .where(
            VisitTarget.place_id == any_(literal(list(places), ARRAY(Uuid()))),
            VisitTarget.valid.overlaps(Range(first, last, bounds="[]")),
        )
        .order_by(VisitTarget.id)
    )
    return [
        Target(key, place, kind, life_of(valid), made) for key, place, kind, valid, made in rows
    ]


def life_of(valid: Range[date]) -> Life:
    """A span of dates as the rules have it: both ends included."""
    return Life(starts(valid), valid.upper - ONE_DAY if valid.upper else None)


def visits_made(
    session: Session, places: Collection[UUID], first: date, last: date
) -> Mapping[UUID, Sequence[Made]]:
    """The visits captured in a span that can pay, by place."""
    rows = session.execute(
        select(
            Visit.id,
            type_coerce(Visit.place_id, Uuid()),
            Visit.worker_id,
            Visit.corrected_at,
            Visit.received_at,
            Visit.verdict,
        )
        .where(
            Visit.place_id == any_(literal(list(places), ARRAY(Uuid()))),
            Visit.day.between(first, last),
            Visit.verdict.in_(PAYING),
        )
        .order_by(Visit.corrected_at, Visit.id)
    )
    found: dict[UUID, list[Made]] = defaultdict(list)
    for key, place_id, worker, at, received, verdict in rows:
        found[place_id].append(Made(PaidVisit(at, verdict, key), worker, received))
    return found
