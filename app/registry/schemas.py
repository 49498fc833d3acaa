"""How records are spoken: collected at the door, shown masked, with their versions."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, JsonValue, WithJsonSchema

from app.kit.ids import is_uuid7
from app.kit.schema import Day, GridCode, In, Latitude, Longitude, Out, Paragraph, Photos
from app.rules.information import EntryVerdict, RecordKind, RecordSource, RecordState

Example = dict[str, Any]
RECORD = "0199d2f0-3c00-7a01-8b02-0000000000a1"
ACCOUNT = "0199d2f0-3c00-7a01-8b02-0000000000b1"
WORKER = "0199d2f0-3c00-7a01-8b02-0000000000c1"
MOST_FIELDS = 60
LONGEST, LARGEST = 4000, 2**53
FIELDS: Example = {
    "name": "张三",
    "identity_number": "510185199001011237",
    "phone": "13800000001",
    "address": "河东新区雄州大道 1 号 2 单元 301",
    "residence": "floating",
}
MASKED: Example = {
    "name": "张*",
    "identity_number": "5101**********1237",
    "phone": "138****0001",
    "address": "河东新区雄州***",
    "residence": "***",
}
COLLECTED: Example = {
    "record_id": RECORD,
    "kind": "person",
    "form_version": 2,
    "base": None,
    "base_item": None,
    "fields": FIELDS,
    "position": {"lon": 104.5491, "lat": 30.4128},
    "submit": True,
    "reason": "入户采集",
    "photos": [],
    "paper": False,
}
ENTRY: Example = {
    "verdict": "in_time",
    "rule": "INF-2",
    "clause": "四(二)5",
    "collected_on": "2026-03-18",
    "entered_on": "2026-03-20",
    "due_on": "2026-03-25",
}
SHOWN: Example = {
    "id": RECORD,
    "kind": "person",
    "community_code": "510185001001",
    "grid_code": "510185001001001",
    "worker_id": WORKER,
    "state": "entered",
    "return_reason": None,
    "version": 1,
    "entered_version": 1,
    "source": "handset",
    "fields": MASKED,
    "photos": [],
    "missing_photos": [],
    "collected_at": "2026-03-18T02:10:00Z",
    "submitted_at": "2026-03-18T02:10:00Z",
    "entered_at": "2026-03-20T01:00:00Z",
    "entry": ENTRY,
    "conflicts": [],
    "ended_on": None,
    "end_reason": None,
    "merged_into": None,
    "erased_at": None,
}


def _made_by_time(key: UUID) -> UUID:
    if not is_uuid7(key):
        raise ValueError("must be a UUIDv7")
    return key


RecordId = Annotated[
    UUID,
    AfterValidator(_made_by_time),
    WithJsonSchema(
        {
            "type": "string",
            "format": "uuid",
            "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
            "description": "The record's own UUIDv7, made by whoever collects it first",
        }
    ),
]


def storable(said: dict[str, Any]) -> dict[str, Any]:
    """Texts, numbers, yes or no, and positions: nothing deeper, nothing that can't be stored."""
    for name, value in said.items():
        parts = [*value, *value.values()] if isinstance(value, dict) else [value]
        if not all(map(_is_plain, [name, *parts])):
            raise ValueError("fields take texts, numbers, true or false, and positions")
    return said


def _is_plain(part: object) -> bool:
    if isinstance(part, str):
        clean = "\x00" not in part and not any("\ud800" <= letter <= "\udfff" for letter in part)
        return clean and len(part) <= LONGEST
    return part is None or (isinstance(part, bool | int | float) and abs(part) < LARGEST)


FieldValues = Annotated[
    dict[str, JsonValue],
    AfterValidator(storable),
    Field(
        max_length=MOST_FIELDS,
        description="By field of the form; null says that there is none, what is absent stays",
        examples=[FIELDS],
    ),
]
FormVersion = Annotated[int, Field(ge=1, le=1000)]
VersionNumber = Annotated[int, Field(ge=1, le=1_000_000)]


class PointIn(In):
    """Where the worker stood, WGS 84."""

    model_config = ConfigDict(json_schema_extra={"examples": [COLLECTED["position"]]})

    lon: Longitude
    lat: Latitude


class CollectionIn(In):
    """A record collected or changed at the door (INF-1)."""

    model_config = ConfigDict(json_schema_extra={"examples": [COLLECTED]})

    record_id: RecordId
    kind: RecordKind
    form_version: FormVersion = Field(description="Older versions are understood")
    base: VersionNumber | None = Field(
        default=None, description="The version that the author had before the eyes"
    )
    base_item: UUID | None = Field(
        default=None,
        description="In place of `base`: the item of the author's own edit, not yet answered",
    )
    fields: FieldValues
    position: PointIn | None = None
    submit: bool = Field(default=True, description="False: kept as a draft")
    reason: Paragraph | None = Field(default=None, description="Why it was changed")
    photos: Photos = Field(default_factory=list)
    paper: bool = Field(default=False, description="Written down on paper first")


class PaperIn(In):
    """A paper form that the station enters; it is marked as such (INF-1)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": RECORD,
                    "kind": "person",
                    "form_version": 2,
                    "grid_code": "510185001001001",
                    "worker_id": WORKER,
                    "collected_on": "2026-03-16",
                    "fields": FIELDS,
                    "photos": [],
                }
            ]
        }
    )

    id: RecordId
    kind: RecordKind
    form_version: FormVersion
    grid_code: GridCode
    worker_id: UUID = Field(description="Who collected it")
    collected_on: Day
    fields: FieldValues
    photos: Photos = Field(default_factory=list)


class CorrectionOfRecordIn(In):
    """What the administrator puts right; fields that are absent stay."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "form_version": 2,
                    "base": 1,
                    "fields": {"phone": "13800000002"},
                    "reason": "本人来电更正",
                }
            ]
        }
    )

    form_version: FormVersion
    base: VersionNumber = Field(description="The version that was looked at")
    fields: FieldValues
    reason: Paragraph


class RecordReasonIn(In):
    """Why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "缺门牌号，请补全"}]})

    reason: Paragraph


class RecordEndIn(In):
    """From which date on the record is no longer true, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ended_on": "2026-03-18", "reason": "搬离本社区"}]}
    )

    ended_on: Day
    reason: Paragraph


class EntryOut(Out):
    """Whether it was entered in time (INF-2)."""

    model_config = ConfigDict(json_schema_extra={"examples": [ENTRY]})

    verdict: EntryVerdict
    rule: str
    clause: str
    collected_on: date
    entered_on: date | None
    due_on: date


class RecordOut(Out):
    """A record with its sensitive fields masked; what is masked is revealed for a purpose.

    What says to which special group a person belongs is not even masked here: it is absent.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [SHOWN]})

    id: UUID
    kind: RecordKind
    community_code: str
    grid_code: str
    worker_id: UUID | None = Field(description="Who collected it first")
    state: RecordState
    return_reason: str | None
    version: int = Field(description="What the next edit goes on from")
    entered_version: int | None = Field(description="What was entered last")
    source: RecordSource = Field(description="How it came in: `paper` is a form that was typed in")
    fields: dict[str, Any]
    photos: list[str]
    missing_photos: list[str]
    collected_at: datetime
    submitted_at: datetime | None
    entered_at: datetime | None = Field(description="When it was entered first")
    entry: EntryOut
    conflicts: list[UUID] = Field(description="Those that wait for the administrator")
    ended_on: date | None
    end_reason: str | None
    merged_into: UUID | None
    erased_at: datetime | None


class RecordPage(Out):
    """Some records, by key."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [SHOWN], "next_cursor": None}]}
    )

    items: list[RecordOut]
    next_cursor: str | None


VERSION: Example = {
    "number": 2,
    "base": 1,
    "form_version": 1,
    "source": "handset",
    "stands": True,
    "entered": False,
    "reason": "更换电话",
    "changed": ["phone"],
    "account_id": ACCOUNT,
    "account_name": "王网格",
    "captured_at": "2026-03-19T02:10:00Z",
    "received_at": "2026-03-19T02:10:05Z",
    "photos": [],
}


class VersionOut(Out):
    """One change: who, when, why, and which fields."""

    model_config = ConfigDict(json_schema_extra={"examples": [VERSION]})

    number: int
    base: int | None
    form_version: int = Field(description="As it was sent")
    source: RecordSource
    stands: bool = Field(description="False: a proposal that is laid before the administrator")
    entered: bool = Field(description="Whether this is the version that was entered last")
    reason: str | None
    changed: list[str] = Field(description="The fields that say something else than in its base")
    account_id: UUID
    account_name: str
    captured_at: datetime
    received_at: datetime
    photos: list[str]


class VersionPage(Out):
    """All versions of a record, oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [VERSION]}]})

    items: list[VersionOut]
