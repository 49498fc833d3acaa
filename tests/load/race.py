"""Contenders take turns under the same closed loop, so that noise hits all alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import psycopg

from app.settings import Settings
from tests.load.generator import CONNECTIONS, Next, Outcome, closed_loop, request

EMPTY = request("GET", "/healthz", {})


@dataclass(frozen=True)
class Pace:
    """How long a turn takes, and how many there are."""

    runs: int
    warm_up: float
    seconds: float


@dataclass(frozen=True)
class Contender:
    """A server and what its connections send."""

    port: int
    sources: Sequence[Next]


@dataclass
class Record:
    """All turns of a contender."""

    turns: list[Outcome] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """The median turn."""
        return median(turn.per_second for turn in self.turns)

    @property
    def p50_ms(self) -> float:
        """The median time to answer of the median turn."""
        return median(turn.p50_ms for turn in self.turns)

    @property
    def p95_ms(self) -> float:
        """The 95th percentile of the median turn."""
        return median(turn.p95_ms for turn in self.turns)

    @property
    def answered(self) -> int:
        """With success."""
        return sum(turn.answered for turn in self.turns)

    @property
    def errors(self) -> int:
        """Refusals and lost connections."""
        return sum(turn.errors for turn in self.turns)

    @property
    def first_error(self) -> str:
        """What the first refusal said."""
        return next((turn.first_error for turn in self.turns if turn.first_error), "")


def race(settings: Settings, contenders: Mapping[str, Contender], pace: Pace) -> dict[str, Record]:
    """Turn after turn; between turns the database writes out what it holds back."""
    records = {name: Record() for name in contenders}
    for _ in range(pace.runs):
        for name, contender in contenders.items():
            settle(settings)
            records[name].turns.append(
                closed_loop(contender.port, contender.sources, pace.warm_up, pace.seconds)
            )
    return records


def settle(settings: Settings) -> None:
    """A checkpoint, where we may ask for one: nobody pays for another's writes."""
    with psycopg.connect(settings.libpq_url, autocommit=True) as connection:
        try:
            connection.execute("checkpoint")
        except psycopg.errors.InsufficientPrivilege:
            return


def empty_requests(port: int) -> Contender:
    """Requests that ask for nothing."""
    return Contender(port, [lambda: EMPTY] * CONNECTIONS)


def ratio(records: Mapping[str, Record], ours: str, other: str) -> float:
    """The median of the ratios of neighbouring turns."""
    pairs = zip(records[ours].turns, records[other].turns, strict=True)
    return median(mine.per_second / max(theirs.per_second, 1e-9) for mine, theirs in pairs)
