"""Stations, duty dates and values, known by each process until one of them changes."""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from anyio.to_thread import run_sync

from app.attendance.commands import position_of
from app.db.engine import Sessions
from app.people.calendar import Calendar
from app.people.posts import station_on
from app.people.values import supersessions
from app.rules.geodesy import Position
from app.rules.parameters import Values, values_on

FRESH = timedelta(seconds=30)
REMEMBERED = 20_000
EDITION = """
select (select max(id) from station),
       (select max(id) from duty_decision),
       (select max(id) from parameter_value)
"""
"""Every change of a station, a duty date or a value adds a row."""

Edition = tuple[int | None, ...]
Key = tuple[str, date]
"""A community and a date."""


@dataclass(frozen=True)
class Place:
    """Where a community's workers sign in on a date, whether they have to, and by what values."""

    station: Position | None
    on_duty: bool
    values: Values
    asked_at: datetime


class Places:
    """What is known of communities; forgotten oldest first."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.known: OrderedDict[Key, Place] = OrderedDict()
        self.edition: Edition | None = None

    def stand(self, edition: Edition) -> bool:
        """Whether what is known is of this edition; forgotten where it is not."""
        if edition == self.edition:
            return True
        self.edition = edition
        self.known.clear()
        return False

    async def of(self, keys: Collection[Key], now: datetime) -> dict[Key, Place]:
        """Communities on dates, at most half a minute old."""
        missing = [key for key in keys if not self._is_fresh(key, now)]
        if missing:
            for key, place in (await run_sync(self._ask, missing, now)).items():
                self.known[key] = place
                self.known.move_to_end(key)
        found = {key: self.known[key] for key in keys}
        while len(self.known) > REMEMBERED:
            self.known.popitem(last=False)
        return found

    def _is_fresh(self, key: Key, now: datetime) -> bool:
        place = self.known.get(key)
        return place is not None and abs(now - place.asked_at) < FRESH

    def _ask(self, keys: Collection[Key], now: datetime) -> dict[Key, Place]:
        days = [day for _, day in keys]
        with self.sessions() as session:
            calendar = Calendar(session, min(days), max(days))
            history = supersessions(session)
            found = {}
            for community, day in keys:
                station = station_on(session, community, day)
                position = position_of(station.point) if station else None
                on_duty, values = calendar.on_duty(community, day), values_on(day, history)
                found[community, day] = Place(position, on_duty, values, now)
            return found
