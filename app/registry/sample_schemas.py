"""How draws, blind checks and figures of accuracy are spoken (INF-3)."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.kit.schema import In, Out, Paragraph, UnitCode
from app.registry.fields import FieldType
from app.registry.schemas import FieldValues
from app.rules.accuracy import Reached
from app.rules.information import CheckResult, RecordKind

MOST_DRAWN = 500


class SampleIn(In):
    """How many to draw of which records; which ones, the system decides."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"unit": "510185001001", "kind": "person", "size": 50}]}
    )

    unit: UnitCode
    kind: RecordKind | None = Field(default=None, description="Of every kind without it")
    size: Annotated[int, Field(ge=1, le=MOST_DRAWN)]


class SampleOut(Out):
    """A draw, and how far its checks are."""

    id: UUID
    unit_code: str
    kind: RecordKind | None
    size: int = Field(description="As many as were asked for")
    drawn: int = Field(description="As many as there were to draw, at most the size")
    population: int
    population_digest: str
    seed: str
    drawn_by: UUID
    drawn_at: datetime
    day: date
    correct: int
    wrong: int
    not_found: int
    gone: int = Field(description="Erased or merged since the draw, before a check")
    open: int


class SamplePage(Out):
    """Some draws, latest first."""

    items: list[SampleOut]
    next_cursor: str | None


class ProofOut(Out):
    """What anybody needs to repeat a draw, and whether it repeats now."""

    sample_id: UUID
    unit_code: str
    kind: RecordKind | None
    drawn_at: datetime
    seed: str
    size: int
    population: int
    population_digest: str
    population_at: str = Field(description="Where the population is, as a file")
    algorithm_zh: str
    algorithm_en: str
    drawn: list[UUID] = Field(description="The records drawn, in order")
    digest_matches: bool
    repeats: bool


class ChoiceOut(Out):
    """One of the values of a field."""

    value: str
    zh: str
    en: str


class AskedField(Out):
    """A field that the checker asks for at the door."""

    name: str
    type: FieldType
    zh: str
    en: str
    required: bool
    choices: list[ChoiceOut]


class WhereOut(Out):
    """What is needed to find the door, and no more."""

    address: str | None
    name_begins: str | None = Field(description="The first sign of the name")
    lon: float | None
    lat: float | None


class ItemOut(Out):
    """A record drawn, without what is recorded of it."""

    place: int = Field(description="Its place in the draw, from 1")
    kind: RecordKind
    grid_code: str
    where: WhereOut | None = Field(description="None once it is checked or gone")
    asked: list[AskedField]
    gone: bool = Field(description="Erased or merged since the draw: it drops out")
    result: CheckResult | None
    wrong_fields: list[str] | None
    checked_by: UUID | None
    checked_at: datetime | None


class ItemPage(Out):
    """Some items of a draw, in order."""

    items: list[ItemOut]
    next_cursor: str | None


class SampleCheckIn(In):
    """What was found at the door: values by field (null: there is none), or that nothing was."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"found": {"name": "王某某", "residence": "floating", "phone": None}},
                {"not_found": True, "note": "该地址无此户"},
            ]
        }
    )

    found: FieldValues | None = None
    not_found: bool = False
    note: Paragraph | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if self.not_found == (self.found is not None):
            raise ValueError("say either what was found or that nothing was")
        if self.not_found and self.note is None:
            raise ValueError("a note is needed where nothing was found")
        return self


class ComparedField(Out):
    """A field as recorded and as found."""

    field: str
    recorded: Any
    found: Any
    same: bool


class SampleCheckOut(Out):
    """What a check came to; only now both values are shown."""

    sample_id: UUID
    place: int
    record_id: UUID
    version: int
    result: CheckResult
    wrong_fields: list[str]
    fields: list[ComparedField]
    checked_by: UUID
    checked_at: datetime
    rule: str
    clause: str


class AccuracyRow(Out):
    """The share of correct records among those checked, of a unit or a kind."""

    unit_code: str | None
    kind: RecordKind | None
    checked: int
    correct: int
    wrong: int
    not_found: int
    accuracy: float | None = Field(description="Correct of checked; none if nothing was")
    low: float = Field(description="The 95 % interval of the share of all (Wilson)")
    high: float
    asked_percent: int
    enough: bool = Field(description="Whether anything was checked at all")
    verdict: Reached
    rule: str
    clause: str


class AccuracyOut(Out):
    """Accuracy over a span of dates of checks."""

    first_day: date
    last_day: date
    items: list[AccuracyRow]
