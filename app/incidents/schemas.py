"""How events are spoken (EVT-1)."""

from pydantic import ConfigDict, Field

from app.kit.schema import In, Latitude, Longitude, Metres, Paragraph
from app.rules.field_records import IncidentCategory, Severity


class IncidentIn(In):
    """An event in the grid: what, how grave, where."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "category": "public_safety",
                    "severity": "general",
                    "lon": 104.5472,
                    "lat": 30.411,
                    "accuracy_m": 9,
                    "description": "路灯损坏两盏",
                }
            ]
        }
    )

    category: IncidentCategory
    severity: Severity = Severity.GENERAL
    lon: Longitude
    lat: Latitude
    accuracy_m: Metres | None = Field(default=None, description="Metres")
    description: Paragraph
