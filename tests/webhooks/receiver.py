"""A receiver on loopback that answers as a test wishes, and remembers what it was sent."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Got:
    """A request as it came."""

    path: str
    headers: Headers
    body: bytes

    @property
    def message_id(self) -> str:
        """The key that is the same over all retries."""
        return self.headers["webhook-id"]

    @property
    def data(self) -> dict[str, Any]:
        """What is said."""
        found: dict[str, Any] = json.loads(self.body)["data"]
        return found

    @property
    def subject(self) -> str:
        """Of what."""
        return str(self.data["id"])

    @property
    def number(self) -> int:
        """The how-maniest of its subject."""
        return int(self.data["number"])


@dataclass(frozen=True)
class Say:
    """An answer."""

    status: int = 204
    headers: Headers = field(default_factory=dict)
    body: bytes = b""
    wait: threading.Event | None = None
    """Answer only when this is set."""
    hang_up: bool = False


OK = Say()
Behaviour = Callable[[Got], Say]


class Receiver:
    """What was received, in the order of arrival; `behaves` may be replaced at any time."""

    def __init__(self) -> None:
        self.behaves: Behaviour = lambda _: OK
        self.got: list[Got] = []
        self.accepted: list[Got] = []
        self.most_at_once = 0
        self._at_once = 0
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept open."""
        try:
            while await self._serve_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        got = await _request(reader)
        self.got.append(got)
        said = self.behaves(got)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            while said.wait is not None and not said.wait.is_set():
                await asyncio.sleep(0.005)
        finally:
            self._at_once -= 1
        if said.hang_up:
            return False
        if 200 <= said.status < 300:
            self.accepted.append(got)
        headers = {"Content-Length": str(len(said.body)), **said.headers}
        lines = [f"HTTP/1.1 {said.status} x", *(f"{key}: {text}" for key, text in headers.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + said.body)
        await writer.drain()
        return True

    def order(self) -> dict[str, list[int]]:
        """The numbers of each subject in the order in which they were first accepted."""
        found: dict[str, list[int]] = {}
        for got in self.accepted:
            numbers = found.setdefault(got.subject, [])
            if got.number not in numbers:
                numbers.append(got.number)
        return found


async def _request(reader: asyncio.StreamReader) -> Got:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    path = head[0].split(" ")[1]
    headers = {
        key.lower(): text.strip() for key, _, text in (line.partition(":") for line in head[1:])
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Got(path, headers, body)


@contextmanager
def receiving(behaves: Behaviour | None = None) -> Iterator[Receiver]:
    """A receiver in a thread of its own."""
    receiver = Receiver()
    receiver.behaves = behaves or receiver.behaves
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(receiver.serve, "127.0.0.1", 0))
    receiver.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield receiver
    finally:
        asyncio.run_coroutine_threadsafe(_ended(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _ended(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
