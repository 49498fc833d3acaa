"""A contract as the worker sees it: the same on the handset and at /v1/me/contract."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contracts.queries import ends_on
from app.contracts.schemas import MyContractOut, MyResignationOut
from app.db.models import Contract, Resignation
from app.kit.clock import civil_day
from app.outbox.emit import publish, withdraw
from app.rules.retirement import HIRE_3

KIND = "contract"


def contract_shown(session: Session, contract: Contract) -> MyContractOut:
    """What was agreed and when it ends; who was born when stays in the register."""
    resigned = _resignation_within(session, contract)
    return MyContractOut(
        id=contract.id,
        community_code=contract.community_code,
        origin=contract.origin,
        signed_on=contract.signed_on,
        first_day=contract.first_day,
        term_ends_on=contract.term_ends_on,
        retirement_post=contract.retirement_post,
        retires_on=contract.retires_on,
        ends_on=ends_on(contract),
        last_day=contract.last_day,
        end_cause=contract.end_cause,
        resignation=MyResignationOut.model_validate(resigned) if resigned else None,
        rule=HIRE_3.rule,
        clause=HIRE_3.clause,
    )


def _resignation_within(session: Session, contract: Contract) -> Resignation | None:
    """The latest that was asked for while the contract ran."""
    asked = select(Resignation).where(Resignation.worker_id == contract.worker_id)
    found = session.scalar(asked.order_by(Resignation.asked_at.desc()).limit(1))
    if found is None or civil_day(found.asked_at) < contract.first_day:
        return None
    return found if civil_day(found.asked_at) <= ends_on(contract) else None


def body_of(session: Session, contract: Contract) -> dict[str, Any]:
    """The same as JSON."""
    return contract_shown(session, contract).model_dump(mode="json")


def tell_worker(session: Session, contract: Contract) -> None:
    """The worker's handset holds every contract as it stands now."""
    session.flush()
    publish(session, contract.worker_id, KIND, contract.id, body_of(session, contract))


def tell_void(session: Session, contract: Contract) -> None:
    """A contract that never began is no more."""
    withdraw(session, contract.worker_id, KIND, contract.id, "deleted")
