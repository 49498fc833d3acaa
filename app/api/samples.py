"""Sampled, blind checks of accuracy (INF-3)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field, model_validator

from app.api.attendance_queries import OfUnit
from app.api.city_queries import Paged
from app.api.deps import AccuracyReader, Db, Now, Reads, SamplesChecker, SamplesWriter
from app.api.export import CSV, FILES, Columns, Format, as_asked
from app.api.problems import refusals
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day, In, UnitCode
from app.registry import accuracy, sample_checks, samples
from app.registry.sample_refusals import (
    AlreadyChecked,
    CheckerIsAuthor,
    FoundIncomplete,
    FoundUnacceptable,
    ItemErased,
    NotBlind,
    NothingToDraw,
)
from app.registry.sample_schemas import (
    AccuracyOut,
    ItemPage,
    ProofOut,
    SampleCheckIn,
    SampleCheckOut,
    SampleIn,
    SampleOut,
    SamplePage,
)

router = APIRouter(prefix="/v1", tags=["accuracy"])
Place = Annotated[int, Path(ge=1, le=500, description="Its place in the draw, from 1")]
SAMPLE_COLUMNS: Columns = {
    "drawn_at": ("抽样时间", "Drawn at"),
    "unit_code": ("单位编码", "Unit"),
    "kind": ("类别", "Kind"),
    "population": ("总体数", "Population"),
    "drawn": ("样本数", "Drawn"),
    "correct": ("准确", "Correct"),
    "wrong": ("有误", "Wrong"),
    "not_found": ("查无", "Not found"),
    "gone": ("已删除或合并", "Gone"),
    "open": ("待核查", "Open"),
    "id": ("编号", "Key"),
}
ACCURACY_COLUMNS: Columns = {
    "unit_code": ("单位编码", "Unit"),
    "kind": ("类别", "Kind"),
    "checked": ("核查数", "Checked"),
    "correct": ("准确数", "Correct"),
    "wrong": ("有误数", "Wrong"),
    "not_found": ("查无数", "Not found"),
    "accuracy": ("准确率", "Accuracy"),
    "low": ("95%区间下限", "Low end of the 95 % interval"),
    "high": ("95%区间上限", "High end of the 95 % interval"),
    "asked_percent": ("要求（%）", "Asked, in percent"),
    "verdict": ("结论", "Verdict"),
    "clause": ("条款", "Clause"),
}


class AccuracyAsked(In):
    """Figures of which unit and span, told apart by what."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    first: Day = Field(alias="from", description="The first date of checks")
    last: Day = Field(alias="to", description="The last date of checks")
    by: accuracy.AccuracyBy = accuracy.AccuracyBy.UNIT
    format: Format = Field(default="json", description="JSON, or a file that a spreadsheet opens")

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last date."""
        return self.first, self.last

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.last < self.first:
            raise ValueError("must not end before it begins")
        return self


@router.post(
    "/samples",
    status_code=201,
    response_model=SampleOut,
    responses=refusals(NotFound, NothingToDraw),
)
def draw_sample(db: Db, asker: SamplesWriter, now: Now, body: SampleIn) -> SampleOut:
    """Draw entered records at random; the system chooses, nobody adds or removes (INF-3)."""
    return samples.sample_out(db, samples.draw_sample(db, asker, body, now))


@router.get(
    "/samples", response_model=SamplePage, responses={**refusals(BadCursor, NotFound), **FILES}
)
def list_samples(
    db: Db, asker: AccuracyReader, reads: Reads, asked: Annotated[OfUnit, Query()]
) -> SamplePage | Response:
    """The draws of a unit, latest first, with how far their checks are."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = samples.samples_under(db, unit, asked.page)
    return as_asked(page, SAMPLE_COLUMNS, asked.format, "samples", reads)


@router.get("/samples/{id}", response_model=SampleOut, responses=refusals(NotFound))
def read_sample(db: Db, asker: AccuracyReader, id: UUID) -> SampleOut:
    """One draw."""
    return samples.sample_out(db, samples.sample_of(db, asker, id))


@router.get("/samples/{id}/proof", response_model=ProofOut, responses=refusals(NotFound))
def read_proof(db: Db, asker: AccuracyReader, id: UUID) -> ProofOut:
    """How the draw was made, so that anybody can repeat it, and whether it repeats now (INF-3)."""
    return samples.proof_of(db, samples.sample_of(db, asker, id))


@router.get(
    "/samples/{id}/population",
    response_class=Response,
    responses={
        **refusals(NotFound),
        200: {"content": {CSV: {"schema": {"type": "string"}}}},
    },
)
def read_population(db: Db, asker: AccuracyReader, id: UUID) -> Response:
    """The population of a draw as a file `record,version`, whose SHA-256 is the proof's digest."""
    sample = samples.sample_of(db, asker, id)
    return Response(
        samples.population_file(sample),
        media_type=CSV,
        headers={
            "Content-Disposition": f'attachment; filename="population-{sample.id}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


@router.get("/samples/{id}/items", response_model=ItemPage, responses=refusals(BadCursor, NotFound))
def list_items(
    db: Db, asker: SamplesChecker, id: UUID, asked: Annotated[Paged, Query()]
) -> ItemPage:
    """What to check and where, without what is recorded; each address shown is logged (INF-3)."""
    return sample_checks.items_of(db, asker, samples.sample_of(db, asker, id), asked.page)


@router.post(
    "/samples/{id}/items/{place}/check",
    status_code=201,
    response_model=SampleCheckOut,
    responses=refusals(
        NotFound,
        AlreadyChecked,
        ItemErased,
        CheckerIsAuthor,
        NotBlind,
        FoundIncomplete,
        FoundUnacceptable,
    ),
)
def check_item(
    db: Db, asker: SamplesChecker, now: Now, id: UUID, place: Place, body: SampleCheckIn
) -> SampleCheckOut:
    """Say what was found at the door; only then both values are shown, field by field (INF-3)."""
    sample = samples.sample_of(db, asker, id)
    return sample_checks.check_item(db, asker, sample, place, body, now)


@router.get("/accuracy", response_model=AccuracyOut, responses={**refusals(NotFound), **FILES})
def read_accuracy(
    db: Db, asker: AccuracyReader, reads: Reads, asked: Annotated[AccuracyAsked, Query()]
) -> AccuracyOut | Response:
    """Correct of checked over a span, with the 95 % interval and the verdict of 四(二)5."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    found = accuracy.accuracy(db, unit, asked.span, asked.by)
    return as_asked(found, ACCURACY_COLUMNS, asked.format, "accuracy", reads)
