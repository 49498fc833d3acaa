"""INF-1: which records are likely the same, so that a person can merge them (二2).

Persons are never compared by resemblance: only identical keys make them likely duplicates.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.rules.cite import Cite, cites
from app.rules.geodesy import Position, distance_m, metres_per_degree
from app.rules.information import RecordKind
from app.rules.parameters import Label, number

INF_1 = Cite("INF-1", "二2", reading=True)

DUPLICATE_RADIUS_M = number(
    "duplicate_radius_m",
    30,
    "m",
    "INF-1",
    (1, 500),
    Label("疑似重复记录的距离", "Distance of likely duplicates"),
)
ALIKE = 0.8
"""From which share of letters in common two names or addresses are alike."""
LONGEST_COMPARED = 200
_NOT_A_LETTER = re.compile(r"[\W_]+")
_NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_ORDINAL = re.compile(r"[0-9十百]+|[a-z]+|[甲乙丙丁]")


@dataclass(frozen=True)
class Described:
    """What of a record that is not a person's is compared."""

    kind: RecordKind
    position: Position | None
    name: str | None
    address: str | None
    sort: str | None = None
    """Of what sort within its kind; what is of two sorts is never the same."""


@dataclass(frozen=True)
class Box:
    """Degrees around a position: where neighbours can be at all."""

    west: float
    south: float
    east: float
    north: float


def box_around(position: Position, radius_m: float) -> Box:
    """A box that holds everything within a distance of a position."""
    east, north = metres_per_degree(position.lat)
    wide, high = 1.01 * radius_m / max(east, 1.0), 1.01 * radius_m / north
    lon, lat = position.lon, position.lat
    return Box(lon - wide, lat - high, lon + wide, lat + high)


def compared(text: str | None) -> str:
    """A name or address in one width, case and kind of numerals, without blanks and signs."""
    plain = unicodedata.normalize("NFKC", text or "").casefold().translate(_NUMERALS)
    return _NOT_A_LETTER.sub("", plain)[:LONGEST_COMPARED]


def likeness(one: str | None, other: str | None) -> float:
    """How much of two texts is the same, 0 to 1, in either order; 0 where one says nothing."""
    a, b = compared(one), compared(other)
    if not a or not b:
        return 0.0
    a, b = sorted((a, b))
    return max(SequenceMatcher(None, *pair, autojunk=False).ratio() for pair in ((a, b), (b, a)))


def contradict(one: str | None, other: str | None) -> bool:
    """Whether two texts number different things: room 301 is not room 302, 甲 not 乙."""
    a, b = compared(one), compared(other)
    return bool(a and b) and _ORDINAL.findall(a) != _ORDINAL.findall(b)


@cites(INF_1)
def alike(one: Described, other: Described, radius_m: float) -> Mapping[str, float] | None:
    """What makes two things, places, matters or organisations likely the same; None if nothing.

    Of the same kind and sort, near each other, alike by name or by address, and neither of the two
    numbers something else. Persons never.
    """
    if RecordKind.PERSON in {one.kind, other.kind}:
        return None
    if (one.kind, one.sort) != (other.kind, other.sort):
        return None
    if one.position is None or other.position is None:
        return None
    if contradict(one.name, other.name) or contradict(one.address, other.address):
        return None
    apart = distance_m(one.position, other.position)
    name, address = likeness(one.name, other.name), likeness(one.address, other.address)
    if apart > radius_m or max(name, address) < ALIKE:
        return None
    return {"distance_m": round(apart, 1), "name": round(name, 2), "address": round(address, 2)}
