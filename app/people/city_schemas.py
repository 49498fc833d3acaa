"""How the city's registers speak: units, boundaries, stations, workers, calendar, parameters."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.kit.schema import (
    CommunityCode,
    Day,
    GridCode,
    In,
    Latitude,
    Line,
    Longitude,
    Out,
    Paragraph,
    Phone,
    UnitCode,
)
from app.rules.corps import RosterCategory
from app.rules.divisions import UnitTier
from app.rules.duty import DutyChange, Employment

Position = tuple[Longitude, Latitude] | tuple[Longitude, Latitude, float]
Ring = Annotated[list[Position], Field(min_length=4, max_length=20_000)]
Rings = Annotated[list[Ring], Field(min_length=1, max_length=200)]
SQUARE = [[[104.547, 30.411], [104.551, 30.411], [104.551, 30.415], [104.547, 30.411]]]


class PolygonIn(In):
    """A GeoJSON polygon in WGS 84 degrees: an outer ring, then holes."""

    type: Literal["Polygon"]
    coordinates: Rings


class MultiPolygonIn(In):
    """A GeoJSON multi-polygon in WGS 84 degrees."""

    type: Literal["MultiPolygon"]
    coordinates: Annotated[list[Rings], Field(min_length=1, max_length=200)]


Geometry = Annotated[PolygonIn | MultiPolygonIn, Field(discriminator="type")]


class GeometryOut(Out):
    """A GeoJSON geometry."""

    type: Literal["Polygon", "MultiPolygon", "Point"]
    coordinates: list[Any]


class DivisionOut(Out):
    """A unit; its code is its key, its subtree a prefix."""

    model_config = ConfigDict(
        from_attributes=True,
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "code": "510185001001",
                    "tier": "community",
                    "name": "大石社区",
                    "parent_code": "510185001",
                }
            ]
        },
    )

    code: str
    tier: UnitTier
    name: str
    parent_code: str | None


class UnitPage(Out):
    """Units in the order of their codes."""

    items: list[DivisionOut]
    next_cursor: str | None


class UnitIn(In):
    """A unit's new name."""

    name: Line = Field(examples=["大石社区第1网格"])


class BoundaryProperties(Out):
    """What a boundary says of itself."""

    code: str
    name: str
    tier: UnitTier
    boundary: int = Field(description="The version's number")
    valid_from: date
    valid_to: date | None = Field(description="The first date that is no longer covered")
    source: str
    invented: bool = Field(description="Demo data: no real boundary")


class BoundaryFeature(Out):
    """A boundary as a GeoJSON feature in WGS 84."""

    type: Literal["Feature"]
    id: str
    properties: BoundaryProperties
    geometry: GeometryOut


class BoundaryPage(Out):
    """Boundaries as a GeoJSON feature collection."""

    type: Literal["FeatureCollection"]
    features: list[BoundaryFeature]
    next_cursor: str | None


class BoundaryIn(In):
    """A boundary from a date on that is not in the past."""

    first_day: Day = Field(alias="from", examples=["2026-12-01"])
    geometry: Geometry = Field(examples=[{"type": "Polygon", "coordinates": SQUARE}])


class GridIn(BoundaryIn):
    """A new grid; its code is the next of its community."""

    community: CommunityCode = Field(examples=["510185001001"])
    name: Line = Field(examples=["大石社区第4网格"])


class EndIn(In):
    """The first date on which it is no more."""

    end: Day = Field(examples=["2026-12-01"])


class StationIn(In):
    """A station's name and place (WGS 84) from a date on."""

    name: Line = Field(examples=["大石社区网格化服务管理站"])
    lon: Longitude = Field(examples=[104.547])
    lat: Latitude = Field(examples=[30.411])
    first_day: Day = Field(alias="from", examples=["2026-12-01"])


class StationOut(Out):
    """Where a community's workers sign in."""

    community: str
    name: str
    lon: float
    lat: float
    valid_from: date
    valid_to: date | None


class VacancyOut(Out):
    """A grid without a first responsible worker."""

    code: str
    name: str
    community: str
    rule: str
    clause: str


class VacancyPage(Out):
    """Vacant grids in the order of their codes."""

    items: list[VacancyOut]
    next_cursor: str | None


class PostIn(In):
    """A post at a community's station from a date on."""

    community: CommunityCode = Field(examples=["510185001001"])
    employment: Employment | None = Field(
        default=None, description="Of level 1 only", examples=["full_time"]
    )
    first_day: Day = Field(alias="from", examples=["2026-12-01"])


class WorkerIn(PostIn):
    """A new worker with a first post."""

    name: Line = Field(examples=["王建军"])
    phone: Phone | None = Field(default=None, examples=["19900000001"])
    level: Literal[1, 2, 3] = Field(examples=[1])
    category: RosterCategory | None = Field(
        default=None, description="Of levels 2 and 3 only", examples=[None]
    )


class WorkerChange(In):
    """What changes of a worker; at least one of the two."""

    name: Line | None = Field(default=None, examples=["王建军"])
    phone: Phone | None = Field(default=None, examples=["19900000001"])

    @model_validator(mode="after")
    def says_something(self) -> "WorkerChange":
        """A change changes something; a name is never taken away."""
        if not self.model_fields_set:
            raise ValueError("give name, phone or both")
        if "name" in self.model_fields_set and self.name is None:
            raise ValueError("a worker has a name")
        return self


class AssignmentIn(In):
    """A grid for a worker over a span of dates."""

    grid: GridCode = Field(examples=["510185001001001"])
    first_responsible: bool = Field(examples=[True])
    first_day: Day = Field(alias="from", examples=["2026-12-01"])
    end: Day | None = Field(default=None, alias="to", description="First date no longer held")


class PostOut(Out):
    """A post over a span of dates."""

    id: UUID
    community: str
    employment: Employment | None
    valid_from: date
    valid_to: date | None


class AssignmentOut(Out):
    """A grid held over a span of dates."""

    id: UUID
    worker: UUID
    grid: str
    first_responsible: bool
    valid_from: date
    valid_to: date | None


class WorkerOut(Out):
    """A worker at a post."""

    id: UUID
    name: str
    phone: str | None
    level: int
    category: RosterCategory | None
    community: str
    employment: Employment | None


class WorkerPage(Out):
    """Workers by community."""

    items: list[WorkerOut]
    next_cursor: str | None


class WorkerHistory(Out):
    """A worker with all posts and assignments."""

    id: UUID
    name: str
    phone: str | None
    level: int
    category: RosterCategory | None
    posts: list[PostOut]
    assignments: list[AssignmentOut]


class DecisionIn(In):
    """The centre's word on a date."""

    day: Day = Field(examples=["2026-12-05"])
    unit: UnitCode = Field(examples=["510185"])
    change: DutyChange = Field(examples=["declared"])
    reason: Paragraph = Field(examples=["重点时段安保"])


class DecisionOut(Out):
    """A decision on a date."""

    day: date
    unit_code: str
    change: DutyChange
    reason: str
    decided_at: datetime


class DutyDateOut(Out):
    """A date, whether it is a duty date, and what made it so."""

    day: date
    on_duty: bool
    by: str = Field(examples=["national_calendar"])
    clause: str
    national: bool = Field(description="Whether the national calendar works on the date")
    published: bool = Field(description="False: beyond the published calendar, weekdays count")
    decisions: list[DecisionOut]


class DutyCalendarOut(Out):
    """The duty calendar of a unit over a span."""

    unit: str
    items: list[DutyDateOut]


class NationalDay(In):
    """A date of the national calendar."""

    day: Day = Field(examples=["2027-01-01"])
    working: bool = Field(examples=[False])


class NationalIn(In):
    """What the State Council published for a year."""

    days: list[NationalDay] = Field(min_length=1, max_length=400)


class NationalOut(Out):
    """How many dates were entered."""

    entered: int


class ValueIn(In):
    """A value that supersedes from a date on."""

    name: Line = Field(examples=["station_radius_m"])
    value: Annotated[float, Field(strict=True)] | Annotated[Line, Field(max_length=40)] = Field(
        examples=[250]
    )
    effective_from: Day = Field(examples=["2026-12-01"])
    reason: Paragraph = Field(examples=["山区站点定位误差较大"])


class ValueOut(Out):
    """One row of a parameter's history."""

    value: float | str
    effective_from: date
    reason: str
    decided_at: datetime


class ParameterInForce(Out):
    """A parameter as of a date."""

    name: str
    label: str
    value: float | str
    default: float | str
    unit: str
    minimum: float | str
    maximum: float | str
    rule: str
    since: date | None = Field(description="None: the default holds")
    history: list[ValueOut]


class ParametersOut(Out):
    """Every parameter as of a date."""

    on: date
    items: list[ParameterInForce]
