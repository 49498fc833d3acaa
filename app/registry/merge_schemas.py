"""How likely duplicates and merges are spoken (INF-1)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from app.kit.schema import In, Out, Paragraph
from app.registry.schemas import RecordOut

ONE = "0199d2f0-3c00-7a01-8b02-0000000000a1"
OTHER = "0199d2f0-3c00-7a01-8b02-0000000000a2"


class LikelyBy(StrEnum):
    """What makes two records likely the same."""

    IDENTITY_NUMBER = "identity_number"
    NAME_AND_PHONE = "name_and_phone"
    NAME_AND_ADDRESS = "name_and_address"
    ADDRESS = "address"
    CREDIT_CODE = "credit_code"
    NEAR_AND_ALIKE = "near_and_alike"


class LikelyOut(Out):
    """One reason why two records are likely the same."""

    by: LikelyBy
    zh: str
    en: str
    distance_m: float | None
    name_likeness: float | None = Field(description="0 to 1, of what is near and alike")
    address_likeness: float | None
    rule: str
    clause: str


class DuplicateOut(Out):
    """A record that is likely the same, masked, and why."""

    record: RecordOut
    reasons: list[LikelyOut]


class DuplicatesOut(Out):
    """The records that are likely the same as one."""

    items: list[DuplicateOut]


class PairOut(Out):
    """Two records that are likely the same, masked, and why."""

    one: RecordOut
    other: RecordOut
    reasons: list[LikelyOut]


class PairPage(Out):
    """Some pairs that wait for a person's decision."""

    items: list[PairOut]
    next_cursor: str | None


class MergeIn(In):
    """Which of two records is kept, and for which fields the other one is right."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kept": ONE,
                    "merged": OTHER,
                    "reason": "同一人重复登记",
                    "fields": {"phone": "merged"},
                }
            ]
        }
    )

    kept: UUID
    merged: UUID
    reason: Paragraph
    fields: Annotated[
        dict[Annotated[str, Field(max_length=40)], Literal["kept", "merged"]],
        Field(
            max_length=60,
            description="Of the fields not named the kept record's value, else the merged one's",
        ),
    ] = Field(default_factory=dict)


class UndoIn(In):
    """Why the two are not one after all."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "同名不同人"}]})

    reason: Paragraph


class MergeOut(Out):
    """A merge, and whether it was undone."""

    id: UUID
    kept_id: UUID
    merged_id: UUID
    kept_version_before: int
    kept_version_after: int
    reason: str
    merged_by: UUID
    merged_at: datetime
    undone_by: UUID | None
    undone_at: datetime | None
    undo_reason: str | None


class MergedOut(MergeOut):
    """A merge just made, and what of it comes from the merged record."""

    taken: list[str] = Field(description="The fields that say now what the merged record said")


class UnmergedOut(MergeOut):
    """A merge just undone, and what could not be given back."""

    given_back: list[str] = Field(description="The fields that say again what they said before")
    changed_since: list[str] = Field(
        description="Fields that came from the merge and were changed since: they stay"
    )


class MergePage(Out):
    """Some merges, latest first."""

    items: list[MergeOut]
    next_cursor: str | None


class NotDuplicatesIn(In):
    """Two records that look alike and are two."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"one": ONE, "other": OTHER, "reason": "父子同名"}]}
    )

    one: UUID
    other: UUID
    reason: Paragraph


class NotDuplicatesOut(Out):
    """Two records that a person found to be two."""

    one_id: UUID
    other_id: UUID
    reason: str | None
    decided_by: UUID
    decided_at: datetime
