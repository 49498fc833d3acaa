"""Likely duplicates, offered to a person: nothing is ever merged by itself (INF-1)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.db.models import NotDuplicate, Record, RecordKey, RecordPoint, RecordVersion
from app.kit.errors import BadCursor
from app.kit.paging import decode, encode
from app.people.posts import under
from app.people.values import values_on
from app.registry.likely import by_keys, by_resemblance, compared_keys, described
from app.registry.merge_schemas import (
    DuplicateOut,
    DuplicatesOut,
    LikelyOut,
    PairOut,
    PairPage,
)
from app.registry.samples import Asked
from app.registry.shown import record_out, records_out
from app.registry.versions import content_of
from app.rules.duplicates import DUPLICATE_RADIUS_M, Described, box_around
from app.rules.geodesy import Position
from app.rules.information import RecordKind

ROUNDING_M = 2
"""How far an indexed point may be from the true one."""
COMPARED = sorted(set().union(*(compared_keys(kind) for kind in RecordKind)))
CHUNK = 500
Pair = tuple[UUID, UUID]
"""The smaller key first."""


@dataclass(frozen=True)
class Candidate:
    """Two records of a kind that share keys or stand near each other."""

    pair: Pair
    kind: RecordKind
    shared: frozenset[str]
    near: bool

    @property
    def is_compared(self) -> bool:
        """Whether what they say has to be read."""
        return self.near and self.kind is not RecordKind.PERSON


def duplicates_of(session: Session, record: Record, unit_code: str, today: date) -> DuplicatesOut:
    """The records of a unit that are likely the same as one, with the reasons."""
    radius_m = values_on(session, today)[DUPLICATE_RADIUS_M]
    candidates = _candidates(session, Around(unit_code, radius_m, record.id))
    reasons = {
        pair[1] if pair[0] == record.id else pair[0]: said
        for pair, said in _likely(session, candidates, radius_m)
    }
    others = [session.get_one(Record, key) for key in sorted(reasons)]
    shown = records_out(session, others, today) if others else []
    return DuplicatesOut(items=[DuplicateOut(record=one, reasons=reasons[one.id]) for one in shown])


def worklist(session: Session, unit_code: str, asked: Asked, today: date) -> PairPage:
    """The pairs of a unit that are likely the same and wait for a decision, by their keys."""
    cursor, limit = asked
    after = _pair_in(cursor) if cursor else None
    radius_m = values_on(session, today)[DUPLICATE_RADIUS_M]
    candidates = _candidates(session, Around(unit_code, radius_m))
    waiting = [one for one in candidates if after is None or one.pair > after]
    found = list(islice(_likely(session, waiting, radius_m), limit + 1))
    shown = [_pair_out(session, pair, reasons, today) for pair, reasons in found[:limit]]
    last = found[limit - 1][0] if len(found) > limit else None
    return PairPage(items=shown, next_cursor=encode(str(last[0]), str(last[1])) if last else None)


def _likely(
    session: Session, candidates: Sequence[Candidate], radius_m: float
) -> Iterator[tuple[Pair, list[LikelyOut]]]:
    """The pairs that are likely the same, with the reasons; what is compared is read in chunks."""
    for start in range(0, len(candidates), CHUNK):
        chunk = candidates[start : start + CHUNK]
        said = _said(session, {key for one in chunk if one.is_compared for key in one.pair})
        for candidate in chunk:
            reasons = by_keys(candidate.kind, candidate.shared)
            if candidate.is_compared:
                one, other = candidate.pair
                reasons += by_resemblance(said[one], said[other], radius_m)
            if reasons:
                yield candidate.pair, reasons


def _said(session: Session, keys: Collection[UUID]) -> dict[UUID, Described]:
    rows = session.execute(
        select(Record.kind, RecordVersion)
        .join(
            RecordVersion,
            and_(RecordVersion.record_id == Record.id, RecordVersion.number == Record.version),
        )
        .where(Record.id.in_(keys))
    )
    return {version.record_id: described(kind, content_of(version)) for kind, version in rows}


def _pair_in(cursor: str) -> Pair:
    one, other = decode(cursor, str, str)
    try:
        return UUID(str(one)), UUID(str(other))
    except ValueError:
        raise BadCursor from None


def _pair_out(session: Session, pair: Pair, reasons: list[LikelyOut], today: date) -> PairOut:
    one, other = (record_out(session, session.get_one(Record, key), today) for key in pair)
    return PairOut(one=one, other=other, reasons=reasons)


@dataclass(frozen=True)
class Around:
    """Where candidates are looked for: in a unit, of one record or of any."""

    unit_code: str
    radius_m: float
    of: UUID | None = None

    @property
    def community_code(self) -> str:
        """Neighbours are looked for across the grids of a community."""
        return self.unit_code[:12]

    def pairs(self, first: Any, second: Any) -> tuple[ColumnElement[bool], ...]:
        """Each pair once; or one record and each other."""
        if self.of is None:
            return (first.record_id < second.record_id,)
        return first.record_id == self.of, second.record_id != self.of

    def both(self, one: Any, other: Any) -> tuple[ColumnElement[bool], ...]:
        """Two living records of one kind, one of them at least in the unit."""
        in_unit = [record.grid_code.startswith(self.unit_code) for record in (one, other)]
        return (
            one.kind == other.kind,
            or_(*in_unit),
            *(under(record.community_code, self.community_code) for record in (one, other)),
            *(column.is_(None) for record in (one, other) for column in _ends(record)),
        )


def _ends(record: Any) -> tuple[Any, ...]:
    return record.erased_at, record.merged_into, record.ended_on


def _candidates(session: Session, around: Around) -> Sequence[Candidate]:
    """Pairs by their keys, without those that a person found to be two."""
    kinds: dict[Pair, RecordKind] = {}
    shared: dict[Pair, frozenset[str]] = {}
    near: set[Pair] = set()
    for one, other, kind, fields in session.execute(_sharing(around)):
        pair = min(one, other), max(one, other)
        if by_keys(kind, fields):
            kinds[pair], shared[pair] = kind, frozenset(fields)
    for one, other, kind in session.execute(_near(session, around)):
        pair = min(one, other), max(one, other)
        kinds[pair] = kind
        near.add(pair)
    two = {(one, other) for one, other in session.execute(_found_to_be_two(kinds))}
    return [
        Candidate(pair, kinds[pair], shared.get(pair, frozenset()), pair in near)
        for pair in sorted(kinds.keys() - two)
    ]


def _found_to_be_two(pairs: Collection[Pair]) -> Any:
    ones = {one for one, _ in pairs}
    return select(NotDuplicate.one_id, NotDuplicate.other_id).where(NotDuplicate.one_id.in_(ones))


def _sharing(around: Around) -> Any:
    """Pairs with the keys that both have."""
    first, second = aliased(RecordKey), aliased(RecordKey)
    one, other = aliased(Record), aliased(Record)
    return (
        select(one.id, other.id, one.kind, func.array_agg(first.field))
        .select_from(first)
        .join(second, and_(second.digest == first.digest, second.field == first.field))
        .join(one, one.id == first.record_id)
        .join(other, other.id == second.record_id)
        .where(first.field.in_(COMPARED), *around.pairs(first, second), *around.both(one, other))
        .group_by(one.id, other.id, one.kind)
    )


def _near(session: Session, around: Around) -> Any:
    """Pairs of a community whose indexed points may lie within the radius."""
    first, second = aliased(RecordPoint), aliased(RecordPoint)
    one, other = aliased(Record), aliased(Record)
    wide, high = _reach(session, around)
    beside = and_(
        second.community_code == first.community_code,
        second.kind == first.kind,
        second.lon.between(first.lon - wide, first.lon + wide),
        second.lat.between(first.lat - high, first.lat + high),
    )
    return (
        select(one.id, other.id, one.kind)
        .select_from(first)
        .join(second, beside)
        .join(one, one.id == first.record_id)
        .join(other, other.id == second.record_id)
        .where(
            under(first.community_code, around.community_code),
            *around.pairs(first, second),
            *around.both(one, other),
        )
    )


def _reach(session: Session, around: Around) -> tuple[float, float]:
    """Half the width and the height in degrees of a box that holds all neighbours anywhere in a
    unit: degrees of longitude are shortest where it is furthest from the equator."""
    furthest = session.scalar(
        select(func.max(func.abs(RecordPoint.lat))).where(
            under(RecordPoint.community_code, around.community_code)
        )
    )
    lat = furthest or 0.0
    box = box_around(Position(0, lat), around.radius_m + ROUNDING_M)
    return box.east, box.north - lat
