"""What one worker does on one date, as it truly happens: sign-ins, walks, visits, events."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from shapely.geometry.base import BaseGeometry

from mobile_contract.handset.chance import Chance, key_at, numbers_of
from mobile_contract.handset.civil import instant
from mobile_contract.handset.faults import Faults
from mobile_contract.handset.fixes import (
    NO_FIXES,
    Fixes,
    drifting,
    joined,
    mocked_after,
    moved_m,
)
from mobile_contract.handset.recorded import Recording, placed
from mobile_contract.handset.reports import CATEGORIES, photographed, reported
from mobile_contract.handset.walks import innermost, points_within, walk

Lonlat = tuple[float, float]
Body = dict[str, Any]
AS_SENT = frozenset({"created", "duplicate"})
"""What a simulated handset has deserved, as a rule: it only sends what is right."""


@dataclass(frozen=True, eq=False)
class Post:
    """Where a worker signs in and walks on a date."""

    community: str
    station: Lonlat | None
    grids: tuple[str, ...]
    area: BaseGeometry
    shapes: tuple[Body, ...]
    """The grids as GeoJSON."""
    away: bool = False
    """On leave for the whole date."""


@dataclass(frozen=True)
class Record:
    """Something the worker enters, at the moment of entering it."""

    id: UUID
    at: datetime
    kind: str
    body: Body
    expects: frozenset[str] = AS_SENT
    """The statuses that it deserves; a repeat is always a duplicate."""
    photographed: bool = False
    worth: str | None = None
    """The verdict that a visit deserves."""


@dataclass(frozen=True)
class Gap:
    """A time without network."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, eq=False)
class Plan:
    """A worker's date."""

    day: date
    fixes: Fixes
    records: tuple[Record, ...]
    gaps: tuple[Gap, ...]
    faults: Faults
    clock_error: timedelta
    anchored: bool
    """Whether the app keeps time anchors."""
    reboots: tuple[datetime, ...]
    system: str
    """The reference system that the phone reports in."""

    def reachable(self, moment: datetime) -> datetime:
        """The first moment from here on with network."""
        for gap in sorted(self.gaps, key=lambda gap: gap.end):
            if gap.begin <= moment < gap.end:
                moment = gap.end
        return moment


WINDOWS = ((time(8, 30), time(9, 0)), (time(14, 30), time(15, 0)), (time(16, 50), time(17, 0)))
SIGN_INS = {
    "in_time": 78,
    "repeated": 5,
    "left_out": 4,
    "early": 4,
    "late": 4,
    "off_site": 3,
    "imprecise": 2,
}
REACHABLE_AGAIN = timedelta(minutes=10)
VISIT_KINDS = (
    "property_guard",
    "rental",
    "special_group",
    "care",
    "resident",
)


def plan(
    day: date,
    post: Post,
    faults: Faults,
    chance: Chance,
    recording: Recording | None,
    *,
    walks: bool = True,
) -> Plan:
    """A date of a worker, decided by chance; visits and the like follow in its morning."""
    fixes = field_work(day, post, chance, recording) if walks else NO_FIXES
    records = [*sign_ins(day, post, chance), *appointments(day, chance)]
    records += incidents(day, post, chance)
    numbers = numbers_of(chance)
    if faults.mocked:
        fixes = mocked_after(fixes, round(noon(day).timestamp() * 1000))
        records = [mocked(record, day) for record in records]
    if faults.drifting:
        fixes = drifting(fixes, numbers)
    restarts = _restarts(day, chance) if faults.wrong_clock else ()
    gaps = _gaps(day, chance) if faults.offline else ()
    return Plan(
        day=day,
        fixes=fixes,
        records=tuple(sorted(records, key=lambda record: record.at)),
        gaps=gaps + tuple(Gap(restarts[0], restarts[-1] + REACHABLE_AGAIN) for _ in restarts[:1]),
        faults=faults,
        clock_error=_clock_error(chance) if faults.wrong_clock else timedelta(0),
        anchored=not (faults.wrong_clock and chance.random() < 0.5),
        reboots=restarts,
        system=chance.choices(("wgs84", "gcj02", "bd09"), (6, 3, 1))[0],
    )


def field_work(day: date, post: Post, chance: Chance, recording: Recording | None) -> Fixes:
    """Morning, afternoon and evening in the grid; or a recorded track moved there."""
    numbers = numbers_of(chance)
    if recording is not None:
        return placed(recording, day, innermost(post.area))
    walks = WALKS[:-1] if chance.random() < FREE_EVENINGS else WALKS
    spans = [_span(day, begin, end, chance) for begin, end in walks]
    return joined(*(walk(post.area, span, numbers) for span in spans))


FREE_EVENINGS = 0.2
WALKS = (
    ((time(8, 20), time(9, 10)), (time(11, 10), time(12, 20))),
    ((time(14, 20), time(14, 50)), (time(16, 50), time(17, 45))),
    ((time(18, 30), time(19, 0)), (time(20, 40), time(21, 30))),
)
"""When a walk may begin and when it may end."""


def _span(
    day: date, begin: tuple[time, time], end: tuple[time, time], chance: Chance
) -> tuple[float, float]:
    return between(day, *begin, chance).timestamp(), between(day, *end, chance).timestamp()


def between(day: date, first: time, last: time, chance: Chance) -> datetime:
    """A moment between two civil times, to the millisecond."""
    begin = instant(day, first)
    span = (instant(day, last) - begin).total_seconds()
    return begin + timedelta(milliseconds=chance.randrange(int(span * 1000)))


def sign_ins(day: date, post: Post, chance: Chance) -> Iterator[Record]:
    """Three windows: mostly in time and at the station."""
    station = stands_at(post)
    for opens, closes in WINDOWS:
        manner = chance.choices(list(SIGN_INS), list(SIGN_INS.values()))[0]
        at = between(day, opens, closes, chance)
        minutes = timedelta(minutes=chance.randint(31, 44))
        if manner == "early":
            at = instant(day, opens) - minutes / 3
        if manner == "late":
            at = instant(day, closes) + minutes / 3
        away = chance.uniform(400, 1500) if manner == "off_site" else chance.uniform(0, 90)
        accuracy = 180.0 if manner == "imprecise" else round(chance.uniform(5, 40), 1)
        lon, lat = beside(station, away, chance)
        body: Body = {"lon": lon, "lat": lat, "accuracy_m": accuracy}
        if manner != "left_out":
            yield Record(key_at(at, chance), at, "check_in", body)
        if manner == "repeated":
            again = at + timedelta(seconds=40)
            yield Record(key_at(again, chance), again, "check_in", body)


def stands_at(post: Post) -> Lonlat:
    """Where a date begins: at the station, else in the middle of the grid."""
    return post.station or innermost(post.area)


def beside(place: Lonlat, metres: float, chance: Chance) -> Lonlat:
    """A point so far from another, in any direction."""
    angle = chance.uniform(0, 2 * np.pi)
    east, north = np.array([metres * np.cos(angle)]), np.array([metres * np.sin(angle)])
    lon, lat = moved_m(np.array([place[0]]), np.array([place[1]]), east, north)
    return round(float(lon[0]), 7), round(float(lat[0]), 7)


def appointments(day: date, chance: Chance) -> Iterator[Record]:
    """On some days a resident asked for a time (预约制), entered on the morning."""
    if chance.random() < 0.5:
        starts = between(day, time(9, 30), time(10, 30), chance).replace(second=0, microsecond=0)
        ends = starts + timedelta(minutes=chance.choice((30, 45, 60)))
        at = between(day, time(8, 0), time(8, 20), chance)
        body = {
            "starts_at": starts.isoformat(),
            "ends_at": ends.isoformat(),
            "subject": "居民预约上门",
        }
        yield Record(key_at(at, chance), at, "appointment", body)


def unregistered(day: date, post: Post, chance: Chance) -> Iterator[Record]:
    """A few doors in a grid of which nobody registered any."""
    places = points_within(post.area, numbers_of(chance), 4).tolist()
    for number, (lon, lat) in enumerate(places[: chance.randint(1, 4)], 1):
        at = between(day, time(9, 5), time(11, 30), chance)
        body = {
            "kind": chance.choice(VISIT_KINDS),
            "place": f"{number}栋{chance.randint(1, 6)}单元",
            "lon": round(lon, 7),
            "lat": round(lat, 7),
            "accuracy_m": round(chance.uniform(5, 25), 1),
            "note": "模拟走访",
        }
        yield Record(key_at(at, chance), at, "visit", body)


def incidents(day: date, post: Post, chance: Chance) -> Iterator[Record]:
    """Sometimes something to report."""
    if chance.random() < 0.4:
        at = between(day, time(15, 5), time(16, 45), chance)
        ((lon, lat),) = points_within(post.area, numbers_of(chance), 1).tolist()
        body = {
            "category": chance.choice(CATEGORIES),
            "lon": round(lon, 7),
            "lat": round(lat, 7),
            "accuracy_m": round(chance.uniform(5, 25), 1),
            "description": "模拟事件：路面井盖松动",
        }
        key = key_at(at, chance)
        report = body | reported(key)
        yield Record(key, at, "incident", report, photographed=photographed(key))


def noon(day: date) -> datetime:
    """From when on an app invents positions, where one does."""
    return instant(day, time(12, 0))


def mocked(record: Record, day: date) -> Record:
    """A sign-in or visit of the afternoon with a position that an app invented."""
    if record.kind not in {"check_in", "visit"} or record.at < noon(day):
        return record
    worth = "mocked" if record.worth and record.worth != "by_phone" else record.worth
    return replace(record, body={**record.body, "mocked": True}, worth=worth)


def _gaps(day: date, chance: Chance) -> tuple[Gap, ...]:
    """Hours, the rest of the date, or until the verdict of the date is final (FLD-4)."""
    begin = between(day, time(8, 0), time(10, 0), chance)
    ends = (
        begin + timedelta(hours=chance.randint(2, 5)),
        between(day, time(20, 0), time(22, 0), chance),
        between(day + timedelta(days=1), time(12, 30), time(14, 0), chance),
    )
    return (Gap(begin, chance.choices(ends, (5, 3, 2))[0]),)


def _restarts(day: date, chance: Chance) -> tuple[datetime, ...]:
    """Switched on without network, and again later: what lies between can't prove its time."""
    return (
        between(day, time(7, 55), time(8, 5), chance),
        between(day, time(9, 5), time(11, 30), chance),
    )


def _clock_error(chance: Chance) -> timedelta:
    """Minutes fast or slow."""
    return timedelta(seconds=chance.choice((-1, 1)) * chance.randint(90, 3600))
