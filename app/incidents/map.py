"""Events as points of a map (RFC 7946): where, what, who holds it, when it is due."""

from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import IncidentCase
from app.incidents import examples
from app.incidents.lists import Asked, latest
from app.incidents.look_schemas import IncidentCardSeen, IncidentHoldOut
from app.kit.schema import Out
from app.rules.cards import Colour

SHOWN = ("state", "severity", "category", "category_zh", "category_en", "grid_code", "reported_at")


class PointOut(Out):
    """Longitude and latitude, WGS 84."""

    type: Literal["Point"]
    coordinates: list[float] = Field(min_length=2, max_length=2)


class IncidentFeature(Out):
    """An event as a point; what was written of it is not there."""

    type: Literal["Feature"]
    id: UUID
    geometry: PointOut
    properties: dict[str, Any] = Field(
        description="state, severity, category, grid_code, reported_at, tiers (that hold it),"
        " due_at (the first of theirs), card (the gravest that stands)"
    )


class IncidentFeatures(Out):
    """Events as a layer; `next_cursor` is a member of ours beside those of the standard."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "FeatureCollection",
                    "features": [
                        {
                            "type": "Feature",
                            "id": examples.ID,
                            "geometry": {"type": "Point", "coordinates": [104.5472, 30.411]},
                            "properties": {
                                **{name: examples.ROW[name] for name in SHOWN},
                                "tiers": ["community"],
                                "due_at": "2026-03-19T02:30:00Z",
                                "card": "yellow",
                            },
                        }
                    ],
                    "next_cursor": None,
                }
            ]
        }
    )

    type: Literal["FeatureCollection"]
    features: list[IncidentFeature]
    next_cursor: str | None


def features(session: Session, asked: Asked, page: tuple[str | None, int]) -> IncidentFeatures:
    """The events asked for, the latest reported first."""
    found = latest(session, select(IncidentCase.incident_id).where(*asked.conditions()), page)
    return IncidentFeatures(
        type="FeatureCollection",
        features=[_feature(fields) for fields in found.items],
        next_cursor=found.next_cursor,
    )


def _feature(fields: dict[str, Any]) -> IncidentFeature:
    holds: list[IncidentHoldOut] = fields["holds"]
    return IncidentFeature(
        type="Feature",
        id=fields["id"],
        geometry=PointOut(type="Point", coordinates=[fields["lon"], fields["lat"]]),
        properties={
            **{name: fields[name] for name in SHOWN},
            "tiers": [hold.tier for hold in holds],
            "due_at": min((hold.due_at for hold in holds), default=None),
            "card": _gravest(fields["cards"]),
        },
    )


def _gravest(cards: list[IncidentCardSeen]) -> Colour | None:
    standing = {card.colour for card in cards if card.withdrawn_at is None}
    return max(standing, key=list(Colour).index, default=None)
