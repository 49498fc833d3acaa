"""A closed loop of keep-alive connections: each sends its next request when the last is answered.

Lean on purpose: one process with uvloop, requests encoded before, answers looked at no further
than needed, so that the servers and not the generator are measured.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median, quantiles
from typing import cast

import uvloop
from typing_extensions import override

CONNECTIONS = 16
PATIENCE_S = 60
HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length: "

Next = Callable[[], bytes]
"""The next whole request of a connection."""


@dataclass
class Tally:
    """What came back, and when."""

    opens: float
    closes: float
    status: bytes = b"2"
    """How the status of a success begins."""
    seconds: list[float] = field(default_factory=list)
    """The time to answer of each request answered while the tally was open."""
    refused: list[bytes] = field(default_factory=list)
    answered: int = 0
    """With success, before and after the tally was open too."""

    def note(self, sent: float, answer: bytes) -> None:
        """One answer."""
        now = time.perf_counter()
        if not answer.startswith(self.status, 9):
            self.refused.append(answer)
            return
        self.answered += 1
        if self.opens <= now <= self.closes:
            self.seconds.append(now - sent)


@dataclass(frozen=True)
class Outcome:
    """The figures of one closed loop."""

    per_second: float
    p50_ms: float
    p95_ms: float
    answered: int
    errors: int
    first_error: str


class Connection(asyncio.Protocol):
    """One connection of the loop."""

    def __init__(self, next_request: Next, tally: Tally) -> None:
        self.next_request, self.tally = next_request, tally
        self.buffer, self.sent = b"", 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.WriteTransport

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = cast(asyncio.WriteTransport, transport)
        self._send()

    def _send(self) -> None:
        request = self.next_request()
        self.sent = time.perf_counter()
        self.transport.write(request)

    @override
    def data_received(self, data: bytes) -> None:
        """Go on as soon as an answer is whole."""
        self.buffer = self.buffer + data if self.buffer else data
        if not is_whole(self.buffer):
            return
        self.tally.note(self.sent, self.buffer)
        self.buffer = b""
        if time.perf_counter() < self.tally.closes:
            self._send()
        else:
            self.transport.close()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """At the end, or because the server gave up, which is an error."""
        if time.perf_counter() < self.tally.closes:
            self.tally.refused.append(b"HTTP/1.1 000 connection lost")
        if not self.done.done():
            self.done.set_result(None)


def is_whole(answer: bytes) -> bool:
    """Whether head and body are there."""
    head = answer.find(HEAD_END)
    if head < 0:
        return False
    at = answer.lower().find(LENGTH, 0, head)
    length = int(answer[at + len(LENGTH) : answer.find(b"\r", at)]) if at >= 0 else 0
    return len(answer) >= head + len(HEAD_END) + length


def closed_loop(
    port: int, sources: Sequence[Next], warm_up: float, seconds: float, status: bytes = b"2"
) -> Outcome:
    """Drive a server with one connection for each source of requests."""
    now = time.perf_counter()
    tally = Tally(now + warm_up, now + warm_up + seconds, status)
    uvloop.run(_drive(port, sources, tally))
    return outcome(tally, seconds)


async def _drive(port: int, sources: Sequence[Next], tally: Tally) -> None:
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(partial(Connection, source, tally), "127.0.0.1", port)
        for source in sources
    ]
    everyone = asyncio.gather(*(connection.done for _, connection in made))
    await asyncio.wait_for(everyone, tally.closes - time.perf_counter() + PATIENCE_S)


def outcome(tally: Tally, seconds: float) -> Outcome:
    """The figures of a tally."""
    spread = quantiles(tally.seconds, n=20) if len(tally.seconds) > 1 else [0.0] * 19
    return Outcome(
        per_second=len(tally.seconds) / seconds,
        p50_ms=median(tally.seconds) * 1000 if tally.seconds else 0.0,
        p95_ms=spread[18] * 1000,
        answered=tally.answered,
        errors=len(tally.refused),
        first_error=tally.refused[0][:600].decode("utf-8", "replace") if tally.refused else "",
    )


def request(method: str, path: str, headers: dict[str, str], *, body: bool = False) -> bytes:
    """The head of a request; one with a body is made `whole` with it."""
    lines = [f"{method} {path} HTTP/1.1", "host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    end = ["content-type: application/json", "content-length: "] if body else ["", ""]
    return "\r\n".join([*lines, *end]).encode()


def whole(head: bytes, body: bytes) -> bytes:
    """A request with its body."""
    return b"%b%d\r\n\r\n%b" % (head, len(body), body)
