"""The events of the demo's month: reported, acted on and verified by the commands themselves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.models import IncidentCase, IncidentHop
from app.demo.month_courses import (
    AT_COMMUNITY,
    BURST,
    CENTRE,
    EXTENDED,
    FOUND_AT,
    FRESH,
    LEAD,
    LEAK,
    LEAK_AGAIN,
    LEAK_DAY,
    OVERDUE,
    PAST,
    ROUTINE,
    SOON,
    TOWNSHIP,
    WORKER,
    Step,
    Story,
)
from app.demo.month_offices import acting
from app.demo.month_people import UPLOADED_AFTER, Person, captured
from app.demo.month_records import beside, contact
from app.incidents.act_schemas import ActIn, OfficeActIn
from app.incidents.clocks import Deadlines
from app.incidents.commands import record_incident
from app.incidents.doers import act_for_office, record_action
from app.incidents.schemas import IncidentIn
from app.kit.clock import SHANGHAI, civil_day
from app.kit.ids import uuid7
from app.people.posts import areas_on
from app.people.principal import Principal
from app.rules.deadlines import Clock
from app.rules.divisions import ancestors
from app.rules.field_records import Severity
from app.rules.tiers import Tier

EVERY = timedelta(minutes=20)
HALVES = ((time(8, 40), time(11, 40)), (time(14, 40), time(17, 10)))
OPENS, CLOSES = time(9, 0), time(17, 30)
LOOKED_BACK = 4
"""Duty dates among which an open event is placed by when it falls due."""
JUST_NOW = timedelta(minutes=30)
BURST_AGO = timedelta(minutes=90)
"""Past the community's hour, within the township's two (EVT-3)."""


@dataclass(frozen=True)
class Cast:
    """Who takes part in the events of a community, on which duty dates, until when."""

    people: Sequence[Person]
    offices: Mapping[str, Principal]
    duty: Sequence[date]
    """In order, today among them if it is one."""
    now: datetime

    @property
    def before(self) -> Sequence[date]:
        """The duty dates that are over."""
        return [day for day in self.duty if day < civil_day(self.now)]

    def stories(self) -> Mapping[date, Sequence[Story]]:
        """What is told of which date; of a short month the first date has what came before."""
        found: dict[date, list[Story]] = {}
        for ago, told in PAST.items():
            found.setdefault(self.on(ago), []).extend(told)
        return found

    def on(self, ago: int) -> date:
        """So many duty dates ago."""
        before = self.before
        return before[max(0, len(before) - ago)]


def cast_of(
    session: Session, people: Sequence[Person], duty: Sequence[date], now: datetime
) -> Cast:
    """The offices above the workers of a community."""
    community, township, city = ancestors(people[0].community)
    offices = {
        LEAD: acting(session, community, "station_lead"),
        TOWNSHIP: acting(session, township, "township"),
        CENTRE: acting(session, city, "command_centre"),
    }
    return Cast(people, offices, duty, now)


def everyday(
    session: Session, cast: Cast, person: Person, found: tuple[datetime, IncidentIn], chance: Random
) -> None:
    """What comes up on a date, and how it goes: mostly within the grid, and in time."""
    at, body = found
    [steps] = chance.choices(*ROUTINE[body.reporter])
    incident = record_incident(session, captured(person, at), body)
    _play(session, cast, person, (incident.id, at), steps)


def special(session: Session, cast: Cast, day: date, chance: Random) -> None:
    """The stories of a date, the first one found at a quarter to ten."""
    at = datetime.combine(day, FOUND_AT, SHANGHAI)
    for number, story in enumerate(cast.stories().get(day, ())):
        person = cast.people[(day.toordinal() + number) % len(cast.people)]
        _tell(session, cast, person, (at + number * EVERY, story), chance)
    if day == cast.on(LEAK_DAY):
        _leak(session, cast, at, chance)


def still_open(session: Session, cast: Cast, chance: Random) -> None:
    """What is open now: due soon, just found, overdue, handed on, waiting for an extension."""
    grid = areas_on(session, cast.people[0].worker_id, civil_day(cast.now))[0].grid_code
    deadlines = Deadlines(session)
    clocks = {at: _clock(deadlines, grid, at) for at in moments(cast)}
    for number, (at, story) in enumerate(placed(clocks, cast.now)):
        person = cast.people[number % len(cast.people)]
        _tell(session, cast, person, (at, story), chance)


def moments(cast: Cast) -> Iterator[datetime]:
    """When something may have been found: the working hours of the last duty dates."""
    for day in cast.duty[-LOOKED_BACK:]:
        for begins, ends in HALVES:
            at = datetime.combine(day, begins, SHANGHAI)
            while at <= min(datetime.combine(day, ends, SHANGHAI), cast.now - JUST_NOW):
                yield at
                at += EVERY


def placed(clocks: Mapping[datetime, Clock], now: datetime) -> Iterator[tuple[datetime, Story]]:
    """Each open event at the instant from which its clock says what it is to show now.

    Where no yellow card can have fallen within a day, after a weekend, a main has burst.
    """
    running = [at for at, clock in clocks.items() if clock.due > now + JUST_NOW]
    overdue = [at for at, clock in clocks.items() if clock.yellow < now < clock.red]
    yield running[0], SOON
    yield running[len(running) // 2], EXTENDED
    yield running[-1], AT_COMMUNITY
    yield running[-1], FRESH
    yield (overdue[-1], OVERDUE) if overdue else (now - BURST_AGO, BURST)


def _clock(deadlines: Deadlines, grid: str, at: datetime) -> Clock:
    """The clock that a general event would have in a grid."""
    case = IncidentCase(category="other", severity=Severity.GENERAL)
    hop = IncidentHop(arrived_at=at, tier=Tier.GRID, unit_code=grid)
    return deadlines.clock(case, hop)


def _tell(
    session: Session, cast: Cast, person: Person, found: tuple[datetime, Story], chance: Random
) -> UUID:
    at, story = found
    point = areas_on(session, person.worker_id, civil_day(at))[0].area.representative_point()
    return _at(session, cast, person, (at, story, (point.x, point.y)), chance)


def _leak(session: Session, cast: Cast, at: datetime, chance: Random) -> None:
    """Reported once more by somebody who did not know: linked, and counted once."""
    person = cast.people[0]
    first = _tell(session, cast, person, (at, LEAK), chance)
    again = _tell(session, cast, person, (at + EVERY, LEAK_AGAIN), chance)
    linked = Step(WORKER, "link_duplicate", said={"duplicate_of": first, "reason": "同一处漏水"})
    _do(session, cast, person, (again, at + EVERY * 2), linked)


def _at(
    session: Session,
    cast: Cast,
    person: Person,
    found: tuple[datetime, Story, tuple[float, float]],
    chance: Random,
) -> UUID:
    """An event is found at a place, and takes its course."""
    at, story, point = found
    body = IncidentIn(
        category=story.category,
        severity=story.severity,
        description=story.description,
        reporter=story.reporter,
        contact=contact(story.reporter, chance),
        straight_to_centre=story.straight_to_centre,
        **beside(point, chance),
        accuracy_m=9,
    )
    incident = record_incident(session, captured(person, at), body)
    _play(session, cast, person, (incident.id, at), story.steps)
    return incident.id


def _play(
    session: Session,
    cast: Cast,
    person: Person,
    begun: tuple[UUID, datetime],
    steps: Sequence[Step],
) -> None:
    """Act after act, as far as they have happened by now."""
    key, at = begun
    for step in steps:
        following = _when(cast, at, step)
        if following is None or following + UPLOADED_AFTER >= cast.now:
            return
        at = following
        _do(session, cast, person, (key, at), step)


def _when(cast: Cast, at: datetime, step: Step) -> datetime | None:
    """After working hours it waits for the next duty date; none where that is to come."""
    following = at + timedelta(minutes=step.minutes)
    if step.on_next is None and following.astimezone(SHANGHAI).time() <= CLOSES:
        return following
    day = next((day for day in cast.duty if day > civil_day(at)), None)
    if day is None:
        return None
    begins = datetime.combine(day, step.on_next or OPENS, SHANGHAI)
    return begins + timedelta(minutes=step.minutes)


def _do(
    session: Session, cast: Cast, person: Person, which: tuple[UUID, datetime], step: Step
) -> None:
    key, at = which
    if step.who == WORKER:
        said = {"incident_id": key, "act": step.act, **step.said}
        record_action(session, captured(person, at), ActIn.model_validate(said))
        return
    said = {"id": uuid7(at), "act": step.act, **step.said}
    act_for_office(session, cast.offices[step.who], key, OfficeActIn.model_validate(said), at)
