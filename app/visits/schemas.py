"""How visits are spoken (VIS-1 to VIS-5)."""

from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from app.kit.schema import In, Latitude, Line, Longitude, Metres, Paragraph
from app.rules.visits import VisitKind


class VisitIn(In):
    """A visit: its kind, where, and what there is to say; a position only as a whole."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "property_guard",
                    "place": "东城印象小区物业",
                    "lon": 104.5472,
                    "lat": 30.411,
                    "accuracy_m": 9,
                    "note": "消防通道畅通",
                }
            ]
        }
    )

    kind: VisitKind
    place: Line
    lon: Longitude | None = None
    lat: Latitude | None = None
    accuracy_m: Metres | None = Field(default=None, description="Metres")
    note: Paragraph | Literal[""] = ""

    @model_validator(mode="after")
    def _whole_position(self) -> "VisitIn":
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat come together")
        return self
