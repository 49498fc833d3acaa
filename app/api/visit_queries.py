"""What the lists of visit places and visits can be asked for."""

from uuid import UUID

from pydantic import Field

from app.api.city_queries import Listed, Paged
from app.kit.schema import Day, GridCode, UnitCode
from app.rules.visits import VisitKind, VisitVerdict


class PlacesAsked(Listed):
    """Which visit places."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    kind: VisitKind | None = Field(default=None, description="That owe this kind on the date")
    day: Day | None = Field(default=None, description="A civil date; today without it")


class MyPlacesAsked(Paged):
    """Which places of one's own grids."""

    grid: GridCode | None = Field(default=None, description="All that one holds without it")


class MyVisitsAsked(Paged):
    """One's own visits of which dates."""

    first: Day = Field(alias="from", description="The first date", examples=["2026-03-02"])
    last: Day = Field(alias="to", description="The last date, at most 92 dates in all")


class VisitsAsked(Listed):
    """Which visits."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    first: Day = Field(alias="from", description="The first date", examples=["2026-03-02"])
    last: Day = Field(alias="to", description="The last date, at most 92 dates in all")
    worker: UUID | None = None
    place: UUID | None = None
    verdict: VisitVerdict | None = None
