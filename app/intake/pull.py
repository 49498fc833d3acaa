"""Pull: changes in the worker's scope in commit order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy.orm import Session

from app.api.deps import Cursor, Db
from app.api.problems import refusals
from app.db.models import Change
from app.intake.carrier import Carrier
from app.intake.door import AtTheDoor
from app.intake.epoch import epoch_of
from app.intake.refusals import NotAHandset
from app.intake.snapshot import SECTIONS, Asked
from app.kit.clock import civil_day
from app.kit.errors import BadCursor
from app.kit.paging import decode, encode
from app.kit.schema import Out
from app.outbox.feed import changes_after, horizon
from app.people.posts import grids_on
from app.people.sign_in_refusals import AppTooOld
from app.visits.telling import KIND as VISIT_PLACE

router = APIRouter(prefix="/v1", tags=["handset"])

CURSOR_GOOD_FOR = timedelta(days=30)
SNAPSHOT_REACHES = timedelta(days=30)
BIGINT = 2**63


class ChangeOut(Out):
    """What a thing looks like now, or why it is gone: deleted, out_of_scope, expired."""

    kind: str = Field(examples=["day"])
    id: str
    gone: str | None
    body: dict[str, Any] | None


class PullOut(Out):
    """Some changes in the order of their commits, and where to go on.

    `snapshot`: this page is part of the current state. `fresh`: it is its first page, and what
    the handset had before is void. `more`: ask again at once.
    """

    changes: list[ChangeOut]
    next_cursor: str
    more: bool
    snapshot: bool
    fresh: bool
    server_epoch: UUID


@dataclass(frozen=True)
class Feed:
    """A place in the feed."""

    epoch: str
    xid: int
    change_id: int
    issued_s: int

    def written(self) -> str:
        """The place as a cursor."""
        return encode(self.epoch, self.xid, self.change_id, self.issued_s)


@dataclass(frozen=True)
class Snapshot:
    """A place in the current state, which began when the feed stood at `xid`."""

    epoch: str
    xid: int
    section: int
    after: str

    def written(self) -> str:
        """The place as a cursor."""
        return encode(self.epoch, self.xid, self.section, self.after)


@router.get("/pull", responses=refusals(BadCursor, NotAHandset, AppTooOld))
def pull(
    db: Db,
    carrier: AtTheDoor,
    limit: Annotated[int, Query(ge=1, le=500, description="How many changes at most")] = 200,
    cursor: Cursor = None,
) -> PullOut:
    """What changed since the cursor; without one, or with an expired one, the state as it is."""
    epoch = epoch_of(db)
    place = read_place(cursor, str(epoch), carrier.now)
    fresh = place is None
    if place is None:
        place = Snapshot(str(epoch), horizon(db), 0, "")
    changes, after, more = _page(db, carrier, place, limit)
    return PullOut(
        changes=changes,
        next_cursor=after.written(),
        more=more,
        snapshot=isinstance(place, Snapshot),
        fresh=fresh,
        server_epoch=epoch,
    )


def read_place(cursor: str | None, epoch: str, now: datetime) -> Feed | Snapshot | None:
    """Where a cursor stands; None if there is none or it has expired; raises BadCursor."""
    if cursor is None:
        return None
    place: Feed | Snapshot
    try:
        place = Feed(*decode(cursor, str, int, int, int))  # type: ignore[arg-type]
        numbers: tuple[int, ...] = (place.xid, place.change_id, place.issued_s)
    except BadCursor:
        place = Snapshot(*decode(cursor, str, int, int, str))  # type: ignore[arg-type]
        numbers = (place.xid, place.section, 0 if place.after.isascii() else -1)
    if not all(0 <= number < BIGINT for number in numbers):
        raise BadCursor
    if place.epoch != epoch:
        return None
    if (
        isinstance(place, Feed)
        and now.timestamp() - place.issued_s > CURSOR_GOOD_FOR.total_seconds()
    ):
        return None
    return place


Page = tuple[Sequence[ChangeOut], Feed | Snapshot, bool]


def _page(session: Session, carrier: Carrier, place: Feed | Snapshot, limit: int) -> Page:
    if isinstance(place, Snapshot):
        return _state(session, carrier, place, limit)
    return _feed(session, carrier, place, limit)


def _feed(session: Session, carrier: Carrier, place: Feed, limit: int) -> Page:
    rows = changes_after(session, carrier.worker_id, place.xid, place.change_id, limit + 1)
    shown = rows[:limit]
    after = replace(place, issued_s=int(carrier.now.timestamp()))
    if shown:
        after = replace(after, xid=shown[-1].xid, change_id=shown[-1].id)
    grids = set(grids_on(session, carrier.worker_id, civil_day(carrier.now)))
    return [_told(row, grids) for row in shown], after, len(rows) > limit


def _told(row: Change, grids: Collection[str]) -> ChangeOut:
    """A change; of a place in grids that the worker lost meanwhile only that it is gone."""
    body, gone = row.body, row.gone
    if row.kind == VISIT_PLACE and body is not None:
        steps = (body, *body["moves"])
        if not any(step["grid_code"] in grids for step in steps):
            body, gone = None, "out_of_scope"
    return ChangeOut(kind=row.kind, id=row.subject_id, gone=gone, body=body)


def _state(session: Session, carrier: Carrier, place: Snapshot, limit: int) -> Page:
    """Sections one after the other; at their end the feed goes on from where it stood."""
    today = civil_day(carrier.now)
    changes: list[ChangeOut] = []
    while place.section < len(SECTIONS):
        kind, section = SECTIONS[place.section]
        room = limit - len(changes)
        asked = Asked(
            session, carrier.worker_id, today, today - SNAPSHOT_REACHES, place.after, room
        )
        found = section(asked)
        changes += [ChangeOut(kind=kind, id=key, gone=None, body=body) for key, body in found]
        if len(found) == room:
            return changes, replace(place, after=found[-1][0]), True
        place = replace(place, section=place.section + 1, after="")
    # Nothing of the transaction `xid` itself was decided when the snapshot began.
    return changes, Feed(place.epoch, place.xid, 0, int(carrier.now.timestamp())), True
