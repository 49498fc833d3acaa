"""Uploads by the tus library: what it is given, and what is put right around it.

The library (tuspyserver 4.4) is asked for the protocol: headers, offsets, pieces, termination. It
is never asked before the asker, the upload's owner, the version and the kind of body are known:
by itself it writes a piece down before it looks at any of them. Its own storages are not used:
they answer an offset that a killed server forgot, wait for locks on the event loop, or keep pieces
in memory. Its extensions for concatenation, deferred length and creation with content are not
offered: they look at neither length nor owner.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import anyio
import structlog
from fastapi import FastAPI, Request
from starlette.types import Message, Receive
from tuspyserver import create_tus_router

from app.intake.pieces import Pieces
from app.intake.upload_refusals import (
    BeyondLength,
    NoSuchUpload,
    NotAPiece,
    OffsetMismatch,
    TusVersion,
    UploadExpired,
)
from app.kit.errors import Internal, Malformed, Refusal, TooLarge, Unavailable

PREFIX = "/v1/uploads"
SILENCE_S = 30.0
"""A piece of which nothing comes for so long has ended; what came of it is kept."""
LEFT_OUT = frozenset({b"x-http-method-override", b"x-forwarded-host", b"x-forwarded-proto"})
REFUSED: dict[int, type[Refusal]] = {
    400: BeyondLength,
    404: NoSuchUpload,
    409: OffsetMismatch,
    410: UploadExpired,
    412: TusVersion,
    413: TooLarge,
    415: NotAPiece,
    422: Malformed,
    503: Unavailable,
}
log = structlog.get_logger("uploads")

Whole = Callable[[str, dict[str, str]], Awaitable[None]]
"""What is done with an upload, by its key, when all of it has arrived."""

Announced = Callable[[dict[str, str], dict[str, Any]], None]
"""Looks at the metadata of an upload, and at its size among what else is known of it."""


@dataclass(frozen=True)
class Asked:
    """One question: under which key an upload begins, and what is called at its end."""

    key: str
    whole: Whole


def protocol(pieces: Pieces, max_bytes: int, announced: Announced) -> FastAPI:
    """The library's routes over our storage; `announced` may refuse what is to be uploaded."""

    def key_of(request: Request) -> Callable[[dict[str, str]], Any]:
        return lambda _metadata: {"uid": request.state.asked.key}

    def whole_of(request: Request) -> Callable[[str, dict[str, str]], Any]:
        asked: Asked = request.state.asked
        return asked.whole

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(
        create_tus_router(
            PREFIX,
            max_size=max_bytes,
            pre_create_hook=announced,
            storage=pieces,
            file_dep=key_of,
            upload_complete_dep=whole_of,
        )
    )
    return app


async def ask(library: FastAPI, request: Request, asked: Asked) -> dict[str, str]:
    """What the library answers to a request: its headers; raises what it refuses."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    # As a request of its own: nothing of our routing, and no way around it.
    scope: dict[str, Any] = {
        name: request.scope[name]
        for name in ("type", "asgi", "http_version", "scheme", "method", "path", "client", "server")
        if name in request.scope
    }
    scope |= {
        "headers": _headers(request),
        "query_string": b"",
        "root_path": "",
        "state": {"asked": asked},
    }
    try:
        await library(scope, until_silent(request.receive), send)
    except OSError as error:
        log.exception("uploads_unavailable", error=type(error).__name__)
        raise Unavailable from None
    status: int = messages[0]["status"]
    if status >= 400:  # noqa: PLR2004 - where HTTP's refusals begin
        raise REFUSED.get(status, Internal)
    return {name.decode(): value.decode("latin-1") for name, value in messages[0]["headers"]}


def _headers(request: Request) -> list[tuple[bytes, bytes]]:
    """The library asks for a Content-Length also of a body in chunks; it looks at the body."""
    kept = [(name, value) for name, value in request.scope["headers"] if name not in LEFT_OUT]
    if not any(name == b"content-length" for name, _ in kept):
        kept.append((b"content-length", b"0"))
    return kept


def until_silent(receive: Receive, patience_s: float = SILENCE_S) -> Receive:
    """Bodies that stop coming without a word end: else they would hold their upload for ever."""

    async def within_patience() -> Message:
        with anyio.move_on_after(patience_s):
            return await receive()
        return {"type": "http.disconnect"}

    return within_patience
