"""A receiver of webhooks that answers 204 and notes what came, when, and in which order."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from typing_extensions import override

ANSWER = b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n"
HEAD_ENDS = b"\r\n\r\n"


@dataclass
class Received:
    """Each message in the order of its arrival: its id, and when by the monotonic clock."""

    ids: list[str] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    port: int = 0

    def forget(self) -> None:
        """Begin anew."""
        self.ids.clear()
        self.at.clear()


class _Connection(asyncio.Protocol):
    """HTTP/1.1 as far as a client that says content-length needs it."""

    def __init__(self, received: Received) -> None:
        self.received = received
        self.read = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        self.read += data
        while HEAD_ENDS in self.read:
            head, _, rest = self.read.partition(HEAD_ENDS)
            headers = dict(
                line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line
            )
            length = int(headers[b"content-length"])
            if len(rest) < length:
                return
            self.read = rest[length:]
            self.received.ids.append(headers[b"webhook-id"].decode())
            self.received.at.append(time.monotonic())
            self.transport.write(ANSWER)


@contextmanager
def receiving() -> Iterator[Received]:
    """Listen on a free loopback port, in a thread of its own, until the block ends."""
    received, ready = Received(), threading.Event()
    loop = asyncio.new_event_loop()

    async def listen() -> None:
        server = await loop.create_server(partial(_Connection, received), "127.0.0.1", 0)
        received.port = server.sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        loop.run_until_complete(listen())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield received
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
