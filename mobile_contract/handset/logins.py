"""Staying signed in: password once, then access tokens of minutes and rotating refresh tokens."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pyotp

from mobile_contract.handset.chance import device_of
from mobile_contract.handset.door import APP_VERSION, Door, Refused
from mobile_contract.handset.times import Times

STEP_S = 30
"""A code of the second factor is good once, for so many seconds."""
MARGIN = timedelta(minutes=1)
ATTEMPTS = 3
Content = bytes | AsyncIterator[bytes]


@dataclass(frozen=True)
class Credentials:
    """What a person types; `totp_secret` only for offices with a second factor."""

    phone: str
    password: str = field(repr=False)
    totp_secret: str | None = field(default=None, repr=False)
    is_handset: bool = True

    def body(self, now: datetime) -> dict[str, Any]:
        """A sign-in of this instant."""
        typed: dict[str, Any] = {"phone": self.phone, "password": self.password}
        if self.is_handset:
            device = str(device_of(self.phone))
            return typed | {
                "device": {"id": device, "model": "simulated", "app_version": APP_VERSION}
            }
        if self.totp_secret is None:
            return typed
        return typed | {"totp": pyotp.TOTP(self.totp_secret).at(now)}


@dataclass
class Login:
    """One person at one server."""

    credentials: Credentials
    door: Door
    times: Times
    access: str = ""
    refresh: str = ""
    good_until: datetime | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """A refresh token is good once: of many requests at once only one may use it."""

    async def token(self) -> str:
        """An access token that is good now."""
        async with self.turn:
            if self.good_until is None:
                await self._sign_in()
            elif self.times.now() >= self.good_until - MARGIN:
                await self._refresh()
        return self.access

    async def ask(self, method: str, path: str, **parts: Any) -> Any:
        """A request with one's token."""
        return await self.door.ask(method, path, await self.token(), **parts)

    async def headers(
        self, method: str, path: str, asked: Mapping[str, str], content: Content = b""
    ) -> Mapping[str, str]:
        """The headers of the answer to a request that is made by its headers."""
        token = await self.token()
        answer = await self.door.answer(method, path, token, headers=asked, content=content)
        return answer.headers

    async def _sign_in(self) -> None:
        """A code of the second factor that was just used is followed by the next one."""
        for attempt in range(1, ATTEMPTS + 1):
            now = self.times.now()
            try:
                answer = await self.door.ask("POST", "/v1/tokens", json=self.credentials.body(now))
            except Refused as refused:
                if refused.code != "auth.wrong_code" or attempt == ATTEMPTS:
                    raise
                await self.times.pass_seconds(STEP_S)
            else:
                return self._keep(answer, now)
        raise AssertionError("every attempt returns or raises")

    async def _refresh(self) -> None:
        """Go on with the same login; where it has ended, sign in anew."""
        now, body = self.times.now(), {"refresh_token": self.refresh, "attempt": str(uuid4())}
        try:
            answer = await self.door.ask("POST", "/v1/tokens/refresh", json=body)
        except Refused:
            await self._sign_in()
        else:
            self._keep(answer, now)

    def _keep(self, answer: dict[str, Any], now: datetime) -> None:
        self.access, self.refresh = answer["access_token"], answer["refresh_token"]
        self.good_until = now + timedelta(seconds=answer["expires_in"])
