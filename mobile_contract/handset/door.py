"""Requests as a handset makes them: told apart by what the answer asks it to do."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from mobile_contract.handset.tally import Tally

APP_VERSION = "1.0.0"
AT_ONCE = 16
"""Requests in the air at the same time."""
PATIENCE_S = 60.0
COME_AGAIN = frozenset({429, 503})


class Unreachable(Exception):
    """No answer, or one that says: later."""

    def __init__(self, why: str, again_after_s: float = 1.0) -> None:
        super().__init__(why)
        self.again_after_s = again_after_s


class Refused(Exception):
    """A problem document."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code"))
        self.facts: dict[str, Any] = problem.get("facts") or {}
        super().__init__(f"{status} {self.code}: {problem.get('title')} {problem.get('facts', '')}")


@dataclass
class Door:
    """One server, asked by many at once but not by all."""

    http: httpx.AsyncClient
    tally: Tally
    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def ask(self, method: str, path: str, token: str | None = None, **parts: Any) -> Any:
        """The body of a good answer; raises Refused or Unreachable."""
        answer = await self.answer(method, path, token, **parts)
        return answer.json() if answer.content else None

    async def answer(
        self, method: str, path: str, token: str | None = None, **parts: Any
    ) -> httpx.Response:
        """A good answer; raises Refused or Unreachable."""
        headers = {
            "X-App-Version": APP_VERSION,
            "Accept-Language": "en",
            **parts.pop("headers", {}),
        }
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        async with self.turn:
            try:
                answer = await self.http.request(method, path, headers=headers, **parts)
            except httpx.TransportError as problem:
                self.tally.unreachable += 1
                raise Unreachable(type(problem).__name__) from problem
        self.tally.answered(answer.status_code)
        self._judge(answer)
        return answer

    def _judge(self, answer: httpx.Response) -> None:
        if answer.status_code in COME_AGAIN:
            self.tally.waited += 1
            seconds = answer.headers.get("retry-after", "1")
            raise Unreachable(
                f"{answer.status_code}, again after {seconds} s",
                float(seconds) if seconds.isdigit() else 1.0,
            )
        if not answer.is_success:
            raise Refused(answer.status_code, _problem(answer))


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        document = None
    return document if isinstance(document, dict) else {"title": answer.text[:200]}


def client(base_url: str) -> httpx.AsyncClient:
    """A client of a server; a proxy has no business between it and its own machine."""
    host = urlsplit(base_url).hostname
    return httpx.AsyncClient(
        base_url=base_url,
        timeout=PATIENCE_S,
        trust_env=host not in {"127.0.0.1", "localhost", "::1"},
        limits=httpx.Limits(max_connections=AT_ONCE),
    )
