"""How a contract ends, and what ends with it (HIRE-3, CON-4, CON-5)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.contracts.leaving import A_DAY, leave
from app.contracts.queries import begun_by, follows
from app.contracts.shown import tell_void, tell_worker
from app.db.models import Contract, Worker
from app.kit.clock import civil_day
from app.outbox.emit import emit
from app.rules.hiring import ContractEnd


@dataclass(frozen=True)
class Ending:
    """When a contract ends, why, and by whose hand."""

    last_day: date
    cause: ContractEnd
    by: UUID | None
    reason: str
    case_id: UUID | None


def end_contract(  # noqa: PLR0913 - what ends, when, why and by whom
    session: Session,
    worker_id: UUID,
    last_day: date,
    cause: ContractEnd,
    *,
    by: UUID | None,
    reason: str,
    case_id: UUID | None,
    now: datetime,
) -> Contract | None:
    """A worker's contract ends after a date, with every post, grid and group of the time after it.

    The same again changes nothing, nor does a later end than the one that is known. A worker whose
    contract nobody ever recorded leaves all the same: None. The account follows by the night.
    """
    session.get_one(Worker, worker_id, with_for_update=True)
    ending = Ending(last_day, cause, by, reason, case_id)
    contract = begun_by(session, worker_id, last_day)
    if contract is not None and is_known(contract, ending):
        return contract
    _void_what_follows(session, worker_id, ending)
    if contract is not None:
        close(session, contract, ending, now)
    leave(session, worker_id, last_day + A_DAY, by, civil_day(now))
    return contract


def is_known(contract: Contract, ending: Ending) -> bool:
    """Whether it ended earlier, or on the same date for the same cause."""
    if contract.last_day is None:
        return False
    same = contract.last_day == ending.last_day and contract.end_cause is ending.cause
    return same or contract.last_day < ending.last_day


def close(session: Session, contract: Contract, ending: Ending, now: datetime) -> None:
    """The contract says when and why it ends; the worker is told."""
    contract.last_day, contract.end_cause = ending.last_day, ending.cause
    contract.end_reason, contract.end_case_id = ending.reason, ending.case_id
    contract.ended_at, contract.ended_by = now, ending.by
    session.flush()
    tell_worker(session, contract)
    emit(
        session,
        "contract.ended",
        by=ending.by,
        unit_code=contract.community_code,
        subject=("contract", contract.id),
        worker=str(contract.worker_id),
        last_day=ending.last_day.isoformat(),
        cause=ending.cause.value,
    )


def _void_what_follows(session: Session, worker_id: UUID, ending: Ending) -> None:
    """A contract that was signed but would begin after the end never begins: the last goes first,
    since it may renew the one before."""
    for contract in follows(session, worker_id, ending.last_day):
        session.delete(contract)
        session.flush()
        tell_void(session, contract)
        emit(
            session,
            "contract.voided",
            by=ending.by,
            unit_code=contract.community_code,
            subject=("contract", contract.id),
            worker=str(worker_id),
            first_day=contract.first_day.isoformat(),
        )
