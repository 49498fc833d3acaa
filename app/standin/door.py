"""The door of the stand-in platform: misbehaves as its mood is, before anything is read.

ASGI has no word for hanging up, so the connection is taken from uvicorn's own `send`.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.standin.mood import WELL, Behaviour, Mood

SPARED = ("/control", "/state", "/docs", "/openapi.json")
"""Whoever controls it always gets through."""
RETIRED = 410
THROTTLED = 429


@dataclass
class Door:
    """An ASGI application around the platform's own."""

    inside: ASGIApp
    mood: Mood = WELL
    left: int | None = None
    """For how many requests the mood still lasts; none: until told otherwise."""
    turned_away: int = 0

    def become(self, mood: Mood) -> None:
        """From the next request on."""
        self.mood, self.left = mood, mood.times

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        spared = scope["type"] != "http" or scope["path"].startswith(SPARED)
        mood = WELL if spared else self._mood_at(scope["path"])
        match mood.behaviour:
            case Behaviour.WELL:
                await self.inside(scope, receive, send)
            case Behaviour.SLOW:
                await asyncio.sleep((mood.ms or 0) / 1000)
                await self.inside(scope, receive, send)
            case Behaviour.FORGETFUL:
                await self.inside(scope, receive, _nowhere)
                await hang_up(receive, send)
            case Behaviour.GONE:
                self.turned_away += 1
                await hang_up(receive, send)
            case Behaviour.FAIL | Behaviour.THROTTLE | Behaviour.RETIRED:
                self.turned_away += 1
                await refuse(mood, send)

    def _mood_at(self, path: str) -> Mood:
        if self.mood.path not in {None, path}:
            return WELL
        if self.left is None:
            return self.mood
        if self.left == 0:
            self.become(WELL)
            return WELL
        self.left -= 1
        return self.mood


async def _nowhere(message: Message) -> None:
    del message


async def hang_up(receive: Receive, send: Send) -> None:
    """End the connection without an answer."""
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionAbortedError("the platform is gone")
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


async def refuse(mood: Mood, send: Send) -> None:
    """Answer with a status and nothing of use."""
    status = {Behaviour.THROTTLE: THROTTLED, Behaviour.RETIRED: RETIRED}.get(
        mood.behaviour, mood.status or 500
    )
    headers = [(b"content-type", b"application/json")]
    if mood.behaviour is Behaviour.THROTTLE:
        headers.append((b"retry-after", str(mood.retry_after_s).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps({"status": status}).encode()})
