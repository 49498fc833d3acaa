"""Keys made by time: UUIDv7 (RFC 9562), as handsets and the server make them."""

import os
from datetime import UTC, datetime
from uuid import UUID

VERSION = 7


def uuid7(at: datetime, rest: bytes | None = None) -> UUID:
    """A UUIDv7 of an instant; `rest` (10 bytes) replaces chance where content decides the key."""
    millis = int(at.timestamp() * 1000)
    tail = bytearray(rest if rest is not None else os.urandom(10))
    tail[0] = 0x70 | (tail[0] & 0x0F)
    tail[2] = 0x80 | (tail[2] & 0x3F)
    return UUID(bytes=millis.to_bytes(6, "big") + bytes(tail))


def is_uuid7(key: UUID) -> bool:
    """Whether a key is a UUIDv7."""
    return key.version == VERSION


def first_uuid7(at: datetime) -> UUID:
    """The smallest UUID of an instant: the edge of a partition."""
    return UUID(bytes=int(at.timestamp() * 1000).to_bytes(6, "big") + bytes(10))


def time_of(key: UUID) -> datetime:
    """The instant written in a UUIDv7, by its maker's clock."""
    return datetime.fromtimestamp(int.from_bytes(key.bytes[:6], "big") / 1000, UTC)
