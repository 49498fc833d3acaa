"""What was set aside and what is held: of mine, and of the workers of a unit."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.api.deps import Cursor, Db, DecisionsReader, Limit, Me
from app.api.problems import refusals
from app.db.models import Held, Quarantine
from app.intake.items import Reading
from app.kit.errors import BadCursor, NotFound
from app.kit.paging import decode, encode
from app.kit.schema import Instant, Out, UnitCode
from app.people.posts import under
from app.rules.divisions import UnitTier

router = APIRouter(prefix="/v1", tags=["handset"])
LARGEST_KEY = 2**31


class SetAsideRecordOut(Out):
    """A record that was kept and not taken."""

    id: int
    item_id: UUID | None
    worker_id: UUID | None
    community_code: str | None
    kind: str
    code: str
    message: str
    content: dict[str, Any]
    received_at: Instant


class SetAsideRecordsOut(Out):
    """The newest first."""

    items: list[SetAsideRecordOut]
    next_cursor: str | None


@router.get("/me/quarantine", responses=refusals(BadCursor))
def my_quarantine(
    db: Db, asker: Me, limit: Limit = 50, cursor: Cursor = None
) -> SetAsideRecordsOut:
    """What of mine was set aside, and why."""
    return page(db, Quarantine.account_id == asker.account_id, limit, cursor)


@router.get("/quarantine", responses=refusals(BadCursor, NotFound))
def quarantine_of_unit(
    db: Db,
    asker: DecisionsReader,
    unit: UnitCode | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> SetAsideRecordsOut:
    """What of a unit's workers was set aside: out of scope, refused, or one id for two things.

    What the records say may be about residents: above the station it is left out.
    """
    code = unit or asker.unit_code
    asker.look(code)
    found = page(db, under(Quarantine.community_code, code), limit, cursor)
    if asker.tier is UnitTier.COMMUNITY:
        return found
    return found.model_copy(update={"items": [without_body(row) for row in found.items]})


def without_body(row: SetAsideRecordOut) -> SetAsideRecordOut:
    """When and how a record was made, not what it says."""
    received = row.content.get("received")
    kept = received if isinstance(received, dict) else {}
    circumstances = {name: kept[name] for name in Reading.model_fields if name in kept}
    return row.model_copy(update={"content": {"received": circumstances}})


class HeldRecordOut(Out):
    """A record that waits for another one it refers to."""

    id: UUID
    kind: str
    waits_for: UUID
    worker_id: UUID
    community_code: str
    received_at: Instant


class HeldRecordsOut(Out):
    """The newest first."""

    items: list[HeldRecordOut]
    next_cursor: str | None


@router.get("/me/held", responses=refusals(BadCursor))
def my_held(db: Db, asker: Me, limit: Limit = 50, cursor: Cursor = None) -> HeldRecordsOut:
    """What of mine waits for something that has not arrived; after 30 days it is set aside."""
    return held_page(db, Held.account_id == asker.account_id, limit, cursor)


@router.get("/held", responses=refusals(BadCursor, NotFound))
def held_of_unit(
    db: Db,
    asker: DecisionsReader,
    unit: UnitCode | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> HeldRecordsOut:
    """What of a unit's workers waits for something that has not arrived."""
    code = unit or asker.unit_code
    asker.look(code)
    return held_page(db, under(Held.community_code, code), limit, cursor)


def held_page(
    session: Session, whose: ColumnElement[bool], limit: int, cursor: str | None
) -> HeldRecordsOut:
    """Some of the records, the newest first."""
    found = select(Held).where(whose)
    if cursor is not None:
        found = found.where(Held.id < _id_in(cursor))
    rows = list(session.scalars(found.order_by(Held.id.desc()).limit(limit + 1)))
    shown = [HeldRecordOut.model_validate(row) for row in rows[:limit]]
    more = len(rows) > limit
    return HeldRecordsOut(items=shown, next_cursor=encode(str(shown[-1].id)) if more else None)


def _id_in(cursor: str) -> UUID:
    (key,) = decode(cursor, str)
    try:
        return UUID(str(key))
    except ValueError:
        raise BadCursor from None


def page(
    session: Session, whose: ColumnElement[bool], limit: int, cursor: str | None
) -> SetAsideRecordsOut:
    """Some of the records, the newest first."""
    found = select(Quarantine).where(whose)
    if cursor is not None:
        (last,) = decode(cursor, int)
        if not 0 <= int(last) < LARGEST_KEY:
            raise BadCursor
        found = found.where(Quarantine.id < int(last))
    rows = list(session.scalars(found.order_by(Quarantine.id.desc()).limit(limit + 1)))
    shown = [SetAsideRecordOut.model_validate(row) for row in rows[:limit]]
    more = len(rows) > limit
    return SetAsideRecordsOut(items=shown, next_cursor=encode(shown[-1].id) if more else None)
