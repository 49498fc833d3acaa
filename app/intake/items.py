"""How records from the field are spoken, one by one or many in a push (handset.md)."""

from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from app.kit.ids import is_uuid7
from app.kit.schema import In, Instant, Out

Body = TypeVar("Body", bound=In)

TEN_YEARS_MS = 10 * 366 * 86_400_000
Status = Literal[
    "created",
    "duplicate",
    "merged",
    "conflict",
    "held",
    "out_of_scope",
    "rejected",
    "error",
]
Retry = Literal["never", "later", "after_fix"]


def _uuid7(key: UUID) -> UUID:
    if not is_uuid7(key):
        raise ValueError("must be a UUIDv7")
    return key


HandsetId = Annotated[
    UUID,
    AfterValidator(_uuid7),
    WithJsonSchema(
        {
            "type": "string",
            "format": "uuid",
            "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
            "description": "A UUIDv7 made by the handset",
        }
    ),
]
Monotonic = Annotated[
    int, Field(ge=0, le=TEN_YEARS_MS, strict=True, description="Milliseconds since boot")
]
BootId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}$")]


class AnchorIn(In):
    """A time anchor, and the monotonic clock at the moment it was obtained."""

    token: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,1000}$")]
    elapsed_ms: Monotonic
    boot_id: BootId | None = None


class Reading(In):
    """What every record carries beside its body."""

    id: HandsetId
    captured_at: Instant = Field(description="The handset's wall clock, uncorrected")
    boot_id: BootId | None = None
    elapsed_ms: Monotonic | None = None
    anchor: AnchorIn | None = None


class Record(Reading, Generic[Body]):
    """One record by itself."""

    sent_at: Instant = Field(description="The handset's wall clock at sending")
    body: Body


class Item(Reading):
    """One record of a push."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0199d2f0-3c00-7a01-8b02-000000000002",
                    "kind": "check_in",
                    "captured_at": "2026-03-02T08:41:07+08:00",
                    "boot_id": "b-17",
                    "elapsed_ms": 86_400_000,
                    "body": {"lon": 104.5472, "lat": 30.411, "accuracy_m": 12},
                }
            ]
        }
    )

    kind: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    body: dict[str, Any]


def _item_schema() -> dict[str, Any]:
    """Anything is taken as an item; this is what becomes a record."""
    schema = Item.model_json_schema()
    anchor = schema.pop("$defs")["AnchorIn"]
    schema["properties"]["anchor"] = {"anyOf": [anchor, {"type": "null"}]}
    return schema


Items = Annotated[
    list[Any],
    Field(min_length=1, max_length=200),
    WithJsonSchema(
        {"type": "array", "minItems": 1, "maxItems": 200, "items": {"anyOf": [_item_schema(), {}]}}
    ),
]


class PushIn(In):
    """The envelope; an item that does not have the form harms nobody but itself."""

    batch_id: UUID
    sent_at: Instant = Field(description="The handset's wall clock at sending")
    boot_id: BootId | None = None
    elapsed_ms: Monotonic | None = None
    server_epoch: UUID | None = Field(
        default=None, description="The epoch the handset knows; another one is answered 409"
    )
    items: Items


class ResultOut(Out):
    """What became of one record."""

    id: str | None = Field(description="As it was sent; null if it was not a text")
    status: Status
    code: str | None = Field(description="Why, where there is a reason: stable")
    message: str = Field(description="For the person, in the language asked for")
    retry: Retry
    facts: dict[str, Any]


class PushOut(Out):
    """One result for each item, in order; the answer leaves after the commit."""

    batch_id: UUID
    received_at: Instant
    server_epoch: UUID
    results: list[ResultOut]
