"""How looks at plain data, a person's file and erasure are spoken."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.kit.schema import In, Out
from app.registry.conflict_schemas import CONFLICT
from app.registry.schemas import ACCOUNT, FIELDS, RECORD, SHOWN, Example, RecordOut, VersionNumber
from app.rules.information import LookPurpose, RecordSource

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class Requester(StrEnum):
    """Who asks for a person's file."""

    PERSON = "person"
    GUARDIAN = "guardian"
    AGENT = "agent"
    CLOSE_RELATIVE = "close_relative"


class ErasureGround(StrEnum):
    """Why a record is erased."""

    PERSON_ASKED = "person_asked"
    NOT_NEEDED = "not_needed"
    NOT_LAWFUL = "not_lawful"
    BY_MISTAKE = "by_mistake"
    TERM_OVER = "term_over"


class RevealIn(In):
    """What is looked at in plain, and for what."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"fields": ["name", "phone"], "purpose": "visit"}]}
    )

    fields: Annotated[list[FieldName], Field(min_length=1, max_length=60)] | None = Field(
        default=None, description="All without it"
    )
    version: VersionNumber | None = Field(default=None, description="The standing one without it")
    purpose: LookPurpose


class RevealedOut(Out):
    """The plain values; the look is logged, the values are not."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "record_id": RECORD,
                    "version": 1,
                    "fields": {"name": FIELDS["name"], "phone": FIELDS["phone"]},
                }
            ]
        }
    )

    record_id: UUID
    version: int
    fields: dict[str, Any]


class ConflictRevealIn(In):
    """What the values of a conflict are looked at for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"purpose": "verification"}]})

    purpose: LookPurpose


class ConflictRevealedOut(Out):
    """The three values in plain; the look is logged."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": CONFLICT["id"],
                    "field": "phone",
                    "base": "13800000001",
                    "standing": "13800000002",
                    "proposed": "13800000003",
                }
            ]
        }
    )

    id: UUID
    field: str
    base: Any
    standing: Any
    proposed: Any


LOOK: Example = {
    "at": "2026-03-20T02:00:00Z",
    "account_id": ACCOUNT,
    "account_name": "王网格",
    "fields": ["name", "phone"],
    "purpose": "visit",
    "version": 1,
}


class LookOut(Out):
    """Who looked at which fields, when and for what."""

    model_config = ConfigDict(json_schema_extra={"examples": [LOOK]})

    at: datetime
    account_id: UUID | None
    account_name: str | None
    fields: list[str]
    purpose: LookPurpose | None
    version: int | None


class LookPage(Out):
    """Some looks, latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [LOOK], "next_cursor": None}]}
    )

    items: list[LookOut]
    next_cursor: str | None


class FileIn(In):
    """Who asks for the file, having been identified."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"requester": "person"}]})

    requester: Requester


FILED: Example = {
    "number": 1,
    "source": "handset",
    "captured_at": "2026-03-18T02:10:00Z",
    "account_name": "王网格",
    "reason": "入户采集",
    "fields": FIELDS,
    "stands": True,
}


class FiledVersionOut(Out):
    """A version in plain."""

    model_config = ConfigDict(json_schema_extra={"examples": [FILED]})

    number: int
    source: RecordSource
    captured_at: datetime
    account_name: str
    reason: str | None
    fields: dict[str, Any]
    stands: bool


class FileOut(Out):
    """All that is kept of a record, in plain, and who looked at it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"record": SHOWN, "versions": [FILED], "looks": [LOOK]}]}
    )

    record: RecordOut
    versions: list[FiledVersionOut] = Field(
        description="Also those of records that were merged into this one"
    )
    looks: list[LookOut]


class ErasureIn(In):
    """Why a record is erased: a ground, never words about the person."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ground": "person_asked"}]})

    ground: ErasureGround
