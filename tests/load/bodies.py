"""Requests of handsets, encoded before they are sent; only the id is new each time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import cycle, product

import msgspec
import numpy as np
from numpy.typing import NDArray

from app.kit import clock
from app.kit.clock import SHANGHAI
from app.kit.ids import uuid7
from app.rules.geodesy import Position
from tests.load.city import RADIUS, Person
from tests.load.generator import Next, request, whole

FIXES, EVERY_S = 60, 10
BATCHES_A_DAY = 36
DAYS = 20
SIGN_IN_DAYS = 600
OPENS = (time(8, 40), time(14, 40), time(17, 40))


@dataclass(frozen=True)
class Walk:
    """The positions of one worker's day: 2,160 fixes at 10 s around the middle of the grid."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    speed: NDArray[np.float64]


def walk(person: Person | Position, seed: int) -> Walk:
    """Rounds through the grid and a little beyond its edge, as precise as handsets write it."""
    chance = np.random.default_rng(seed)
    count = FIXES * BATCHES_A_DAY
    turn = np.linspace(0, 14 * np.pi, count) + seed
    reach = RADIUS * (0.55 + 0.65 * np.abs(np.sin(turn / 7)))
    noise = chance.normal(0, 2e-5, (2, count))
    return Walk(
        np.round(person.lon + reach * np.cos(turn) + noise[0], 6),
        np.round(person.lat + 0.85 * reach * np.sin(turn) + noise[1], 6),
        np.round(chance.uniform(3, 30, count), 1),
        np.round(chance.uniform(0, 2, count), 2),
    )


def times(day: date) -> NDArray[np.int64]:
    """Epoch milliseconds of a day's fixes, the morning and the afternoon."""
    halves = [datetime.combine(day, at, SHANGHAI) for at in (time(8, 40), time(14, 30))]
    steps = np.arange(FIXES * BATCHES_A_DAY // 2) * EVERY_S * 1000
    return np.concatenate([int(half.timestamp() * 1000) + steps for half in halves])


class Material:
    """What handsets say, in parts that are put together for each request."""

    def __init__(self, people: Sequence[Person], today: date) -> None:
        dates = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
        self.people, self.today = people, today
        self.times = [
            [msgspec.json.encode(part.tolist()) for part in times(day).reshape(-1, FIXES)]
            for day in dates
        ]
        self.places = [
            [places(walked, number) for number in range(BATCHES_A_DAY)]
            for walked in (walk(person, seed) for seed, person in enumerate(people))
        ]

    def tracks(self, tokens: dict[int, str]) -> Next:
        """The batches of one connection, which speaks for several workers in turn."""
        heads = {
            person: request("POST", "/v1/tracks", {"authorization": f"Bearer {token}"}, body=True)
            for person, token in tokens.items()
        }
        order = cycle(product(range(DAYS), range(BATCHES_A_DAY), tokens))
        return self._tracks(heads, order).__next__

    def _tracks(
        self, heads: dict[int, bytes], order: Iterator[tuple[int, int, int]]
    ) -> Iterator[bytes]:
        for day, number, person in order:
            batch_id = str(uuid7(clock.now())).encode()
            columns = self.times[day][number] + self.places[person][number]
            yield whole(heads[person], b'{"batch_id":"' + batch_id + b'","t":' + columns)

    def check_ins(self, tokens: dict[int, str]) -> Next:
        """Sign-ins of one connection: every window of many dates, worker after worker."""
        heads = {
            person: request(
                "POST", "/v1/check-ins", {"authorization": f"Bearer {token}"}, body=True
            )
            for person, token in tokens.items()
        }
        order = cycle(product(range(SIGN_IN_DAYS), OPENS, tokens))
        return self._check_ins(heads, order).__next__

    def _check_ins(
        self, heads: dict[int, bytes], order: Iterator[tuple[int, time, int]]
    ) -> Iterator[bytes]:
        for day, opens, person in order:
            at = datetime.combine(self.today - timedelta(days=day + 2), opens, SHANGHAI)
            position = {
                "lon": self.people[person].lon,
                "lat": self.people[person].lat,
                "accuracy_m": 12,
            }
            sign_in = {
                "id": str(uuid7(clock.now())),
                "captured_at": at.isoformat(),
                "sent_at": clock.now().isoformat(),
                "boot_id": "b-17",
                "elapsed_ms": 86_400_000,
                "body": position,
            }
            yield whole(heads[person], msgspec.json.encode(sign_in))


def places(walked: Walk, number: int) -> bytes:
    """The columns of a batch but its times, as they go on in JSON."""
    part = slice(number * FIXES, (number + 1) * FIXES)
    columns = {
        "lon": walked.lon[part].tolist(),
        "lat": walked.lat[part].tolist(),
        "accuracy": walked.accuracy[part].tolist(),
        "speed": walked.speed[part].tolist(),
    }
    return b"," + msgspec.json.encode(columns)[1:]
