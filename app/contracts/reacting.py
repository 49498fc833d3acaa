"""What follows from the steps of a resignation (CON-4)."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals.taking import Reaction, Turn
from app.contracts.ending import end_contract
from app.contracts.resigning import tell
from app.db.models import Resignation, Worker
from app.kit.clock import civil_day
from app.rules.approvals import CaseState
from app.rules.contract_terms import resigned_from
from app.rules.hiring import ApplicationState, ContractEnd

DECIDED = {
    CaseState.APPROVED: ApplicationState.APPROVED,
    CaseState.REFUSED: ApplicationState.REFUSED,
}


def lock(session: Session, subject_id: UUID) -> None:
    """The resignation and its worker, before the case."""
    resignation = session.get(Resignation, subject_id, with_for_update=True)
    if resignation is not None:
        session.get(Worker, resignation.worker_id, with_for_update=True)


def taken(session: Session, turn: Turn) -> None:
    """The resignation stands as its case does; once approved the contract ends."""
    state = DECIDED.get(turn.case.state)
    if state is None:
        return
    resignation = session.get_one(Resignation, turn.case.subject_id)
    resignation.state = state
    if state is ApplicationState.APPROVED:
        end_contract(
            session,
            resignation.worker_id,
            resigned_from(resignation.last_day, civil_day(turn.now)),
            ContractEnd.RESIGNATION,
            by=turn.asker.account_id,
            reason=resignation.said,
            case_id=turn.case.id,
            now=turn.now,
        )
    tell(session, resignation, "contract.resignation_decided", turn.asker.account_id)


RESIGNATION = Reaction(taken=taken, lock=lock)
