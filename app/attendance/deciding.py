"""What every decision of a station has in common (三(二)2): who may, and only once."""

from typing import TypeVar
from uuid import UUID

from app.approvals.taking import Turn, Word
from app.attendance.refusals import AlreadyDecided, OwnCase, ReasonNeeded
from app.attendance.schemas import RequestDecisionIn
from app.db.models import Correction, Leave
from app.kit.errors import NotFound
from app.people.principal import Principal
from app.rules.approvals import StepOutcome
from app.rules.procedures import RequestState

Request = TypeVar("Request", Correction, Leave)


def may_decide(asker: Principal, community_code: str, worker_id: UUID) -> None:
    """Within one's unit, and never about oneself."""
    asker.act(community_code)
    if asker.worker_id == worker_id:
        raise OwnCase


def to_decide(asker: Principal, request: Request | None, body: RequestDecisionIn) -> Request:
    """The request, if it waits and the asker may decide it so; its row was locked when loaded."""
    if request is None:
        raise NotFound
    may_decide(asker, request.community_code, request.worker_id)
    if not body.approved and body.reason is None:
        raise ReasonNeeded
    return still_waiting(request)


def word_of(body: RequestDecisionIn) -> Word:
    """A decision as a word on the step of its case."""
    return Word(StepOutcome.PASSED if body.approved else StepOutcome.REFUSED, body.reason)


def settle(request: Correction | Leave, turn: Turn) -> None:
    """Write the decision of a step on the request itself."""
    passed = turn.word.outcome is StepOutcome.PASSED
    request.state = RequestState.APPROVED if passed else RequestState.REFUSED
    request.decision_reason = turn.word.reason
    request.decided_by = turn.asker.account_id
    request.decided_at = turn.now


def withdraw(asker: Principal, request: Request | None) -> Request:
    """Take back one's own request while it waits."""
    if request is None or request.worker_id != asker.as_worker():
        raise NotFound
    still_waiting(request).state = RequestState.WITHDRAWN
    return request


def still_waiting(request: Request) -> Request:
    """Raises AlreadyDecided, with what was decided, when and by whom."""
    if request.state is not RequestState.WAITING:
        raise AlreadyDecided(
            state=request.state.value,
            reason=request.decision_reason,
            decided_by=request.decided_by,
            decided_at=request.decided_at.isoformat() if request.decided_at else None,
        )
    return request
