"""Cards, extensions and withdrawals (EVT-3)."""

from calendar import monthrange
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.city_queries import Paged
from app.api.deps import Db, EventsReader, Me, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import refusals
from app.incidents import card_lists
from app.incidents.card_lists import CardsWanted, ExtensionsWanted
from app.incidents.card_refusals import CardsRangeWrong
from app.incidents.card_schemas import ExtensionRequestPage, IncidentCardOut, IncidentCardPage
from app.incidents.doers import tier_of
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day
from app.rules.cards import CardOrigin, Colour
from app.rules.tiers import Tier

router = APIRouter(prefix="/v1", tags=["incidents"])
Month = Annotated[str, Field(pattern=r"^20[1-9][0-9]-(0[1-9]|1[0-2])$", examples=["2026-03"])]
CARD_COLUMNS: Columns = {
    "fell_at": ("亮牌时间", "Fell at"),
    "colour": ("颜色", "Colour"),
    "tier": ("层级", "Tier"),
    "unit_name": ("单位", "Unit"),
    "unit_code": ("单位代码", "Unit code"),
    "worker_name": ("网格员", "Worker"),
    "category": ("事件分类", "Category"),
    "severity": ("等级", "Severity"),
    "origin": ("来源", "Origin"),
    "because.due_at": ("应办结时间", "Due at"),
    "because.hours": ("时限（小时）", "Hours"),
    "because.extended_h": ("延期（小时）", "Extended by"),
    "because.arrived_at": ("到达时间", "Arrived at"),
    "questioned_because.why": ("存疑原因", "Questioned because"),
    "withdrawn_at": ("撤销时间", "Withdrawn at"),
    "ground.verdict": ("是否可追责", "Ground"),
    "clause": ("条款", "Clause"),
    "incident_id": ("事件编号", "Event"),
    "id": ("编号", "Key"),
}
EXTENSION_COLUMNS: Columns = {
    "asked_at": ("申请时间", "Asked at"),
    "tier": ("申请层级", "Asked by"),
    "unit_code": ("单位代码", "Unit code"),
    "hours": ("申请延期（小时）", "Hours asked for"),
    "due_at": ("应办结时间", "Due at"),
    "decided_at_tier": ("审批层级", "Decided by"),
    "decided_at": ("审批时间", "Decided at"),
    "granted": ("是否批准", "Granted"),
    "granted_h": ("批准延期（小时）", "Hours granted"),
    "category": ("事件分类", "Category"),
    "severity": ("等级", "Severity"),
    "incident_id": ("事件编号", "Event"),
}


class SpanAsked(Paged):
    """A month, or a span of dates."""

    month: Month | None = Field(default=None, description="Instead of `from` and `to`")
    from_: Day | None = Field(default=None, alias="from", description="Fell on or after")
    to: Day | None = Field(default=None, description="Fell on or before")

    @property
    def span(self) -> tuple[date | None, date | None]:
        """First and last date; raises CardsRangeWrong where both ways are used."""
        if self.month is None:
            return self.from_, self.to
        if self.from_ is not None or self.to is not None:
            raise CardsRangeWrong(month=self.month)
        year, month = map(int, self.month.split("-"))
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])


class IncidentCardsAsked(SpanAsked, OfUnit):
    """Which cards."""

    colour: Colour | None = None
    tier: Tier | None = Field(default=None, description="To which it belongs")
    worker: UUID | None = Field(default=None, description="To whom it belongs")
    origin: CardOrigin | None = Field(default=None, description="Whose clock drew it")
    questioned: bool | None = Field(default=None, description="Something speaks against it")
    standing: bool | None = Field(default=None, description="Not withdrawn")

    @property
    def wanted(self) -> CardsWanted:
        """As conditions."""
        first, last = self.span
        return CardsWanted(
            first=first,
            last=last,
            colour=self.colour,
            tier=self.tier,
            worker_id=self.worker,
            origin=self.origin,
            questioned=self.questioned,
            standing=self.standing,
        )


class ExtensionsAsked(OfUnit):
    """Which requests for more time."""

    waiting: bool | None = Field(default=None, description="Nobody has decided yet")
    ours: bool = Field(default=False, description="Only those that one's own tier decides")


@router.get(
    "/incident-cards",
    response_model=IncidentCardPage,
    responses=refusals(BadCursor, NotFound, CardsRangeWrong) | FILES,
)
def list_incident_cards(
    db: Db, asker: EventsReader, reads: Reads, asked: Annotated[IncidentCardsAsked, Query()]
) -> IncidentCardPage | Response:
    """The cards of a unit, the latest first, each with what it was drawn from (EVT-3); those of
    the grid tier with whether they are a ground that may be proposed (CON-B4)."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = card_lists.cards_of_unit(db, unit, asked.wanted, asked.page)
    return as_asked(page, CARD_COLUMNS, asked.format, "incident-cards", reads)


@router.get("/incident-cards/{id}", responses=refusals(NotFound))
def read_incident_card(db: Db, asker: EventsReader, id: UUID) -> IncidentCardOut:
    """One card."""
    return card_lists.card_of(db, asker, id)


@router.get("/me/incident-cards", responses=refusals(BadCursor, CardsRangeWrong))
def list_my_incident_cards(
    db: Db, asker: Me, asked: Annotated[SpanAsked, Query()]
) -> IncidentCardPage:
    """One's own cards, the latest first, with their grounds."""
    first, last = asked.span
    wanted = CardsWanted(first=first, last=last)
    return card_lists.cards_of_worker(db, asker.as_worker(), wanted, asked.page)


@router.get(
    "/extensions",
    response_model=ExtensionRequestPage,
    responses=refusals(BadCursor, NotFound) | FILES,
)
def list_extensions(
    db: Db, asker: EventsReader, reads: Reads, asked: Annotated[ExtensionsAsked, Query()]
) -> ExtensionRequestPage | Response:
    """Requests for more time within a unit, the latest first (EVT-3)."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    wanted = ExtensionsWanted(asked.waiting, tier_of(asker) if asked.ours else None)
    page = card_lists.extensions_of_unit(db, unit, wanted, asked.page)
    return as_asked(page, EXTENSION_COLUMNS, asked.format, "extensions", reads)
