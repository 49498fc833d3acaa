"""How events are reported (EVT-1, EVT-2)."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import (
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)

from app.incidents.act_schemas import CategoryCode
from app.kit.schema import In, Latitude, Line, Longitude, Metres, Paragraph, Photos
from app.rules.field_records import Severity
from app.rules.incidents import Reporter

ContactPhone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{4,19}$")]
LATER: Mapping[str, object] = {
    "reporter": "worker",
    "contact": None,
    "straight_to_centre": False,
    "photos": [],
}
"""What reports of an earlier release don't say, as it was meant."""


class ContactIn(In):
    """Who told the worker, for the follow-up: encrypted, and erased when its term ends."""

    name: Line
    phone: ContactPhone | None = None


class IncidentIn(In):
    """An event in the grid: what, how grave, where, and who told of it."""

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
                },
                {
                    "category": "emergency",
                    "severity": "major",
                    "lon": 104.5472,
                    "lat": 30.411,
                    "description": "沿街商铺起火",
                    "reporter": "resident",
                    "contact": {"name": "李秀英", "phone": "13800000001"},
                    "straight_to_centre": True,
                },
            ]
        }
    )

    category: CategoryCode
    severity: Severity = Severity.GENERAL
    lon: Longitude
    lat: Latitude
    accuracy_m: Metres | None = Field(default=None, description="Metres")
    description: Paragraph
    reporter: Reporter = Reporter.WORKER
    contact: ContactIn | None = Field(
        default=None, description="With `reporter` resident or organisation"
    )
    straight_to_centre: bool = Field(
        default=False, description="A major event: the centre holds it at once too"
    )
    photos: Photos = Field(default_factory=list)

    @model_validator(mode="after")
    def _says_what_fits(self) -> Self:
        if self.contact is not None and self.reporter is Reporter.WORKER:
            raise ValueError("a contact comes with a reporter who is not the worker")
        if self.straight_to_centre and self.severity is not Severity.MAJOR:
            raise ValueError("only a major event goes straight to the centre")
        return self

    @model_serializer(mode="wrap")
    def _as_it_was_said(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A report of an earlier release that is sent again is known again by its content."""
        said: dict[str, Any] = written(self)
        return {name: value for name, value in said.items() if LATER.get(name, ...) != value}
