"""One extension of a hold: asked for before it is due, decided by the tier above (EVT-3)."""

from decimal import Decimal

from sqlalchemy.orm import Session

from app.approvals.asking import Acting, take_for
from app.approvals.asking import ask as ask_tier_above
from app.approvals.asking import asked as case_asked
from app.approvals.cases import Subject
from app.approvals.refusals import DecidedWithEvent
from app.approvals.taking import Reaction, Turn, Word
from app.db.models import HopExtension, IncidentAct, IncidentHop
from app.incidents.card_refusals import (
    ExtensionDecided,
    ExtensionNotMore,
    ExtensionOverdue,
    ExtensionTooLong,
)
from app.incidents.clocks import cards_by_clock, freshen, last_inputs, next_card_at, set_clock
from app.incidents.doing import Doing
from app.incidents.withdrawals import take_back
from app.rules.approvals import Procedure, StepOutcome
from app.rules.cards import ClockReason, Colour
from app.rules.deadlines import ExtensionVerdict, judge_extension
from app.rules.tiers import above, below

SEE_THE_ACT = "见事件办理记录 / See the act on the event"
REFUSED_FOR = {
    ExtensionVerdict.OVERDUE: ExtensionOverdue,
    ExtensionVerdict.TOO_LONG: ExtensionTooLong,
}


def ask(session: Session, doing: Doing) -> None:
    """The holder asks; raises ExtensionOverdue and ExtensionTooLong."""
    hop, hours = doing.own, doing.body.hours
    assert hours is not None
    freshen(session, doing.case, hop, doing.now)
    own_hours = Decimal(str(last_inputs(session, hop.id)["hours"]))
    found = judge_extension(doing.act.effective_at, hop.due_at, hours, own_hours)
    if found.verdict in REFUSED_FOR:
        raise REFUSED_FOR[found.verdict](**found.because)
    asked = HopExtension(
        hop_id=hop.id, asked_by=doing.act.id, asked_at=doing.act.effective_at, hours=hours
    )
    session.add(asked)
    session.flush()
    ask_tier_above(session, _subject(session, doing, hop, asked), doing.act.account_id, doing.now)


def _subject(session: Session, doing: Doing, hop: IncidentHop, asked: HopExtension) -> Subject:
    """The person concerned is the worker who asked, where it was one."""
    upper = above(hop.tier)
    assert upper is not None
    worker_id = session.get_one(IncidentAct, asked.asked_by).worker_id
    tiers = {1: hop.tier, 2: upper}
    return Subject(Procedure.EXTENSION, hop.id, doing.incident.grid_code, worker_id, tiers)


def decide(session: Session, doing: Doing) -> None:
    """The tier above grants all or fewer of the hours, or refuses; raises ExtensionDecided and
    ExtensionNotMore. Granted hours set the clock anew."""
    hop, asked = _waiting(session, doing)
    granted = doing.body.granted is True
    hours = (doing.body.hours or asked.hours) if granted else Decimal(0)
    if hours > asked.hours:
        raise ExtensionNotMore(asked=str(asked.hours))
    _step(session, doing, hop, asked)
    asked.decided_by, asked.decided_at, asked.granted = doing.act.id, doing.now, granted
    hop.extended_h = hours
    session.flush()
    if granted:
        _grant(session, doing, hop, asked)


def _step(session: Session, doing: Doing, hop: IncidentHop, asked: HopExtension) -> None:
    """The step of its case is taken; why stands with the act, sealed as all that is said there."""
    by = session.get_one(IncidentAct, asked.asked_by).account_id
    case = case_asked(session, _subject(session, doing, hop, asked), by, asked.asked_at)
    doer, facts = doing.doer, {"act": str(doing.act.id)}
    word = Word(facts=facts)
    if doing.body.granted is not True:
        word = Word(StepOutcome.REFUSED, SEE_THE_ACT, facts=facts)
    acting = Acting(doer.account_id, doer.actor.tier, doer.unit_code)
    take_for(session, case, acting, word, doing.now)


def _decided_there(session: Session, turn: Turn) -> None:
    """Fewer hours can be granted, and what is said is sealed: that takes the event's own act."""
    raise DecidedWithEvent(subject=turn.case.subject_id)


EXTENSION = Reaction(check=_decided_there)


def _waiting(session: Session, doing: Doing) -> tuple[IncidentHop, HopExtension]:
    lower = below(doing.doer.actor.tier)
    hop = None if lower is None else doing.hop_of(lower)
    asked = None if hop is None else session.get(HopExtension, hop.id, with_for_update=True)
    if hop is None or asked is None or asked.decided_at is not None:
        raise ExtensionDecided
    return hop, asked


def _grant(session: Session, doing: Doing, hop: IncidentHop, asked: HopExtension) -> None:
    """Cards that fell since the request, and with the longer time would not have, are withdrawn."""
    was = {Colour.YELLOW: hop.yellow_at, Colour.RED: hop.red_at}
    set_clock(session, doing.case, hop, ClockReason.EXTENSION, doing.now)
    becomes = {Colour.YELLOW: hop.yellow_at, Colour.RED: hop.red_at}
    for card in cards_by_clock(session, [hop.id])[hop.id]:
        later = becomes[card.colour] > max(was[card.colour], card.fell_at)
        if card.withdrawn_at is None and card.fell_at >= asked.asked_at and later:
            take_back(session, doing, card)
    hop.next_card_at = next_card_at(hop, cards_by_clock(session, [hop.id])[hop.id])
    session.flush()
