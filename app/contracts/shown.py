"""A contract as the worker sees it: the same on the handset and at /v1/me/contract."""

from typing import Any

from sqlalchemy.orm import Session

from app.contracts.queries import ends_on
from app.db.models import Contract
from app.outbox.emit import publish, withdraw

KIND = "contract"


def contract_shown(contract: Contract) -> dict[str, Any]:
    """What was agreed and when it ends; who was born when stays in the register."""
    return {
        "id": str(contract.id),
        "community_code": contract.community_code,
        "origin": contract.origin.value,
        "signed_on": contract.signed_on.isoformat(),
        "first_day": contract.first_day.isoformat(),
        "term_ends_on": contract.term_ends_on.isoformat() if contract.term_ends_on else None,
        "retirement_post": contract.retirement_post.value,
        "retires_on": contract.retires_on.isoformat(),
        "ends_on": ends_on(contract).isoformat(),
        "last_day": contract.last_day.isoformat() if contract.last_day else None,
        "end_cause": contract.end_cause.value if contract.end_cause else None,
    }


def tell_worker(session: Session, contract: Contract) -> None:
    """The worker's handset holds every contract as it stands now."""
    publish(session, contract.worker_id, KIND, contract.id, contract_shown(contract))


def tell_void(session: Session, contract: Contract) -> None:
    """A contract that never began is no more."""
    withdraw(session, contract.worker_id, KIND, contract.id, "deleted")
