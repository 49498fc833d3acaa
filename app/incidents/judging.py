"""Whether an act fits an event, what it makes of it, and whom it goes to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.db.models import IncidentCase
from app.incidents.act_schemas import ActIn
from app.incidents.filed_under import check_category
from app.incidents.holding import answerable, tier_again
from app.incidents.refusals import (
    ActNotAllowed,
    DuplicateUnfit,
    EscalatedTooFar,
    RegradeChangesNothing,
)
from app.kit.clock import civil_day
from app.rules.field_records import Severity
from app.rules.incidents import (
    NOT_COUNTED,
    OPEN,
    Act,
    Actor,
    Move,
    Situation,
    State,
    after_verification,
    allowed,
    judge_act,
    may_escalate_to,
    released_by_escalation,
    released_by_raising,
    while_held,
)
from app.rules.tiers import DIGITS, LINE, Tier, above, below

CITY = DIGITS[Tier.CENTRE]


@dataclass(frozen=True)
class Asked:
    """Who asks to do what to which event, as it stands, and when."""

    case: IncidentCase
    situation: Situation
    actor: Actor
    body: ActIn
    now: datetime


@dataclass(frozen=True)
class Judged:
    """What the event becomes, and the tier that an act hands it to or turns to."""

    became: State
    to_tier: Tier | None


def judge(session: Session, asked: Asked) -> Judged:
    """Raises ActNotAllowed, and what the act itself may be refused for."""
    move = judge_act(asked.situation, asked.actor, asked.body.act)
    if move is None:
        raise refused(asked.situation, asked.actor)
    check = CHECKS.get(asked.body.act)
    if check is not None:
        check(session, asked)
    became = _became(asked, move)
    return Judged(became, _to_tier(session, asked, became))


def refused(situation: Situation, actor: Actor) -> ActNotAllowed:
    """With what is allowed now."""
    return ActNotAllowed(
        state=situation.state.value,
        held_by=[tier.value for tier in LINE if tier in situation.held_by],
        allowed=[act.value for act in allowed(situation, actor)],
    )


def _check_escalation(session: Session, asked: Asked) -> None:
    del session
    possible = may_escalate_to(asked.actor.tier, asked.situation.severity)
    if asked.body.to is not None and asked.body.to not in possible:
        raise EscalatedTooFar(to=asked.body.to.value, possible=[tier.value for tier in possible])


def _check_regrade(session: Session, asked: Asked) -> None:
    case, body = asked.case, asked.body
    if body.category is not None and body.category != case.category:
        check_category(session, body.category, civil_day(asked.now))
    elif body.severity in (None, case.severity):
        raise RegradeChangesNothing(category=case.category, severity=case.severity.value)


def _check_duplicate(session: Session, asked: Asked) -> None:
    """The other case is locked too, so that two events never become each other's duplicate."""
    other_id = asked.body.duplicate_of
    other = session.get(IncidentCase, other_id)
    if other is None or other.grid_code[:CITY] != asked.case.grid_code[:CITY]:
        raise DuplicateUnfit(duplicate_of=other_id, why="unknown")
    if other is asked.case:
        raise DuplicateUnfit(duplicate_of=other_id, why="itself")
    if other.state in NOT_COUNTED:
        raise DuplicateUnfit(duplicate_of=other_id, why=other.state.value)


CHECKS: Mapping[Act, Callable[[Session, Asked], None]] = {
    Act.ESCALATE: _check_escalation,
    Act.REGRADE: _check_regrade,
    Act.LINK_DUPLICATE: _check_duplicate,
}


def _became(asked: Asked, move: Move) -> State:
    """By the table; handling goes on where another tier that took it up holds it still."""
    situation, body = asked.situation, asked.body
    if body.score is not None:
        return after_verification(body.score, reopened_before=asked.case.reopened)
    becomes = move.becomes or situation.state
    if becomes not in OPEN or body.act is Act.TAKE_UP:
        return becomes
    return while_held(situation.taken_up_by, situation.held_by - _released(asked))


def _released(asked: Asked) -> frozenset[Tier]:
    """The tiers that hold it no longer, of acts after which somebody still does."""
    held_by, tier = asked.situation.held_by, asked.actor.tier
    match asked.body.act:
        case Act.ESCALATE:
            return released_by_escalation(tier, held_by)
        case Act.HAND_DOWN | Act.RETURN:
            return frozenset({tier})
        case Act.REGRADE if raises(asked.case, asked.body):
            return released_by_raising(held_by)
        case _:
            return frozenset()


def raises(case: IncidentCase, body: ActIn) -> bool:
    """Whether a general event is said to be major."""
    return body.severity is Severity.MAJOR and case.severity is Severity.GENERAL


def _to_tier(session: Session, asked: Asked, became: State) -> Tier | None:
    act = asked.body.act
    if act is Act.VERIFY and became not in OPEN:
        return None
    target = TARGETS.get(act)
    return None if target is None else target(session, asked)


def _up(session: Session, asked: Asked) -> Tier | None:
    del session
    return asked.body.to or above(asked.actor.tier)


def _to_oneself(session: Session, asked: Asked) -> Tier | None:
    """Only what one did not hold."""
    del session
    tier = asked.actor.tier
    return None if tier in asked.situation.held_by else tier


def _down(session: Session, asked: Asked) -> Tier | None:
    return _present(session, asked, below(asked.actor.tier))


def _back(session: Session, asked: Asked) -> Tier | None:
    return _present(session, asked, asked.situation.came_from[asked.actor.tier])


def _present(session: Session, asked: Asked, tier: Tier | None) -> Tier | None:
    """Raises GridVacant where nobody answers for the grid."""
    if tier is Tier.GRID:
        answerable(session, asked.case, asked.now)
    return tier


def _closer(session: Session, asked: Asked) -> Tier:
    return tier_again(session, asked.case, asked.case.closed_by, asked.now)


def _linker(session: Session, asked: Asked) -> Tier:
    return tier_again(session, asked.case, asked.case.linked_by, asked.now)


TARGETS: Mapping[Act, Callable[[Session, Asked], Tier | None]] = {
    Act.TAKE_UP: _to_oneself,
    Act.ESCALATE: _up,
    Act.ASK_HELP: _up,
    Act.ASK_EXTENSION: _up,
    Act.HAND_DOWN: _down,
    Act.RETURN: _back,
    Act.VERIFY: _closer,
    Act.UNLINK: _linker,
}
"""The tier that an act hands the event to, or turns to; a verification only if it fails."""
