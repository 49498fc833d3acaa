"""What of mine was set aside."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.deps import Cursor, Db, Limit, Me
from app.api.problems import refusals
from app.db.models import Quarantine
from app.kit.errors import BadCursor
from app.kit.paging import decode, encode
from app.kit.schema import Instant, Out
from app.people.principal import Principal

router = APIRouter(prefix="/v1/me", tags=["handset"])


class SetAsideRecordOut(Out):
    """A record that was kept and not taken."""

    id: int
    item_id: UUID | None
    kind: str
    code: str
    message: str
    content: dict[str, Any]
    received_at: Instant


class SetAsideRecordsOut(Out):
    """The newest first."""

    items: list[SetAsideRecordOut]
    next_cursor: str | None


@router.get("/quarantine", responses=refusals(BadCursor))
def my_quarantine(
    db: Db, asker: Me, limit: Limit = 50, cursor: Cursor = None
) -> SetAsideRecordsOut:
    """What of mine was set aside, and why."""
    rows = _rows(db, asker, limit + 1, cursor)
    more = len(rows) > limit
    shown = [SetAsideRecordOut.model_validate(row) for row in rows[:limit]]
    return SetAsideRecordsOut(items=shown, next_cursor=encode(shown[-1].id) if more else None)


def _rows(session: Session, asker: Principal, count: int, cursor: str | None) -> list[Quarantine]:
    found = select(Quarantine).where(Quarantine.account_id == asker.account_id)
    if cursor is not None:
        (last,) = decode(cursor, int)
        if not 0 <= int(last) < 2**31:
            raise BadCursor
        found = found.where(Quarantine.id < int(last))
    return list(session.scalars(found.order_by(Quarantine.id.desc()).limit(count)))
