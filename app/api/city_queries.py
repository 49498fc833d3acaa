"""What the city's lists can be asked for."""

from typing import Literal

from pydantic import Field

from app.api.export import Format
from app.kit.schema import Day, In, Line, UnitCode
from app.rules.divisions import UnitTier


class Paged(In):
    """A page of a list."""

    cursor: str | None = Field(
        default=None, max_length=400, description="`next_cursor` of the page before"
    )
    limit: int = Field(default=100, ge=1, le=500, description="How many rows at most")

    @property
    def page(self) -> tuple[str | None, int]:
        """Cursor and limit together."""
        return self.cursor, self.limit


class Listed(Paged):
    """A page of a list, or a file of it."""

    format: Format = Field(default="json", description="JSON, or a file that a spreadsheet opens")


class UnitsAsked(Listed):
    """Which units."""

    parent: UnitCode | None = Field(default=None, description="The unit directly above")
    tier: UnitTier | None = None
    q: Line | None = Field(default=None, description="Part of a name, or how a code begins")


class GridsAsked(Paged):
    """Which grids."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    on: Day | None = Field(default=None, description="A civil date; today without it")


class VacanciesAsked(Listed):
    """Vacancies of which date."""

    on: Day | None = Field(default=None, description="A civil date; today without it")


class WorkersAsked(Listed):
    """Which workers."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    on: Day | None = Field(default=None, description="A civil date; today without it")
    level: Literal["1", "2", "3"] | None = Field(default=None, description="Of the three levels")
    q: Line | None = Field(default=None, description="Part of a name, or how a phone begins")
