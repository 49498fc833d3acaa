"""What waits on a handset to be sent: records with their clock readings, fixes in batches."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from mobile_contract.handset.chance import Chance, chance_of, key_at
from mobile_contract.handset.civil import from_millis, instant
from mobile_contract.handset.fixes import MOCKED, Fixes
from mobile_contract.handset.plans import Plan, Record
from mobile_contract.handset.shifted import SYSTEMS

BATCH = 60
PAUSE_MS = 15 * 60 * 1000
"""After such a pause a batch is closed, full or not."""
OVERLAP = 20


@dataclass(frozen=True)
class Boot:
    """One run of the phone's monotonic clock."""

    id: UUID
    since: datetime

    def elapsed_ms(self, moment: datetime) -> int:
        """What the monotonic clock says."""
        return round((moment - self.since).total_seconds() * 1000)


@dataclass(frozen=True)
class Anchor:
    """A server time, signed, and the monotonic reading at which it was obtained."""

    token: str
    elapsed_ms: int


@dataclass(eq=False)
class Captured:
    """A record as the handset keeps it until the server has it."""

    record: Record
    plan: Plan
    boot: Boot
    first: dict[str, Any] | None = None
    """The first result; every later one must say the same."""
    received_at: datetime | None = None
    settled: bool = False
    asked_again: int = 0
    """How often it was sent again because it was held."""
    again_at: datetime | None = None

    @property
    def ready(self) -> datetime:
        """From when on it can be sent."""
        return self.again_at or self.record.at

    @property
    def wall_clock(self) -> datetime:
        """What the phone's clock showed."""
        return self.record.at + self.plan.clock_error


@dataclass(eq=False)
class Batch:
    """Fixes that are sent together."""

    id: UUID
    ready: datetime
    fixes: Fixes
    plan: Plan
    first: dict[str, Any] | None = None
    received_at: datetime | None = None
    settled: bool = False

    def body(self) -> dict[str, Any]:
        """The batch as columns, in the reference system of the phone."""
        lon, lat = SYSTEMS[self.plan.system](self.fixes.lon, self.fixes.lat)
        columns: dict[str, Any] = {
            "batch_id": str(self.id),
            "t": self.fixes.t_ms.tolist(),
            "lon": np.round(lon, 9).tolist(),
            "lat": np.round(lat, 9).tolist(),
            "accuracy": self.fixes.accuracy_m.tolist(),
            "crs": self.plan.system,
        }
        if self.fixes.mocked.any():
            columns["flags"] = (self.fixes.mocked * MOCKED).tolist()
        return columns


def boots_of(plan: Plan, phone: str, seed: int) -> list[Boot]:
    """The phone starts at midnight and at every restart."""
    moments = [instant(plan.day, time.min), *plan.reboots]
    chance = chance_of(seed, "boots", phone, plan.day)
    return [Boot(key_at(moment, chance), moment) for moment in moments]


def captured(records: Iterable[Record], plan: Plan, boots: list[Boot]) -> Iterator[Captured]:
    """Records of a date, each read off the clocks of its boot."""
    for record in records:
        running = [boot for boot in boots if boot.since <= record.at]
        yield Captured(record, plan, running[-1])


def batches(plan: Plan, phone: str, seed: int) -> Iterator[Batch]:
    """Sixty fixes at a time; a handset that doubles sends some of them in two batches."""
    chance = chance_of(seed, "batches", phone, plan.day)
    breaks = (np.flatnonzero(np.diff(plan.fixes.t_ms) > PAUSE_MS) + 1).tolist()
    for begin, end in zip([0, *breaks], [*breaks, len(plan.fixes)], strict=True):
        for first in range(begin, end, BATCH):
            yield _batch(plan, first, min(first + BATCH, end), chance)
            if plan.faults.duplicates and first >= OVERLAP and chance.random() < 0.25:
                yield _batch(plan, first - OVERLAP, min(first + OVERLAP, end), chance)


def _batch(plan: Plan, first: int, end: int, chance: Chance) -> Batch:
    fixes = plan.fixes.part(first, end)
    ready = from_millis(int(fixes.t_ms[-1])) + timedelta(seconds=1)
    return Batch(key_at(ready, chance), ready, fixes, plan)
