"""A decided penalty is looked at again where something changed behind it (CON-2)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.approvals.tiers import own_tiers
from app.conduct.flagging import Done, offer_later_ones, write_down
from app.conduct.holding import hold_penalty, may_act
from app.conduct.penalising import reinstate
from app.conduct.refusals import (
    AppealWaiting,
    NoReviewOffered,
    NotLower,
    PenaltyOverturned,
    ReviewedBelow,
)
from app.conduct.schemas import PenaltyReviewIn
from app.db.models import Appeal, Penalty
from app.people.principal import Principal
from app.rules.conduct import PenaltyAct, PenaltyKind
from app.rules.due_process import ReviewOutcome, lower_than, may_look_again
from app.rules.tiers import Tier, rank

ACTS: Mapping[ReviewOutcome, PenaltyAct] = {
    ReviewOutcome.KEEP: PenaltyAct.REVIEW_KEPT,
    ReviewOutcome.LOWER: PenaltyAct.LOWERED,
    ReviewOutcome.OVERTURN: PenaltyAct.OVERTURNED,
}


def review(
    session: Session, asker: Principal, key: UUID, body: PenaltyReviewIn, now: datetime
) -> Penalty:
    """Keep, lower or overturn it, with a reason; what was offered is settled with it."""
    penalty = hold_penalty(session, key)
    may_act(asker, penalty)
    tier = _tier(asker, penalty)
    _check(session, penalty)
    because, before = penalty.review_because, penalty.standing
    penalty.standing = _standing(penalty, body)
    penalty.review_because = None
    done = Done(ACTS[body.outcome], asker.account_id, tier, body.reason, because)
    write_down(session, penalty, done, now)
    if body.outcome is not ReviewOutcome.KEEP:
        reinstate(session, penalty, before, asker.account_id, now)
        offer_later_ones(session, penalty, now)
    return penalty


def _tier(asker: Principal, penalty: Penalty) -> Tier:
    """For which tier one reviews; raises ReviewedBelow."""
    tiers = own_tiers(asker)
    if not may_look_again(penalty.tier, tiers):
        raise ReviewedBelow(tier=penalty.tier.value)
    return min((tier for tier in tiers if rank(tier) >= rank(penalty.tier)), key=rank)


def _check(session: Session, penalty: Penalty) -> None:
    if penalty.standing is None:
        raise PenaltyOverturned
    waits = exists().where(Appeal.penalty_id == penalty.id, Appeal.decided_at.is_(None))
    if session.scalar(select(waits)):
        raise AppealWaiting
    if penalty.review_because is None:
        raise NoReviewOffered


def _standing(penalty: Penalty, body: PenaltyReviewIn) -> PenaltyKind | None:
    match body.outcome:
        case ReviewOutcome.KEEP:
            return penalty.standing
        case ReviewOutcome.OVERTURN:
            return None
        case ReviewOutcome.LOWER:
            assert penalty.standing is not None
            if body.to is None or body.to not in lower_than(penalty.standing):
                raise NotLower(standing=penalty.standing.value)
            return body.to
