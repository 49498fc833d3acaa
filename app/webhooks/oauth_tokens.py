"""Bearer tokens of endpoints, asked for once and kept while they serve (INT-2)."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.webhooks.oauth import NoToken, Token, TokenRequest, token_of, token_request
from app.webhooks.sending import FAILURES, Wires

ANSWER_BYTES = 65_536


class Tokens:
    """The tokens that one process holds."""

    def __init__(self) -> None:
        self._held: dict[UUID, tuple[TokenRequest, Token]] = {}
        self._asking: dict[UUID, asyncio.Lock] = {}

    async def token(
        self, endpoint_id: UUID, credentials: Mapping[str, Any], wires: Wires, now: datetime
    ) -> str:
        """The token of an endpoint; of many that need one, one asks. Raises NoToken."""
        try:
            request = token_request(credentials)
        except KeyError as error:
            raise NoToken(f"no_{error.args[0]}") from None
        async with self._asking.setdefault(endpoint_id, asyncio.Lock()):
            held = self._held.get(endpoint_id)
            if held is None or held[0] != request or not held[1].serves(now):
                held = request, await _fetched(request, wires, now)
                self._held[endpoint_id] = held
            return held[1].access_token

    def forget(self, endpoint_id: UUID, refused: str) -> None:
        """A token was refused: the next one who needs one asks anew."""
        held = self._held.get(endpoint_id)
        if held is not None and held[1].access_token == refused:
            del self._held[endpoint_id]


async def _fetched(request: TokenRequest, wires: Wires, now: datetime) -> Token:
    try:
        reply = await wires.request(
            "POST", request.url, request.headers, request.body, ANSWER_BYTES
        )
    except FAILURES as error:
        raise NoToken("no_answer") from error
    return token_of(reply.status, reply.body, now)
