"""What a handset that starts anew gets of what is held against its worker."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.conduct.lists import (
    WhichPenalties,
    WhichProposals,
    penalties_where,
    proposals_where,
)

LATEST = 200
"""More than anybody has in a year; all others are a look away."""
Fed = list[tuple[str, dict[str, Any]]]


def proposals_for_handset(session: Session, worker_id: UUID) -> Fed:
    """Kind `proposal`: subject id and body, as GET /v1/me/proposals shows them."""
    page = proposals_where(session, WhichProposals(worker_id=worker_id), (None, LATEST))
    return [(str(row.id), _body(row.model_dump(mode="json"))) for row in page.items]


def penalties_for_handset(session: Session, worker_id: UUID) -> Fed:
    """Kind `penalty`: subject id and body, as GET /v1/me/penalties shows them."""
    page = penalties_where(session, WhichPenalties(worker_id=worker_id), (None, LATEST))
    return [(str(row.id), _body(row.model_dump(mode="json"))) for row in page.items]


def _body(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "worker_name"}
