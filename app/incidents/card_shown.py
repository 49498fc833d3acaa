"""A card as the handset of its worker holds it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.db.models import IncidentCard

CHANGE = "incident_card"
"""The kind by which handsets know a card."""
SHOWN = ("incident_id", "colour", "origin", "tier", "fell_at", "day")


def shown(card: IncidentCard) -> dict[str, Any]:
    """A card as the handset of its worker holds it."""
    row = {name: getattr(card, name) for name in SHOWN}
    questioned = card.questioned_because is not None
    return body_of(row, questioned=questioned, withdrawn_at=card.withdrawn_at)


def body_of(
    row: Mapping[str, Any], *, questioned: bool, withdrawn_at: datetime | None
) -> dict[str, Any]:
    """The same of a row that is about to be written."""
    return {
        "incident_id": str(row["incident_id"]),
        "colour": row["colour"].value,
        "origin": row["origin"].value,
        "tier": row["tier"].value,
        "fell_at": row["fell_at"].isoformat(),
        "day": row["day"].isoformat(),
        "questioned": questioned,
        "withdrawn_at": withdrawn_at.isoformat() if withdrawn_at else None,
    }
