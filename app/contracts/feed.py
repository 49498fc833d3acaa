"""What a worker's handset holds of contracts when it begins anew."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.contracts.queries import contracts_of
from app.contracts.shown import body_of


def for_handset(session: Session, worker_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """Every contract of a worker, the latest first."""
    return [(str(one.id), body_of(session, one)) for one in contracts_of(session, worker_id)]
