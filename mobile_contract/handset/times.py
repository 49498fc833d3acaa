"""Whose time a simulation goes by: a server's own, or one that is told what time it is."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Protocol

LONGEST_WAIT_S = 30.0


class Times(Protocol):
    """What time it is for the server and for everyone whose clock is right."""

    def now(self) -> datetime:
        """This instant."""

    async def reach(self, moment: datetime) -> None:
        """The simulation gets to a moment."""

    async def pass_seconds(self, seconds: float) -> None:
        """Wait as a person would."""

    async def come_again(self, seconds: float) -> None:
        """Wait as a handset does that was asked to come again later."""


@dataclass
class Pace:
    """How fast simulated time passes: so many times real time, or as fast as it goes (0)."""

    speed_up: float
    reached: datetime | None = None

    async def keep(self, moment: datetime) -> None:
        """Wait until the moment is due."""
        before, self.reached = self.reached, moment
        if before is not None and self.speed_up > 0:
            await asyncio.sleep(max(0.0, (moment - before).total_seconds() / self.speed_up))


@dataclass
class ToldTime:
    """A demonstration server reads the time from a file, and this is who writes it."""

    file: Path
    moment: datetime
    pace: Pace

    def now(self) -> datetime:
        """What the file says."""
        return self.moment

    async def reach(self, moment: datetime) -> None:
        """Say so in the file; nobody ever reads half of it."""
        await self.pace.keep(moment)
        self.tell(moment)

    def tell(self, moment: datetime) -> None:
        """From here on it is this moment."""
        self.moment = moment
        fresh = self.file.with_suffix(".new")
        fresh.write_text(moment.isoformat(), encoding="ascii")
        os.replace(fresh, self.file)

    async def pass_seconds(self, seconds: float) -> None:
        """Seconds pass at once."""
        self.tell(self.moment + timedelta(seconds=seconds))

    async def come_again(self, seconds: float) -> None:
        """The next contact is minutes later, and others go by the same clock."""


@dataclass
class RealTime:
    """A server that goes by its own clock: a past date is told to it afterwards."""

    clock: Callable[[], datetime]
    pace: Pace

    def now(self) -> datetime:
        """What the clock says."""
        return self.clock()

    async def reach(self, moment: datetime) -> None:
        """Only the pace is kept."""
        await self.pace.keep(moment)

    async def pass_seconds(self, seconds: float) -> None:
        """Seconds really pass."""
        await asyncio.sleep(seconds)

    async def come_again(self, seconds: float) -> None:
        """Seconds really pass, but no more than half a minute."""
        await asyncio.sleep(min(seconds, LONGEST_WAIT_S))


def running_from(begin: datetime) -> Callable[[], datetime]:
    """A clock that shows a moment now and runs on."""
    started = monotonic()
    return lambda: begin + timedelta(seconds=monotonic() - started)
