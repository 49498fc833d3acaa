"""Lists of whom all must be known, from checks and higher tiers (INF-4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, null, or_, select, true, update
from sqlalchemy.orm import Session, aliased

from app.db.models import FocusListing, Record, RecordFocus, RecordKey
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.kit.paging import encode
from app.outbox.emit import emit
from app.people.posts import under
from app.people.principal import Principal
from app.people.units import unit_of
from app.registry.focus_refusals import (
    AlreadyListed,
    ListedElsewhere,
    ListedInTheFuture,
    ListingWithdrawn,
)
from app.registry.focus_schemas import ListingIn, ListingOut, ListingPage, WithdrawIn
from app.registry.forms import keys_of, mask, present
from app.registry.samples import Asked, key_in
from app.registry.scopes import alive
from app.rules.divisions import UnitTier
from app.rules.information import FocusKind, RecordKind

FOUND_BY = ("identity_number", "name_address")
"""The keys of a person in order of their weight."""
SAID = ("name", "identity_number", "address")


@dataclass(frozen=True)
class Match:
    """The record that answers to a listing."""

    record_id: UUID
    entered: bool
    marked: bool
    """That the record says that it is of the listing's kind."""


def add_listing(session: Session, asker: Principal, body: ListingIn, now: datetime) -> FocusListing:
    """Put somebody or some place on the list; the same one stands on it once."""
    asker.act(body.unit)
    unit = unit_of(session, asker, body.unit)
    if unit.tier not in {UnitTier.COMMUNITY, UnitTier.GRID}:
        raise ListedElsewhere(unit=body.unit)
    if body.listed_on > civil_day(now):
        raise ListedInTheFuture(today=civil_day(now))
    said = _stored(body)
    key = listing_key(body.focus, said)
    _not_twice(session, body, key)
    listing = FocusListing(
        id=uuid7(now),
        unit_code=body.unit,
        community_code=body.unit[:12],
        sealed={"focus": body.focus.value, "source": body.source, **said},
        digest=key,
        focus=body.focus.value,
        listed_on=body.listed_on,
        listed_by=asker.account_id,
        listed_at=now,
    )
    session.add(listing)
    _tell(session, asker, listing, "listing.added")
    return listing


def _stored(body: ListingIn) -> dict[str, str | None]:
    number = body.identity_number
    return {
        "name": body.name,
        "identity_number": "".join(number.split()).upper() if number else None,
        "address": body.address,
    }


def listing_key(focus: FocusKind, said: Mapping[str, str | None]) -> str:
    """What a listing is found by among the records' keys: as a record of the same would be."""
    if focus is FocusKind.RENTAL:
        return keys_of(RecordKind.PLACE, said)["address"]
    keys = keys_of(RecordKind.PERSON, said)
    return next(keys[field] for field in FOUND_BY if field in keys)


def _not_twice(session: Session, body: ListingIn, key: str) -> None:
    """Raises AlreadyListed; a listing of the community also covers its grids."""
    community_code = body.unit[:12]
    lock = func.hashtextextended(f"focus listing {community_code}", 0)
    session.execute(select(func.pg_advisory_xact_lock(lock)))
    known = session.scalar(
        select(FocusListing.id).where(
            FocusListing.community_code == community_code,
            FocusListing.digest == key,
            FocusListing.focus == body.focus.value,
            FocusListing.withdrawn_at.is_(None),
        )
    )
    if known is not None:
        raise AlreadyListed(id=known)


def withdraw_listing(
    session: Session, asker: Principal, key: UUID, body: WithdrawIn, now: datetime
) -> FocusListing:
    """A listing no longer holds: that it was there stays on record, whom it named is erased."""
    listing = session.get(FocusListing, key, with_for_update=True)
    if listing is None:
        raise NotFound
    asker.look(listing.unit_code)
    if not _may_see(asker, listing):
        raise NotFound
    if listing.withdrawn_at is not None:
        raise ListingWithdrawn
    listing.withdrawn_at, listing.withdraw_reason = now, body.reason
    listing.sealed = None
    _tell(session, asker, listing, "listing.withdrawn")
    return listing


def forget_listings(session: Session, record: Record, now: datetime) -> None:
    """Whom a record's erasure concerns is not named by a list either; before its keys are gone."""
    keys = select(RecordKey.digest).where(
        RecordKey.record_id == record.id, RecordKey.field.in_({*FOUND_BY, "address"})
    )
    named = FocusListing.digest.in_(keys)
    session.execute(
        update(FocusListing)
        .where(FocusListing.community_code == record.community_code, named)
        .values(sealed=null(), withdrawn_at=func.coalesce(FocusListing.withdrawn_at, now))
        .execution_options(synchronize_session="fetch")
    )


def _tell(session: Session, asker: Principal, listing: FocusListing, event: str) -> None:
    """Of which kind is not told: that would say of whom it is known."""
    session.flush()
    emit(
        session,
        event,
        by=asker.account_id,
        unit_code=listing.unit_code,
        subject=("focus_listing", listing.id),
        listed_on=listing.listed_on.isoformat(),
    )


def listings_under(
    session: Session,
    asker: Principal,
    unit_code: str,
    which: tuple[FocusKind | None, bool],
    asked: Asked,
) -> ListingPage:
    """The listings of a unit, latest first, masked; looks at special groups are recorded."""
    focus, unmatched = which
    cursor, limit = asked
    query = select(FocusListing).where(under(FocusListing.unit_code, unit_code), _visible_to(asker))
    if focus is not None:
        query = query.where(FocusListing.focus == focus.value)
    if unmatched:
        query = query.where(FocusListing.withdrawn_at.is_(None), ~_answered())
    if cursor:
        query = query.where(FocusListing.id < key_in(cursor))
    rows = session.scalars(query.order_by(FocusListing.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    _seen(session, asker, unit_code, shown)
    more = len(rows) > limit
    return ListingPage(
        items=outs(session, asker, shown),
        next_cursor=encode(str(shown[-1].id)) if more else None,
    )


def _visible_to(asker: Principal) -> ColumnElement[bool]:
    """Special groups are the station's to see; above it, whom one listed oneself (part 8)."""
    if _at_station(asker):
        return true()
    special = FocusListing.focus == FocusKind.SPECIAL_GROUP.value
    return or_(~special, FocusListing.listed_by == asker.account_id)


def _may_see(asker: Principal, listing: FocusListing) -> bool:
    """The same of one listing."""
    special = _focus(listing) is FocusKind.SPECIAL_GROUP
    return _at_station(asker) or not special or listing.listed_by == asker.account_id


def _at_station(asker: Principal) -> bool:
    return asker.tier is UnitTier.COMMUNITY


def _answered() -> ColumnElement[bool]:
    """Whether an entered record answers to the listing, or whoever it named has left."""
    return exists().where(*answering(), Record.entered_version.is_not(None)) | has_left()


def answering() -> tuple[ColumnElement[bool], ...]:
    """A listing and the records that are found by it, within its community."""
    return *_found_by(), Record.ended_on.is_(None)


def has_left() -> ColumnElement[bool]:
    """Whether a record that a listing is answered by ended since it was listed."""
    return exists().where(*_found_by(), Record.ended_on >= FocusListing.listed_on)


def _found_by() -> tuple[ColumnElement[bool], ...]:
    rented = FocusListing.focus == FocusKind.RENTAL.value
    return (
        RecordKey.digest == FocusListing.digest,
        Record.id == RecordKey.record_id,
        or_(
            and_(rented, Record.kind == RecordKind.PLACE),
            and_(~rented, Record.kind == RecordKind.PERSON),
        ),
        Record.community_code == FocusListing.community_code,
        alive(),
    )


def _seen(
    session: Session, asker: Principal, unit_code: str, shown: Sequence[FocusListing]
) -> None:
    """All that were shown are named: those of special groups alone would be told apart by it."""
    if shown:
        emit(
            session,
            "listing.looked_at",
            by=asker.account_id,
            unit_code=unit_code,
            subject=("unit", unit_code),
            listings=[str(one.id) for one in shown],
        )


def _focus(listing: FocusListing) -> FocusKind | None:
    return FocusKind(listing.sealed["focus"]) if listing.sealed else None


def listing_out(session: Session, asker: Principal, listing: FocusListing) -> ListingOut:
    """One listing, masked."""
    return outs(session, asker, [listing])[0]


def outs(session: Session, asker: Principal, listings: Sequence[FocusListing]) -> list[ListingOut]:
    """Listings, masked, each with the record that answers to it.

    What a record says of special groups is not told above the station, nor which record it is; of
    a listing that was withdrawn the kind is forgotten, so nothing is told.
    """
    matches = _matches(session, [one.id for one in listings])
    shown = [_out(one, matches.get(one.id)) for one in listings]
    if _at_station(asker):
        return shown
    return [
        one.model_copy(update={"record_id": None, "focus_marked": False})
        if one.focus in (None, FocusKind.SPECIAL_GROUP)
        else one
        for one in shown
    ]


def _matches(session: Session, keys: Sequence[UUID]) -> dict[UUID, Match]:
    """Of several records that answer to one listing, an entered one, and of these the first."""
    found: dict[UUID, Match] = {}
    for key, record_id, entered, marked in session.execute(matching(keys)):
        found.setdefault(key, Match(record_id, entered, marked))
    return found


def matching(keys: Sequence[UUID]) -> Select[Any]:
    """Listings with the records that answer to them, the best one first."""
    mark = aliased(RecordFocus)
    entered = Record.entered_version.is_not(None)
    marked = exists().where(mark.record_id == Record.id, mark.digest == FocusListing.focus)
    query: Any = (
        select(FocusListing.id, Record.id, entered, marked)
        .join(RecordKey, RecordKey.digest == FocusListing.digest)
        .join(Record, and_(*answering()))
        .where(FocusListing.id.in_(keys))
        .order_by(FocusListing.id, entered.desc(), Record.id)
    )
    found: Select[Any] = query
    return found


def _out(listing: FocusListing, match: Match | None) -> ListingOut:
    said = listing.sealed or {}
    shown = {name: _masked(name, said.get(name)) for name in SAID}
    return ListingOut(
        id=listing.id,
        unit_code=listing.unit_code,
        focus=_focus(listing),
        **shown,
        source=said.get("source"),
        listed_on=listing.listed_on,
        listed_by=listing.listed_by,
        listed_at=listing.listed_at,
        record_id=match.record_id if match else None,
        recorded=match.entered if match else False,
        focus_marked=match.marked if match else False,
        withdrawn_at=listing.withdrawn_at,
        withdraw_reason=listing.withdraw_reason,
    )


def _masked(name: str, value: str | None) -> str | None:
    """As a record would show it."""
    return None if value is None else str(mask(present(RecordKind.PERSON).field(name), value))
