"""What every scheme shares: who sent what when, and how old a signed instant may be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.webhooks.refusals import NotAuthentic

TOLERANCE = timedelta(minutes=5)
"""Both ways, as Standard Webhooks' own library has it."""
SECONDS = re.compile(r"0|[1-9][0-9]{0,10}")

Credentials = Mapping[str, Any]


@dataclass(frozen=True)
class Verified:
    """A message that is proven: its key over all its retries, and the instant that was signed."""

    message_id: str
    sent_at: datetime


def unix_seconds(at: datetime) -> str:
    """An aware instant in whole seconds, as it is signed."""
    return str(int(at.timestamp()))


def lowered(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Headers by their names in small letters."""
    return {name.lower(): value for name, value in headers.items()}


def wanted(headers: Mapping[str, str], name: str) -> str:
    """A header; raises NotAuthentic (missing_header)."""
    value = headers.get(name.lower())
    if not value:
        raise NotAuthentic(why="missing_header", header=name)
    return value


def key_in(headers: Mapping[str, str], name: str, form: re.Pattern[str]) -> str:
    """The message's key; raises NotAuthentic (malformed_header)."""
    key = wanted(headers, name)
    if not form.fullmatch(key):
        raise NotAuthentic(why="malformed_header", header=name)
    return key


def instant_in(headers: Mapping[str, str], name: str, now: datetime) -> datetime:
    """The signed instant; raises NotAuthentic (malformed_header, too_old, too_new)."""
    text = wanted(headers, name)
    if not SECONDS.fullmatch(text):
        raise NotAuthentic(why="malformed_header", header=name)
    at = datetime.fromtimestamp(int(text), UTC)
    if at < now - TOLERANCE:
        raise NotAuthentic(why="too_old", header=name)
    if at > now + TOLERANCE:
        raise NotAuthentic(why="too_new", header=name)
    return at
