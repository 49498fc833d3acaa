"""What follows from the steps of a recruitment (HIRE-1)."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals.taking import Reaction, Turn
from app.db.models import RecruitmentApplication
from app.recruitment.applying import tell
from app.recruitment.refusals import SignWithContract
from app.rules.approvals import CaseState, StepAct, StepOutcome
from app.rules.hiring import ApplicationState


def lock(session: Session, subject_id: UUID) -> None:
    """The application before its case."""
    session.get(RecruitmentApplication, subject_id, with_for_update=True)


def check(session: Session, turn: Turn) -> None:
    """The community's step is the contract itself; it may still be refused here."""
    del session
    if turn.step.act is StepAct.SIGN and turn.word.outcome is StepOutcome.PASSED:
        raise SignWithContract(application=turn.case.subject_id)


def taken(session: Session, turn: Turn) -> None:
    """The application stands as its case does; approved once the office has approved."""
    application = session.get_one(RecruitmentApplication, turn.case.subject_id)
    if turn.case.state is CaseState.REFUSED:
        application.state, application.closed_at = ApplicationState.REFUSED, turn.now
    elif turn.step.act is StepAct.APPROVE:
        application.state = ApplicationState.APPROVED
    else:
        return
    tell(session, application, f"recruitment.{application.state.value}", turn.asker.account_id)


RECRUITMENT = Reaction(check=check, taken=taken, lock=lock)
