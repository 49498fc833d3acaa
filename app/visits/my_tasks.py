"""What a worker is to visit on a date: what is open, by deadline, then by distance (VIS-8)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent, Visit, VisitPlaceLocation, VisitTally, VisitTarget
from app.kit.clock import civil_day
from app.outbox.emit import emit
from app.people.posts import grids_on, posting_on
from app.people.principal import Principal
from app.rules.geodesy import Position, distance_m
from app.rules.parameters import Values
from app.rules.visits import (
    NOBODY_HOME_VISITS,
    VIS_8,
    Cadence,
    Period,
    VisitVerdict,
    cadence_of,
    cite_of,
)
from app.visits.coverage_schemas import NobodyHomeOut, OwedOut, TaskOut, TasksOut
from app.visits.details import names_of, taken_over_out
from app.visits.judging import Judged
from app.visits.on_record import earliest_period, life_of
from app.visits.rulings import Closings
from app.visits.tallies import preview
from app.visits.tally_rows import judged_of
from app.visits.upkeep import bring_up_to_date

LOOKED_AT = "visit_tasks"
"""What a day's looks at places are recorded under."""


@dataclass(frozen=True)
class Open:
    """A visit that can be made now: what is owed, to whom, and where."""

    judged: Judged
    target: VisitTarget
    location: VisitPlaceLocation

    @property
    def deadline(self) -> date:
        """The last date on which a visit pays it."""
        last = life_of(self.target.valid).last
        return self.judged.period.last if last is None else min(last, self.judged.period.last)


def tasks(
    session: Session, asker: Principal, day: date, position: Position | None, now: datetime
) -> TasksOut:
    """A worker's open visits: those of the own grids that nobody took over, and those received."""
    worker_id = asker.as_worker()
    judged = list(_open(session, worker_id, day, now))
    found = _placed(session, judged, day)
    _leave_a_trace(session, asker, found, civil_day(now))
    by_place: dict[UUID, list[Open]] = defaultdict(list)
    for one in found:
        by_place[one.target.place_id].append(one)
    told = _Telling(
        worker_id=worker_id,
        names=names_of(session, judged),
        nobody_home=_days_nobody_home(session, found),
        values=Closings(session).values,
    )
    items = [_task(together, told, position) for together in by_place.values()]
    items.sort(key=lambda task: (task.deadline, task.distance_m or 0, task.label, task.place_id))
    return TasksOut(day=day, rule=VIS_8.rule, clause=VIS_8.clause, items=items)


def _open(session: Session, worker_id: UUID, day: date, now: datetime) -> Iterator[Judged]:
    """What is unpaid and either charged to the worker or open in a grid that he or she holds."""
    post = posting_on(session, worker_id, day)
    if post is None:
        return
    grids = set(grids_on(session, worker_id, day))
    for one in _owed(session, post.community_code, worker_id, grids, day, now):
        if one.visit_id is None and _concerns(one, worker_id, grids):
            yield one


def _owed(
    session: Session,
    community_code: str,
    worker_id: UUID,
    grids: Collection[str],
    day: date,
    now: datetime,
) -> Iterable[Judged]:
    """As stored; of a date to come, as it would be by what is on record."""
    if day > civil_day(now):
        return preview(session, community_code, day)
    bring_up_to_date(session, community_code, now)
    rows = session.scalars(
        select(VisitTally).where(
            VisitTally.first_day.between(earliest_period(day), day),
            VisitTally.last_day >= day,
            VisitTally.paid < VisitTally.owed,
            or_(VisitTally.worker_id == worker_id, VisitTally.grid_code.in_(grids)),
        )
    )
    return [one for row in rows for one in judged_of(row)]


def _concerns(one: Judged, worker_id: UUID, grids: Collection[str]) -> bool:
    if one.worker_id == worker_id:
        return True
    received = one.taken_over["by"] if one.taken_over else None
    return one.grid_code in grids and received is None


def _placed(session: Session, judged: Sequence[Judged], day: date) -> list[Open]:
    """With target and place, of those who live there on the date and are not erased."""
    rows = session.execute(
        select(VisitTarget, VisitPlaceLocation)
        .join(
            VisitPlaceLocation,
            and_(
                VisitPlaceLocation.place_id == VisitTarget.place_id,
                VisitPlaceLocation.valid.contains(day),
            ),
        )
        .where(
            VisitTarget.id.in_({one.target_id for one in judged}), VisitTarget.valid.contains(day)
        )
    )
    there = {target.id: (target, location) for target, location in rows}
    return [
        Open(one, *there[one.target_id])
        for one in judged
        if one.target_id in there and there[one.target_id][1].whereabouts is not None
    ]


def _days_nobody_home(session: Session, found: Iterable[Open]) -> Mapping[tuple[UUID, Period], int]:
    """On how many days of each open quarter nobody was home, by place."""
    quarterly = {
        (one.target.place_id, one.judged.period) for one in found if _is_quarterly(one.judged)
    }
    counted: dict[tuple[UUID, Period], int] = {}
    for period in {period for _, period in quarterly}:
        places = [place for place, its in quarterly if its == period]
        rows = session.execute(
            select(Visit.place_id, func.count(Visit.day.distinct()))
            .where(
                Visit.place_id.in_(places),
                Visit.day.between(period.first, period.last),
                Visit.verdict == VisitVerdict.NOBODY_HOME,
            )
            .group_by(Visit.place_id)
        )
        counted |= {(place, period): days for place, days in rows if place is not None}
    return counted


def _is_quarterly(one: Judged) -> bool:
    return cadence_of(one.kind, one.period.last) is Cadence.QUARTER


@dataclass(frozen=True)
class _Telling:
    """What every line of the list needs to be told."""

    worker_id: UUID
    names: Mapping[UUID, str]
    nobody_home: Mapping[tuple[UUID, Period], int]
    values: Callable[[date], Values]


def _task(together: Sequence[Open], told: _Telling, position: Position | None) -> TaskOut:
    """One place with all that it owes, the most urgent first."""
    first = together[0]
    where = first.location.whereabouts
    place = Position(where["lon"], where["lat"])
    owed = sorted(
        (_owed_out(one, told) for one in together), key=lambda one: (one.deadline, one.kind)
    )
    return TaskOut(
        place_id=first.target.place_id,
        grid=first.judged.grid_code,
        label=where["label"],
        lon=place.lon,
        lat=place.lat,
        distance_m=None if position is None else round(distance_m(position, place), 1),
        deadline=owed[0].deadline,
        owed=owed,
    )


def _owed_out(one: Open, told: _Telling) -> OwedOut:
    judged = one.judged
    cite = cite_of(judged.kind, judged.period.last)
    return OwedOut(
        target_id=judged.target_id,
        kind=judged.kind,
        first=judged.period.first,
        deadline=one.deadline,
        rule=cite.rule,
        clause=cite.clause,
        nobody_home=_nobody_home(one, told),
        charged_to_me=judged.worker_id == told.worker_id,
        taken_over=taken_over_out(judged.taken_over, told.names),
    )


def _nobody_home(one: Open, told: _Telling) -> NobodyHomeOut | None:
    if not _is_quarterly(one.judged):
        return None
    values = told.values(one.judged.period.last)
    days = told.nobody_home.get((one.target.place_id, one.judged.period), 0)
    return NobodyHomeOut(days=days, needed=int(values[NOBODY_HOME_VISITS]))


def _leave_a_trace(session: Session, asker: Principal, found: Iterable[Open], today: date) -> None:
    """The places that were shown are recorded, each once an account and date.

    Of every kind: a trace of special groups alone would say whose they are.
    """
    shown = {str(one.target.place_id) for one in found}
    if not shown:
        return
    subject = f"{asker.account_id} {today.isoformat()}"
    looked = session.scalars(
        select(OutboxEvent.facts).where(
            OutboxEvent.subject_kind == LOOKED_AT, OutboxEvent.subject_id == subject
        )
    )
    fresh = shown.difference(*(facts["ids"] for facts in looked))
    if fresh:
        emit(
            session,
            "visit_place.seen",
            by=asker.account_id,
            unit_code=asker.unit_code,
            subject=(LOOKED_AT, subject),
            places=len(fresh),
            ids=sorted(fresh),
        )
