"""Categories and deadlines of events: the centre sets them from a date on."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from app.api.deps import Db, EventRulesWriter, Now, ParametersReader, Reads
from app.api.export import FILES, Columns, Format, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.db.models import DeadlinePolicy
from app.incidents import categories, policies
from app.incidents.act_schemas import CategoryCode
from app.incidents.card_refusals import (
    CategoryCodeUsed,
    CategoryEnded,
    CategoryEndsTooSoon,
    CategoryHasChildren,
    CategoryIsNeeded,
    CategoryParentUnfit,
    DeadlineCategoryUnknown,
)
from app.incidents.rule_schemas import (
    CategoryAddIn,
    CategoryChangeIn,
    CategoryEndIn,
    DeadlineDecidedOut,
    DeadlineIn,
    DeadlinesOut,
    IncidentCategoriesOut,
    IncidentCategoryOut,
)
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.kit.schema import Day, In
from app.people.city_refusals import EffectiveInThePast

router = APIRouter(prefix="/v1", tags=["incidents"])
CONSTRAINTS["pk_incident_category"] = CategoryCodeUsed
Code = Annotated[CategoryCode, Path()]
CATEGORY_COLUMNS: Columns = {
    "code": ("代码", "Code"),
    "parent_code": ("上级分类", "Parent"),
    "zh": ("名称", "Name in Chinese"),
    "en": ("英文名称", "Name in English"),
    "first_day": ("启用日期", "From"),
    "end": ("停用日期", "Until before"),
    "radius_m": ("查重半径（米）", "Duplicates within metres"),
    "within_h": ("查重时限（小时）", "Duplicates within hours"),
}
DEADLINE_COLUMNS: Columns = {
    "category": ("事件分类", "Category"),
    "severity": ("等级", "Severity"),
    "tier": ("层级", "Tier"),
    "hours": ("时限（小时）", "Hours"),
    "counted_in": ("计时方式", "Counted in"),
    "since": ("生效日期", "Since"),
}


class AsOfAsked(In):
    """As of which date, and in which form."""

    on: Day | None = Field(default=None, description="A civil date; today without it")
    format: Format = Field(default="json", description="JSON, or a file that a spreadsheet opens")


class CategoriesAsked(AsOfAsked):
    """Which categories."""

    ended: bool = Field(default=False, description="Also those that are not there on the date")


@router.get(
    "/incident-categories", response_model=IncidentCategoriesOut, responses=refusals() | FILES
)
def read_incident_categories(
    db: Db,
    asker: ParametersReader,
    now: Now,
    reads: Reads,
    asked: Annotated[CategoriesAsked, Query()],
) -> IncidentCategoriesOut | Response:
    """The category tree of events as of a date: what a report of that date may name (EVT-1)."""
    del asker
    found = categories.as_of(db, asked.on or civil_day(now), ended=asked.ended)
    return as_asked(found, CATEGORY_COLUMNS, asked.format, "incident-categories", reads)


@router.post(
    "/incident-categories",
    status_code=201,
    responses=refusals(EffectiveInThePast, CategoryCodeUsed, CategoryParentUnfit),
)
def add_incident_category(
    db: Db, asker: EventRulesWriter, now: Now, body: CategoryAddIn
) -> IncidentCategoryOut:
    """A new category from today or a later date on; a code is never used again."""
    return categories.category_out(categories.add(db, asker, body, now))


@router.patch("/incident-categories/{code}", responses=refusals(NotFound))
def change_incident_category(
    db: Db, asker: EventRulesWriter, code: Code, body: CategoryChangeIn
) -> IncidentCategoryOut:
    """Rename a category, or change how far duplicates are looked for; the audit has the former."""
    return categories.category_out(categories.change(db, asker, code, body))


@router.post(
    "/incident-categories/{code}/end",
    responses=refusals(
        NotFound, CategoryEnded, CategoryEndsTooSoon, CategoryHasChildren, CategoryIsNeeded
    ),
)
def end_incident_category(
    db: Db, asker: EventRulesWriter, now: Now, code: Code, body: CategoryEndIn
) -> IncidentCategoryOut:
    """A category is no longer there from a date on; events of its days keep it."""
    return categories.category_out(categories.end(db, asker, code, body, now))


@router.get("/deadlines", response_model=DeadlinesOut, responses=refusals() | FILES)
def read_deadlines(
    db: Db, asker: ParametersReader, now: Now, reads: Reads, asked: Annotated[AsOfAsked, Query()]
) -> DeadlinesOut | Response:
    """The hours that each tier may hold events, as of a date, with every decision (EVT-3)."""
    del asker
    found = policies.as_of(db, asked.on or civil_day(now))
    return as_asked(found, DEADLINE_COLUMNS, asked.format, "deadlines", reads)


@router.post(
    "/deadlines",
    status_code=201,
    response_model=DeadlineDecidedOut,
    responses=refusals(EffectiveInThePast, DeadlineCategoryUnknown),
)
def supersede_deadline(
    db: Db, asker: EventRulesWriter, now: Now, body: DeadlineIn
) -> DeadlinePolicy:
    """New hours from today or a later date on; open holds of today are computed anew (EVT-3)."""
    return policies.supersede(db, asker, body, now)
