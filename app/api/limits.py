"""The body at the door: bounded, unpacked, read whole before anything else happens.

Pieces of photos alone pass as they come: whoever takes them bounds them by the upload's length.
"""

import zlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import answer
from app.kit.errors import BadEncoding, Refusal, TooLarge

BODY_LIMIT = 1024 * 1024
"""Bytes of a body, packed or unpacked (handset.md: 1 MiB)."""

STREAMED = ("PATCH", "/v1/uploads/")


class Limits:
    """Refuses bodies over the limit and broken gzip; hands on what is left as one plain body."""

    def __init__(self, app: ASGIApp, larger: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, bound, unpack, pass on."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.app(scope, receive, send)
            return
        if is_streamed(scope):
            await self._pass(scope, receive, send)
            return
        limit = self.larger.get(scope["path"], BODY_LIMIT)
        try:
            body = unpack(await read(receive, limit), encoding(scope), limit)
        except Refusal as refusal:
            await answer(Request(scope), refusal)(scope, receive, send)
            return
        scope["headers"] = [
            (name, value)
            for name, value in scope["headers"]
            if name not in {b"content-encoding", b"content-length", b"transfer-encoding"}
        ] + [(b"content-length", str(len(body)).encode())]
        await self.app(scope, replay(body, receive), send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A packed piece would be longer than it says."""
        packed = encoding(scope)
        if packed in {b"", b"identity"}:
            await self.app(scope, receive, send)
            return
        refusal = BadEncoding(encoding=packed.decode("latin-1"))
        await answer(Request(scope), refusal)(scope, receive, send)


def is_streamed(scope: Scope) -> bool:
    """Whether a body is a piece of a photo."""
    method, folder = STREAMED
    return bool(scope["method"] == method and scope["path"].startswith(folder))


def encoding(scope: Scope) -> bytes:
    """The Content-Encoding of a request, lower case."""
    found: list[bytes] = [value for name, value in scope["headers"] if name == b"content-encoding"]
    return b",".join(found).strip().lower()


async def read(receive: Receive, limit: int) -> bytes:
    """The whole body; TooLarge as soon as it passes the limit."""
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise TooLarge(limit_bytes=limit)
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def unpack(body: bytes, packed: bytes, limit: int) -> bytes:
    """The body without its gzip; BadEncoding when it is broken, TooLarge when it is a bomb."""
    if packed in {b"", b"identity"}:
        return body
    if packed != b"gzip":
        raise BadEncoding(encoding=packed.decode("latin-1"))
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = unpacker.decompress(body, limit + 1)
    except zlib.error:
        raise BadEncoding(encoding="gzip") from None
    if len(plain) > limit:
        raise TooLarge(limit_bytes=limit)
    if not unpacker.eof or unpacker.unused_data:
        raise BadEncoding(encoding="gzip")
    return plain


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once, then whatever the connection says."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once
