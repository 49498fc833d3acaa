"""One request to an endpoint: guarded, without redirects, proxies or patience (INT-2)."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from app.rules.delivery import TAKES_AT_MOST, Answer, AttemptError
from app.webhooks.guard import Guard, RefusedAddress, Resolve

EXCERPT_BYTES = 2048
KEPT_OPEN_S = 4.0
"""Shorter than common servers keep a silent connection, so that none is used as it closes."""
AGENT = "jianyang-grid-webhooks/1"


@dataclass(frozen=True)
class Reply:
    """What was answered: no more of the body than was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Network:
    """How names are looked up and peers proven; what connects, beneath the guard."""

    resolve: Resolve
    tls: ssl.SSLContext
    beneath: httpcore.AsyncNetworkBackend | None = None


class Wires:
    """Connections to what an endpoint names, kept open between requests."""

    def __init__(self, network: Network, allow: Sequence[str], width: int) -> None:
        self._network, self.allow, self._width = network, allow, width
        self._pools: dict[bool, httpcore.AsyncConnectionPool] = {}

    def _pool(self, *, plain: bool) -> httpcore.AsyncConnectionPool:
        """Of connections that are encrypted, or that are not."""
        if plain not in self._pools:
            network = self._network
            guard = Guard(network.resolve, self.allow, plain=plain, beneath=network.beneath)
            self._pools[plain] = httpcore.AsyncConnectionPool(
                ssl_context=network.tls,
                max_connections=self._width,
                max_keepalive_connections=self._width,
                keepalive_expiry=KEPT_OPEN_S,
                network_backend=guard,
            )
        return self._pools[plain]

    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        most: int = EXCERPT_BYTES,
    ) -> Reply:
        """Ask, and read at most so much of the answer. Raises as httpcore does."""
        target = httpx.URL(url)
        where = httpcore.URL(
            scheme=target.raw_scheme,
            host=target.raw_host,
            port=target.port,
            target=target.raw_path,
        )
        said = [(name.encode(), value.encode()) for name, value in headers.items()]
        said.append((b"user-agent", AGENT.encode()))
        pool = self._pool(plain=target.scheme != "https")
        async with pool.stream(
            method, where, headers=said, content=body, extensions={"timeout": EACH_STEP}
        ) as response:
            return Reply(
                response.status,
                {name.decode("latin-1").lower(): _text(value) for name, value in response.headers},
                await _beginning(response, most),
            )

    async def close(self) -> None:
        """Let go of all connections."""
        for pool in self._pools.values():
            await pool.aclose()


EACH_STEP = dict.fromkeys(("connect", "read", "write", "pool"), TAKES_AT_MOST.total_seconds())


async def _beginning(response: httpcore.Response, most: int) -> bytes:
    """What is not read is thrown away with its connection."""
    read = bytearray()
    async for part in response.aiter_stream():
        read += part
        if len(read) >= most:
            break
    return bytes(read[:most])


def _text(value: bytes) -> str:
    return value.decode("latin-1")


def excerpt_of(body: bytes) -> str | None:
    """As text that the database can hold."""
    return body.decode("utf-8", "replace").replace("\x00", "�") or None


def answer_of(reply: Reply, now: datetime) -> Answer:
    """What a reply means."""
    answer = Answer(reply.status)
    if answer.succeeded:
        return answer
    asked = retry_after(reply.headers.get("retry-after"), now)
    return Answer(reply.status, AttemptError.STATUS, asked)


def retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Seconds, or an instant of HTTP; None for anything else."""
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:10]), 10**9))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return max(at - now, timedelta(0))


def failure_of(error: BaseException) -> AttemptError:
    """Why there was no reply."""
    if isinstance(error, RefusedAddress):
        return AttemptError.REFUSED_ADDRESS
    if isinstance(error, TimeoutError | httpcore.TimeoutException):
        return AttemptError.TIMEOUT
    return AttemptError.CONNECTION


FAILURES: tuple[type[Exception], ...] = (
    TimeoutError,
    OSError,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpx.InvalidURL,
    asyncio.IncompleteReadError,
)
"""All that a request may end with instead of a reply."""
