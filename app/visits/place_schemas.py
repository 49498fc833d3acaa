"""How visit places and their targets are spoken (VIS-6)."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from app.kit.schema import Crs, Day, GridCode, In, Latitude, Line, Longitude, MadeId, Out
from app.rules.coordinates import ReferenceSystem, position_to_wgs84
from app.rules.geodesy import Position
from app.rules.visits import EndReason, VisitKind

PLACE = "0199d2f0-3c00-7a01-8b02-000000000011"
TARGET = "0199d2f0-3c00-7a01-8b02-000000000012"
GRID = "510185001001001"
WHERE: dict[str, Any] = {"lon": 104.5472, "lat": 30.411}
TARGET_ASKED: dict[str, Any] = {"kind": "rental", "first_day": "2026-03-16"}
TARGET_SHOWN: dict[str, Any] = {
    "id": TARGET,
    "place_id": PLACE,
    **TARGET_ASKED,
    "last_day": None,
    "end_reason": None,
}
LOCATION_SHOWN: dict[str, Any] = {
    "grid_code": GRID,
    "label": "和平路 12 号 3 单元 502 室",
    **WHERE,
    "first_day": "2026-03-16",
    "last_day": None,
}
PLACE_SHOWN: dict[str, Any] = {
    "id": PLACE,
    **LOCATION_SHOWN,
    "kinds": ["rental"],
    "targets": [TARGET_SHOWN],
}


class Pointed(In):
    """A body with a point."""

    lon: Longitude = Field(description="Degrees east")
    lat: Latitude = Field(description="Degrees north")
    crs: Crs = Field(default="wgs84", description="Reference system; stored as WGS 84")

    def point(self) -> Position:
        """In WGS 84, whatever it came in."""
        return position_to_wgs84(Position(self.lon, self.lat), ReferenceSystem[self.crs.upper()])


class TargetIn(In):
    """A kind of visits that are owed from a date on."""

    model_config = ConfigDict(json_schema_extra={"examples": [TARGET_ASKED]})

    kind: VisitKind
    first_day: Day


def _each_kind_once(targets: list[TargetIn]) -> list[TargetIn]:
    if len({target.kind for target in targets}) < len(targets):
        raise ValueError("each kind once")
    return targets


class PlaceIn(Pointed):
    """A household or guard post, and what it owes; its grid is the one that holds the point."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": PLACE,
                    "label": "和平路 12 号 3 单元 502 室",
                    **WHERE,
                    "crs": "wgs84",
                    "targets": [TARGET_ASKED],
                }
            ]
        }
    )

    id: MadeId | None = None
    label: Line
    grid_code: GridCode | None = Field(
        default=None, description="Needed only for a point that lies in no grid"
    )
    targets: Annotated[
        list[TargetIn], Field(min_length=1, max_length=5), AfterValidator(_each_kind_once)
    ]


class PlaceLabelIn(In):
    """What a place is called."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"label": "和平路 12 号"}]})

    label: Line


class PlaceMoveIn(Pointed):
    """Where a place is from a date on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**WHERE, "first_day": "2026-04-01"}]}
    )

    first_day: Day
    grid_code: GridCode | None = Field(
        default=None, description="Needed only for a point that lies in no grid"
    )


class TargetEndIn(In):
    """The last date on which there is somebody to visit, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"last_day": "2026-03-31", "reason": "moved_away"}]}
    )

    last_day: Day
    reason: EndReason


class TargetOut(Out):
    """A target and its life; both dates are included."""

    model_config = ConfigDict(json_schema_extra={"examples": [TARGET_SHOWN]})

    id: UUID
    place_id: UUID
    kind: VisitKind
    first_day: date
    last_day: date | None
    end_reason: EndReason | None


class LocationOut(Out):
    """Where a place is from a first to a last date, WGS 84; both dates are included."""

    grid_code: str
    label: str
    lon: float
    lat: float
    first_day: date
    last_day: date | None


class PlaceOut(LocationOut):
    """A visit place on a date, with the targets that live then or later."""

    model_config = ConfigDict(json_schema_extra={"examples": [PLACE_SHOWN]})

    id: UUID
    kinds: list[VisitKind] = Field(description="What it owes on the date")
    targets: list[TargetOut]


class PlaceHistoryOut(PlaceOut):
    """A visit place with everything that was and will be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                PLACE_SHOWN | {"locations": [LOCATION_SHOWN], "created_at": "2026-03-16T02:10:00Z"}
            ]
        }
    )

    locations: list[LocationOut]
    created_at: datetime


class PlacePage(Out):
    """Some visit places, by key."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [PLACE_SHOWN], "next_cursor": None}]}
    )

    items: list[PlaceOut]
    next_cursor: str | None


class HeldTargetOut(Out):
    """A target as a handset holds it; both dates are included."""

    id: UUID
    kind: VisitKind
    first_day: date
    last_day: date | None


class HeldWhereOut(Out):
    """Where a place is from a date on, WGS 84."""

    first_day: date
    grid_code: str
    label: str
    lon: float
    lat: float


class HeldPlaceOut(HeldWhereOut):
    """A visit place as a handset holds it: the body of a `visit_place` change."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": PLACE,
                    "first_day": "2026-03-16",
                    "grid_code": GRID,
                    "label": "和平路 12 号 3 单元 502 室",
                    **WHERE,
                    "moves": [],
                    "targets": [
                        {
                            "id": TARGET,
                            "kind": "rental",
                            "first_day": "2026-03-16",
                            "last_day": None,
                        }
                    ],
                }
            ]
        }
    )

    id: UUID
    moves: list[HeldWhereOut] = Field(description="Where it will be, from later dates on")
    targets: list[HeldTargetOut]


class HeldPlacesPage(Out):
    """Some places of the worker's grids, by key."""

    items: list[HeldPlaceOut]
    next_cursor: str | None
