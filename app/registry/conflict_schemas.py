"""How conflicts of two edits are spoken."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, JsonValue

from app.kit.schema import In, Out, Paragraph
from app.registry.schemas import ACCOUNT, RECORD, Example, storable
from app.rules.information import ConflictChoice

CONFLICT: Example = {
    "id": "0199d2f0-3c00-7a01-8b02-0000000000d1",
    "record_id": RECORD,
    "community_code": "510185001001",
    "field": "phone",
    "base": "138****0001",
    "standing": "138****0002",
    "proposed": "138****0003",
    "standing_version": 2,
    "proposed_version": 3,
    "raised_at": "2026-03-19T02:10:05Z",
    "chosen": "proposed",
    "decided_by": ACCOUNT,
    "decided_at": "2026-03-20T01:00:00Z",
}


def _one_value(said: Any) -> Any:
    storable({"value": said})
    return said


class ConflictDecisionIn(In):
    """Which value is right: the one that stands, the proposed one, or another."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"chosen": "proposed", "reason": "已电话核实"}]}
    )

    chosen: ConflictChoice
    value: Annotated[JsonValue, AfterValidator(_one_value)] = Field(
        default=None, description="Only with `other`: in the present version of the form"
    )
    reason: Paragraph


class ConflictOut(Out):
    """A field that two edits changed differently, its values masked."""

    model_config = ConfigDict(json_schema_extra={"examples": [CONFLICT]})

    id: UUID
    record_id: UUID
    community_code: str
    field: str = Field(description="`concealed` where the name of the field says too much")
    base: Any
    standing: Any
    proposed: Any
    standing_version: int
    proposed_version: int
    raised_at: datetime
    chosen: ConflictChoice | None
    decided_by: UUID | None
    decided_at: datetime | None


class ConflictPage(Out):
    """Some conflicts, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [CONFLICT], "next_cursor": None}]}
    )

    items: list[ConflictOut]
    next_cursor: str | None
