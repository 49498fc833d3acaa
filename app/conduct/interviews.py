"""The township talks a demerit over with the worker, and records what was said (CON-1)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals.tiers import own_tiers
from app.conduct.flagging import Done, write_down
from app.conduct.holding import hold_penalty, may_act
from app.conduct.refusals import ConductIdReused, DateOutOfSpan, NoInterview
from app.conduct.schemas import InterviewIn
from app.db.models import PenaltyInterview
from app.kit.clock import civil_day
from app.kit.errors import Forbidden
from app.people.principal import Principal
from app.rules.conduct import PenaltyAct
from app.rules.due_process import calls_for_interview
from app.rules.tiers import Tier


def record_interview(
    session: Session, asker: Principal, key: UUID, body: InterviewIn, now: datetime
) -> PenaltyInterview:
    """What was said by both; the same again is the first."""
    penalty = hold_penalty(session, key)
    may_act(asker, penalty)
    if Tier.TOWNSHIP not in own_tiers(asker):
        raise Forbidden(needed=["township"])
    if not calls_for_interview(penalty.kind):
        raise NoInterview(kind=penalty.kind.value)
    known = session.get(PenaltyInterview, body.id)
    if known is not None:
        return _same(known, key, body)
    if not penalty.decided_on <= body.held_on <= civil_day(now):
        raise DateOutOfSpan(decided_on=penalty.decided_on, today=civil_day(now))
    interview = PenaltyInterview(
        **body.model_dump(), penalty_id=key, recorded_by=asker.account_id, recorded_at=now
    )
    session.add(interview)
    session.flush()
    facts = {"interview": str(interview.id), "held_on": body.held_on.isoformat()}
    done = Done(PenaltyAct.INTERVIEWED, asker.account_id, Tier.TOWNSHIP, facts=facts)
    write_down(session, penalty, done, now)
    return interview


def _same(known: PenaltyInterview, penalty_id: UUID, body: InterviewIn) -> PenaltyInterview:
    if (known.penalty_id, known.held_on, known.said) != (penalty_id, body.held_on, body.said):
        raise ConductIdReused(id=body.id)
    return known
