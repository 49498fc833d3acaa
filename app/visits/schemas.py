"""How visits are spoken (VIS-1 to VIS-7)."""

from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer
from pydantic import model_validator as validated

from app.kit.schema import Crs, In, Latitude, Line, Longitude, Metres, Out, Paragraph, Photos
from app.rules.coordinates import ReferenceSystem, position_to_wgs84
from app.rules.geodesy import Position
from app.rules.visits import VisitKind, VisitManner, VisitOutcome, VisitVerdict

FIRST_FORM = frozenset({"kind", "place", "lon", "lat", "accuracy_m", "note"})
"""What the first form of a visit had: one that was sent in it is known again by just that."""

VISIT = "0199d2f0-3c00-7a01-8b02-000000000021"
PLACE = "0199d2f0-3c00-7a01-8b02-000000000011"
WORKER = "0199d2f0-0000-7000-8000-000000000002"
SENT: dict[str, Any] = {
    "place_id": PLACE,
    "manner": "on_site",
    "outcome": "met",
    "lon": 104.5472,
    "lat": 30.411,
    "accuracy_m": 9,
    "note": "消防通道畅通",
    "photos": [],
}
SHOWN: dict[str, Any] = {
    "id": VISIT,
    "worker_id": WORKER,
    "worker_name": "王网格",
    "day": "2026-03-18",
    "corrected_at": "2026-03-18T02:10:00Z",
    "received_at": "2026-03-18T02:10:04Z",
    "time_proven": True,
    "community_code": "510185001001",
    "grid_code": "510185001001001",
    "place_id": PLACE,
    "place": "和平路 12 号 3 单元 502 室",
    "kind": None,
    "manner": "on_site",
    "outcome": "met",
    "verdict": "counts",
    "distance_m": 14.2,
    "because": {"rule": "VIS-7", "clause": "三(一)1 “5”", "radius_m": 150},
    "lon": 104.5472,
    "lat": 30.411,
    "accuracy_m": 9,
    "mocked": False,
    "reason": None,
    "note": "消防通道畅通",
    "photos": [],
    "missing_photos": [],
}


class VisitIn(In):
    """A visit to a registered place, or to one that is not, which is then named by kind and place;
    a position only as a whole, and a reason for what was not at the door."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                SENT,
                {
                    "place_id": PLACE,
                    "manner": "met_elsewhere",
                    "reason": "在社区门口遇见，当面核对了信息",
                },
                {"kind": "property_guard", "place": "东城印象小区物业", "note": "消防通道畅通"},
            ]
        }
    )

    place_id: UUID | None = Field(default=None, description="A `visit_place` of the handset's")
    kind: VisitKind | None = Field(default=None, description="Of a place that is not registered")
    place: Line | None = Field(default=None, description="Of a place that is not registered")
    manner: VisitManner = VisitManner.ON_SITE
    outcome: VisitOutcome = VisitOutcome.MET
    reason: Paragraph | None = Field(
        default=None, description="Why it was not at the door; needed unless it was on site"
    )
    lon: Longitude | None = None
    lat: Latitude | None = None
    crs: Crs = Field(default="wgs84", description="Reference system; stored as WGS 84")
    accuracy_m: Metres | None = Field(default=None, description="Metres")
    mocked: bool = Field(default=False, description="The position came from a mocked provider")
    note: Paragraph | Literal[""] = ""
    photos: Photos = Field(default_factory=list)

    @validated(mode="after")
    def _whole(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat come together")
        if self.place_id is None and (self.kind is None or self.place is None):
            raise ValueError("a place_id, or kind and place")
        if self.manner is not VisitManner.ON_SITE and self.reason is None:
            raise ValueError("a reason is needed for what was not on site")
        elsewhere = self.manner is VisitManner.MET_ELSEWHERE
        if elsewhere and self.outcome is VisitOutcome.NOBODY_HOME:
            raise ValueError("who was met elsewhere was met")
        return self

    @model_serializer(mode="wrap")
    def _as_it_was_sent(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A visit in the first form is written as then, so that its repeat is a repeat."""
        known = FIRST_FORM | self.model_fields_set
        return {name: part for name, part in written(self).items() if name in known}

    def position(self) -> Position | None:
        """In WGS 84, whatever it came in."""
        if self.lon is None or self.lat is None:
            return None
        return position_to_wgs84(Position(self.lon, self.lat), ReferenceSystem[self.crs.upper()])


class VisitRow(Out):
    """A visit with its verdict at arrival; words and position are null once erased."""

    model_config = ConfigDict(json_schema_extra={"examples": [SHOWN]})

    id: UUID
    worker_id: UUID
    worker_name: str
    day: date
    corrected_at: datetime
    received_at: datetime
    time_proven: bool
    community_code: str
    grid_code: str
    place_id: UUID | None
    place: str | None = Field(description="As it was called on the date, or as the worker wrote")
    kind: VisitKind | None
    manner: VisitManner
    outcome: VisitOutcome
    verdict: VisitVerdict
    distance_m: float | None
    because: dict[str, Any]
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    mocked: bool
    reason: str | None
    note: str | None
    photos: list[str]
    missing_photos: list[str]


class VisitPage(Out):
    """Some visits, latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [SHOWN], "next_cursor": None}]}
    )

    items: list[VisitRow]
    next_cursor: str | None
