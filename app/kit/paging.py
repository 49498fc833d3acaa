"""Keyset cursors: the place after the last row shown, opaque to the caller."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.kit.errors import BadCursor

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows in order, and the cursor of the next ones or None."""

    items: Sequence[Row]
    next_cursor: str | None


def encode(*key: str | int) -> str:
    """A cursor from the sort key of the last row shown."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode(cursor: str, *types: type[str] | type[int]) -> tuple[str | int, ...]:
    """The sort key in a cursor; raises BadCursor unless it has just these types."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        raise BadCursor from None
    if not isinstance(key, list) or [type(part) for part in key] != list(types):
        raise BadCursor
    if any(isinstance(part, str) and not _is_text(part) for part in key):
        raise BadCursor
    return tuple(key)


def _is_text(part: str) -> bool:
    """Whether the database can hold it: no NUL, no half of a surrogate pair."""
    return "\x00" not in part and not any("\ud800" <= letter <= "\udfff" for letter in part)
