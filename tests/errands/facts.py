"""Errands as handsets report them, for tests."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import AidGroup, AidMember
from app.errands.commands import record_act
from app.errands.schemas import ErrandActIn
from app.kit.ids import uuid7
from tests.attendance.facts import GRID, Handset, at
from tests.city import SINCE, City, key

NEIGHBOUR = "510185001001002"
THIRD = "510185001001003"
RESIDENT = {"name": "李秀英", "phone": "13800000001", "address": "3栋2单元501"}
PHOTO = "ab" * 32
EXTRAS: dict[str, dict[str, Any]] = {
    "accepted": {"matter": "社保认证", "resident": RESIDENT},
    "rated": {"rating": 5},
}


def body(errand_id: UUID | str, step: str, **changes: Any) -> dict[str, Any]:
    """What a handset says of one step."""
    return {"errand_id": str(errand_id), "step": step, **EXTRAS.get(step, {}), **changes}


def form(errand_id: UUID, step: str, **changes: Any) -> ErrandActIn:
    """The same in its form."""
    return ErrandActIn.model_validate(body(errand_id, step, **changes))


def errand_key(moment: datetime | None = None) -> UUID:
    """A key for an errand."""
    return uuid7(moment or at("08:00"))


def take(handset: Handset, errand_id: UUID, step: str, moment: datetime, **changes: Any) -> UUID:
    """Record a step through the command; returns its key."""
    act = record_act(handset.db, handset.captured(moment), form(errand_id, step, **changes))
    handset.db.flush()
    return act.id


def whole(handset: Handset, start: datetime, rating: int = 5, hours: float = 4) -> UUID:
    """An errand from acceptance to rating; delivered after so many hours."""
    errand_id = errand_key(start)
    take(handset, errand_id, "accepted", start)
    take(handset, errand_id, "handled", start + timedelta(hours=hours / 2), office="服务站")
    take(handset, errand_id, "delivered", start + timedelta(hours=hours))
    take(handset, errand_id, "rated", start + timedelta(hours=hours + 1), rating=rating)
    return errand_id


def make_group(db: Session, city: City, *grids: str, since: date = SINCE) -> None:
    """A mutual-aid group of the workers of some grids."""
    group_id = key()
    span = Range(since, None)
    db.add(AidGroup(id=group_id, community_code=grids[0][:12], name="互助组", valid=span))
    db.flush()
    for grid in grids:
        db.add(AidMember(id=key(), group_id=group_id, worker_id=city.workers[grid], valid=span))
    db.flush()


__all__ = ["GRID", "NEIGHBOUR", "THIRD", "Handset", "at"]
