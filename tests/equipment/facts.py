"""Checks and exemptions for tests."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.equipment.schemas import EquipmentCheckIn, EquipmentIn, ExemptionIn
from app.kit.ids import uuid7
from app.rules.equipment import EquipmentItem
from tests.attendance.facts import WEDNESDAY, at

NOON = at("12:00")
PHOTO = "cd" * 32


def seen(*missing: str, clothes: bool = True, **more: Any) -> dict[str, Any]:
    """What is seen of somebody who lacks some items."""
    items = {item.value: item.value not in missing for item in EquipmentItem}
    return {"work_clothes": clothes, "items": items, **more}


def own(*missing: str, **more: Any) -> EquipmentIn:
    """A worker's own record."""
    return EquipmentIn.model_validate(seen(*missing, **more))


def checked(worker_id: UUID, *missing: str, day: date = WEDNESDAY, **more: Any) -> EquipmentCheckIn:
    """A station's check."""
    said = {"id": uuid7(NOON), "worker_id": worker_id, "day": day, **seen(*missing, **more)}
    return EquipmentCheckIn.model_validate(said)


def exempted(
    unit: str, worker_id: UUID | None = None, *days: date, key: UUID | None = None
) -> ExemptionIn:
    """An exemption over dates; on the Wednesday without any."""
    first, last = days or (WEDNESDAY, WEDNESDAY)
    return ExemptionIn(
        id=key or uuid7(NOON),
        unit_code=unit,
        worker_id=worker_id,
        first_day=first,
        last_day=last,
        reason="便衣巡查",
    )


def later(moment: datetime, days: int) -> datetime:
    """The same time some days later."""
    return at(moment.strftime("%H:%M"), date.fromordinal(WEDNESDAY.toordinal() + days))
