"""What a worker's handset holds of contracts and resignations."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.contracts.lists import my_resignations, resignations_where
from app.contracts.queries import contracts_of
from app.contracts.shown import body_of
from app.db.models import Resignation
from app.outbox.emit import publish

RESIGNATION = "resignation"


def for_handset(session: Session, worker_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """Every contract of a worker, the latest first."""
    return [(str(one.id), body_of(session, one)) for one in contracts_of(session, worker_id)]


def resignations_for_handset(session: Session, worker_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """Every resignation of a worker, as GET /v1/me/contract lists them."""
    return [
        (str(one.id), one.model_dump(mode="json")) for one in my_resignations(session, worker_id)
    ]


def tell_resignation(session: Session, resignation: Resignation) -> None:
    """The worker's handset holds it as it stands now, whether or not a contract is on record."""
    [shown], _ = resignations_where(session, [Resignation.id == resignation.id], 1)
    body = shown.model_dump(mode="json")
    publish(session, resignation.worker_id, RESIGNATION, resignation.id, body)
