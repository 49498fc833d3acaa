"""Everyday work as rows of the tables that the service would have written, in bulk."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.db.bulk import insert_rows
from app.db.models import (
    Errand,
    ErrandAct,
    HopClock,
    Incident,
    IncidentAct,
    IncidentCard,
    IncidentCase,
    IncidentHop,
    Meeting,
    MeetingAttendance,
    PlatformLogin,
    Record,
    RecordVersion,
    Visit,
    VisitTally,
    WorkerDay,
)
from app.db.models.base import Base
from app.rules.errands import ErrandStep
from app.rules.field_time import FieldVerdict
from app.rules.information import RecordKind, RecordState
from app.rules.meetings import Presence
from app.rules.tasks import LoginSource
from app.rules.version import RULES_VERSION
from app.rules.visits import VisitKind
from app.rules.windows import WindowState
from tests.year.duty import at, on_duty
from tests.year.everyday import Collected, Filed, Served, Work, WorkedDay, WorkedWeek
from tests.year.people import COMMUNITIES, people
from tests.year.town import Town, key_of

Row = dict[str, Any]
SIX_HOURS, TWO_HOURS = 21_600, 7_200
SHORT_S = {"total": 3600, "morning": 0, "afternoon": 3600, "off_peak": 0}
LON, LAT = 104.55, 30.41


def write(db: Session, town: Town, work: Work) -> None:
    """The facts of some workers, once the meetings are there."""
    _insert(db, WorkerDay, (_worker_day(town, fact) for fact in work.days))
    _insert(db, WorkerDay, _days_off(town, {fact.who for fact in work.days}))
    _insert(db, PlatformLogin, (row for fact in work.days for row in _logins(town, fact)))
    _insert(db, Visit, _visits(town, work))
    _insert(db, VisitTally, _tallies(town, work))
    _attendance(db, town, work.days)
    _events(db, town, work.filed)
    _errands(db, town, work.served)
    _records(db, town, work.collected)


def _insert(db: Session, model: type[Base], rows: Iterable[Row]) -> None:
    insert_rows(db, model, list(rows))


def meetings(db: Session, town: Town, days: Iterable[date]) -> None:
    """A morning meeting of every station on every duty date."""
    _insert(db, Meeting, (_meeting(town, code, day) for day in days for code in COMMUNITIES))


def utc(day: date, clock: str) -> str:
    """As a column's value."""
    return at(day, clock).astimezone(UTC).isoformat()


def field_record(town: Town, who: str, grid: str, day: date, clock: str) -> Row:
    """What every record from the field has."""
    moment = utc(day, clock)
    return {
        "worker_id": town.workers[who],
        "community_code": grid[:12],
        "captured_at": moment,
        "corrected_at": moment,
        "received_at": moment,
        "time_proven": True,
        "day": day,
    }


def _worker_day(town: Town, fact: WorkedDay) -> Row:
    away = fact.absence is not None
    verdict = FieldVerdict.MET if fact.met else FieldVerdict.SHORT
    counted = SIX_HOURS if fact.met else SIX_HOURS - SHORT_S["total"]
    return {
        "worker_id": town.workers[fact.who],
        "day": fact.day,
        "community_code": fact.grid[:12],
        "on_duty": True,
        "bound": people()[fact.who].full_time,
        "windows": [_window(fact, number) for number in (1, 2, 3)],
        "windows_filled": sum(fact.windows),
        "windows_excused": 3 if away else 0,
        "field_verdict": FieldVerdict.EXCUSED if away else verdict,
        "total_s": 0 if away else counted,
        "morning_s": 0 if away else TWO_HOURS,
        "afternoon_s": 0 if away else counted - 2 * TWO_HOURS,
        "off_peak_s": 0 if away else TWO_HOURS,
        "short": {} if away or fact.met else SHORT_S,
        "fixes": 0 if away else 900,
        "fixes_set_aside": {},
        "because": {},
        "rules_version": RULES_VERSION,
        "computed_at": utc(fact.day + timedelta(days=2), "12:00"),
    }


def _days_off(town: Town, workers: Iterable[str]) -> Iterator[Row]:
    """Every date with a post that is no duty date: judged too, and nothing is owed."""
    for who in sorted(workers):
        for post in people()[who].posts:
            for passed in range((post.last - post.first).days + 1):
                day = post.first + timedelta(days=passed)
                if not on_duty(day):
                    yield _day_off(town, who, (day, post.community))


def _day_off(town: Town, who: str, when: tuple[date, str]) -> Row:
    day, community = when
    windows = [{"number": number, "state": None, "record": None} for number in (1, 2, 3)]
    seconds = dict.fromkeys(("total_s", "morning_s", "afternoon_s", "off_peak_s"), 0)
    return {
        "worker_id": town.workers[who],
        "day": day,
        "community_code": community,
        "on_duty": False,
        "bound": people()[who].full_time,
        "windows": windows,
        "windows_filled": 0,
        "windows_excused": 0,
        "field_verdict": FieldVerdict.NOT_OWED,
        **seconds,
        "short": {},
        "fixes": 0,
        "fixes_set_aside": {},
        "because": {},
        "rules_version": RULES_VERSION,
        "computed_at": utc(day + timedelta(days=2), "12:00"),
    }


def _window(fact: WorkedDay, number: int) -> Row:
    state = WindowState.FILLED if fact.windows[number - 1] else None
    if fact.absence is not None:
        state = WindowState.EXCUSED
    record = None if state is None else str(key_of(state.value, fact.who, fact.day, number))
    return {"number": number, "state": state, "record": record}


def _logins(town: Town, fact: WorkedDay) -> Iterator[Row]:
    for platform in fact.logins:
        yield {
            "worker_id": town.workers[fact.who],
            "platform": platform,
            "day": fact.day,
            "community_code": fact.grid[:12],
            "at": utc(fact.day, "08:35"),
            "source": LoginSource.WEBHOOK,
            "evidence": "test",
            "recorded_at": utc(fact.day, "08:36"),
        }


def _visits(town: Town, work: Work) -> Iterator[Row]:
    """One on each date with a guard, one on the Tuesday of each week in a rented home."""
    for fact in work.days:
        if fact.guard_visited:
            yield _visit(town, (fact.who, fact.grid, fact.day), VisitKind.PROPERTY_GUARD)
    for week in work.weeks:
        if week.rental_visited:
            tuesday = week.monday + timedelta(days=1)
            yield _visit(town, (week.who, week.grid, tuesday), VisitKind.RENTAL)


def _visit(town: Town, whose: tuple[str, str, date], kind: VisitKind) -> Row:
    who, grid, day = whose
    return {
        "id": key_of("visit", kind, who, day),
        **field_record(town, who, grid, day, "10:00"),
        "grid_code": grid,
        "kind": kind,
        "manner": "on_site",
        "outcome": "met",
        "verdict": "counts",
        "because": {},
        "mocked": False,
        "photos": [],
    }


def _tallies(town: Town, work: Work) -> Iterator[Row]:
    for fact in work.days:
        if fact.absence is None:
            yield _tally(town, fact, VisitKind.PROPERTY_GUARD, (fact.day, fact.day, fact.day))
    for week in work.weeks:
        span = (week.monday, week.day, week.monday + timedelta(days=1))
        yield _tally(town, week, VisitKind.RENTAL, span)


def _tally(
    town: Town, fact: WorkedDay | WorkedWeek, kind: VisitKind, when: tuple[date, date, date]
) -> Row:
    first, last, visited = when
    paid = fact.guard_visited if isinstance(fact, WorkedDay) else fact.rental_visited
    return {
        "grid_code": fact.grid,
        "kind": kind,
        "first_day": first,
        "last_day": last,
        "worker_id": town.workers[fact.who],
        "owed": 1,
        "paid": int(paid),
        "targets": [key_of("target", kind, fact.grid)],
        "visits": [key_of("visit", kind, fact.who, visited) if paid else None],
        "shared": {},
        "closed": True,
        "rules_version": RULES_VERSION,
        "computed_at": utc(last + timedelta(days=4), "00:00"),
    }


def _meeting(town: Town, community: str, day: date) -> Row:
    return {
        "id": key_of("meeting", community, day),
        "unit_code": community,
        "kind": "morning",
        "held_on": day,
        "starts_at": utc(day, "09:00"),
        "subject": "安排当天工作",
        "minutes": "",
        "photos": [],
        "host_id": town.accounts[community],
        "recorded_at": utc(day, "09:30"),
    }


def _attendance(db: Session, town: Town, days: Iterable[WorkedDay]) -> None:
    _insert(db, MeetingAttendance, (_present(town, fact) for fact in days))


def _present(town: Town, fact: WorkedDay) -> Row:
    presence = Presence.PRESENT if fact.at_meeting else Presence.ABSENT
    away = fact.absence is not None
    return {
        "meeting_id": key_of("meeting", fact.grid[:12], fact.day),
        "worker_id": town.workers[fact.who],
        "presence": Presence.EXCUSED if away else presence,
        "reason": "请假" if away else None,
        "recorded_by": town.accounts[fact.grid[:12]],
        "recorded_at": utc(fact.day, "09:30"),
    }


def _events(db: Session, town: Town, filed: Iterable[Filed]) -> None:
    """Reported at 08:30, due at 17:30, closed at 11:00 or on the next date after its card."""
    numbered = [
        (fact, number)
        for _, same in groupby(filed, key=lambda fact: (fact.who, fact.day))
        for number, fact in enumerate(same)
    ]
    facts = [_Event(town, fact, number) for fact, number in numbered]
    _insert(db, Incident, (fact.incident() for fact in facts))
    _insert(db, IncidentCase, (fact.case() for fact in facts))
    _insert(db, IncidentAct, (act for fact in facts for act in fact.acts()))
    _insert(db, IncidentHop, (fact.hop() for fact in facts))
    _insert(db, HopClock, (fact.clock() for fact in facts))
    _insert(db, IncidentCard, (fact.card() for fact in facts if not fact.said.in_time))


class _Event:
    """The rows of one event."""

    def __init__(self, town: Town, said: Filed, number: int) -> None:
        self.said, self.town = said, town
        self.mine = (said.who, said.day, number)
        self.id = key_of("incident", *self.mine)
        self.reported, self.due = utc(said.day, "08:30"), utc(said.day, "17:30")
        self.red = utc(said.day + timedelta(days=1), "17:30")
        late = utc(said.day + timedelta(days=1), "09:00")
        self.closed = utc(said.day, "11:00") if said.in_time else late
        self.closed_on = said.day if said.in_time else said.day + timedelta(days=1)

    def incident(self) -> Row:
        """As it was reported."""
        said = self.said
        return {
            "id": self.id,
            **field_record(self.town, said.who, said.grid, said.day, "08:30"),
            "grid_code": said.grid,
            "category": "livelihood_service",
            "severity": "general",
            "lon": LON,
            "lat": LAT,
            "description": "路灯不亮",
            "reporter": "worker",
            "straight_to_centre": False,
            "photos": [],
        }

    def case(self) -> Row:
        """How it stands: verified."""
        worker_id = self.town.workers[self.said.who]
        return {
            "incident_id": self.id,
            "grid_code": self.said.grid,
            "worker_id": worker_id,
            "day": self.said.day,
            "category": "livelihood_service",
            "severity": "general",
            "state": "verified",
            "acts": 2,
            "reported_at": self.reported,
            "changed_at": self.closed,
            "closed_at": self.closed,
            "closed_by": "grid",
            "reopened": False,
            "score": "satisfied",
            "verified_at": self.closed,
            "verified_day": self.closed_on,
            "verified_by": worker_id,
        }

    def acts(self) -> Iterator[Row]:
        """The report and the end."""
        yield self._act(1, "report", self.reported, self.said.day) | {"was": None, "became": "held"}
        ended = self._act(2, "close", self.closed, self.closed_on)
        yield ended | {"was": "held", "became": "closed"}

    def _act(self, number: int, act: str, moment: str, day: date) -> Row:
        return {
            "id": self._act_key(number),
            "incident_id": self.id,
            "number": number,
            "act": act,
            "tier": "grid",
            "unit_code": self.said.grid,
            "worker_id": self.town.workers[self.said.who],
            "captured_at": moment,
            "corrected_at": moment,
            "received_at": moment,
            "effective_at": moment,
            "time_proven": True,
            "day": day,
            "facts": {},
            "photos": [],
        }

    def _act_key(self, number: int) -> UUID:
        return key_of("act", number, *self.mine)

    def hop(self) -> Row:
        """The grid's hold."""
        return {
            "id": key_of("hop", *self.mine),
            "incident_id": self.id,
            "tier": "grid",
            "unit_code": self.said.grid,
            "worker_id": self.town.workers[self.said.who],
            "begun_by": self._act_key(1),
            "arrived_at": self.reported,
            "taken_up_at": self.reported,
            "ended_at": self.closed,
            "ended_by": self._act_key(2),
            "outcome": "closed",
            "due_at": self.due,
            "yellow_at": self.due,
            "red_at": self.red,
            "extended_h": 0,
        }

    def clock(self) -> Row:
        """Its instants as computed."""
        return {
            "hop_id": key_of("hop", *self.mine),
            "computed_at": self.reported,
            "why": "arrival",
            "due_at": self.due,
            "yellow_at": self.due,
            "red_at": self.red,
            "inputs": {},
        }

    def card(self) -> Row:
        """Of a hold that ended too late."""
        return {
            "id": key_of("card", *self.mine),
            "incident_id": self.id,
            "hop_id": key_of("hop", *self.mine),
            "colour": "yellow",
            "origin": "clock",
            "tier": "grid",
            "unit_code": self.said.grid,
            "worker_id": self.town.workers[self.said.who],
            "fell_at": self.due,
            "drawn_at": self.due,
            "day": self.said.day,
            "because": {},
        }


STEPS = {
    ErrandStep.ACCEPTED: "09:30",
    ErrandStep.HANDLED: "11:00",
    ErrandStep.DELIVERED: "15:30",
    ErrandStep.RATED: "16:00",
}


def _errands(db: Session, town: Town, served: Iterable[Served]) -> None:
    facts = list(served)
    _insert(db, Errand, (_errand(town, fact) for fact in facts))
    _insert(db, ErrandAct, (_step(town, fact, step) for fact in facts for step in STEPS))


def _errand(town: Town, fact: Served) -> Row:
    return {
        "id": key_of("errand", fact.who, fact.day),
        "worker_id": town.workers[fact.who],
        "community_code": fact.grid[:12],
        "grid_code": fact.grid,
        "matter": "医保参保登记",
        "step": ErrandStep.RATED,
        "rating": fact.rating,
        "accepted_at": utc(fact.day, STEPS[ErrandStep.ACCEPTED]),
        "changed_at": utc(fact.day, STEPS[ErrandStep.RATED]),
        "closed_day": fact.day,
    }


def _step(town: Town, fact: Served, step: ErrandStep) -> Row:
    return {
        "id": key_of("errand act", step, fact.who, fact.day),
        **field_record(town, fact.who, fact.grid, fact.day, STEPS[step]),
        "errand_id": key_of("errand", fact.who, fact.day),
        "step": step,
        "papers": [],
        "rating": fact.rating if step is ErrandStep.RATED else None,
        "photos": [],
    }


def _records(db: Session, town: Town, collected: Iterable[Collected]) -> None:
    facts = list(collected)
    db.execute(insert(Record), [_record(town, fact) for fact in facts])
    _insert(db, RecordVersion, (_version(town, fact) for fact in facts))


def _record(town: Town, fact: Collected) -> Row:
    return {
        "id": key_of("record", fact.who, fact.day),
        "kind": RecordKind.MATTER,
        "community_code": fact.grid[:12],
        "grid_code": fact.grid,
        "worker_id": town.workers[fact.who],
        "state": RecordState.ENTERED,
        "version": 1,
        "entered_version": 1,
        "collected_at": at(fact.day, "10:30"),
        "submitted_at": at(fact.entered_on, "09:10"),
        "entered_at": at(fact.entered_on, "09:40"),
    }


def _version(town: Town, fact: Collected) -> Row:
    return {
        "record_id": key_of("record", fact.who, fact.day),
        "number": 1,
        "form_version": 1,
        "content": {"title": "楼道灯损坏"},
        "source": "handset",
        "photos": [],
        "account_id": town.accounts[fact.who],
        "worker_id": town.workers[fact.who],
        "captured_at": utc(fact.day, "10:30"),
        "received_at": utc(fact.day, "10:40"),
        "day": fact.day,
    }
