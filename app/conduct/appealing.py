"""A worker appeals, once, to the tier above the one that decided (CON-1, CON-2)."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals.asking import ask
from app.approvals.cases import Subject
from app.approvals.taking import Turn
from app.conduct.flagging import Done, offer_later_ones, write_down
from app.conduct.holding import hold_penalty, may_act
from app.conduct.penalising import reinstate
from app.conduct.refusals import (
    AppealedAlready,
    AppealLate,
    ConductIdReused,
    DateOutOfSpan,
    PenaltyOverturned,
)
from app.conduct.schemas import OfficeAppealIn, PenaltyAppealIn
from app.conduct.shown import appeal_term, appeals_against
from app.db.models import Appeal, Penalty
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.people.capture import Capture
from app.people.photos import Subject as PhotoSubject
from app.people.photos import link_photos
from app.people.principal import Principal
from app.rules.approvals import CaseState, Procedure
from app.rules.conduct import PenaltyAct
from app.rules.due_process import appeal_tier, said_in_time


def said_on(capture: Capture) -> date:
    """The date on which a worker said something: of the capture if it is proven, else of the
    receipt."""
    return civil_day(capture.at if capture.proven else capture.received_at)


def record_appeal(session: Session, capture: Capture, body: PenaltyAppealIn) -> Appeal:
    """What the worker's handset sent."""
    penalty = hold_penalty(session, body.penalty_id)
    if penalty.worker_id != capture.worker_id:
        raise NotFound(penalty=body.penalty_id)
    _check(session, penalty, said_on(capture))
    appeal = Appeal(
        id=capture.id,
        penalty_id=penalty.id,
        worker_id=penalty.worker_id,
        said=body.said,
        photos=list(body.photos),
        appealed_at=capture.at,
        received_at=capture.received_at,
    )
    _go_up(session, penalty, appeal, capture.account_id)
    subject = PhotoSubject("penalty_appeal", appeal.id, penalty.community_code, penalty.worker_id)
    link_photos(session, subject, body.photos, capture.received_at)
    return appeal


def take_down_appeal(
    session: Session, asker: Principal, key: UUID, body: OfficeAppealIn, now: datetime
) -> Appeal:
    """An office takes down what a worker appealed on paper: who was dismissed has no handset."""
    penalty = hold_penalty(session, key)
    may_act(asker, penalty)
    known = session.get(Appeal, body.id)
    if known is not None:
        return _same(known, penalty, body)
    if not penalty.decided_on <= body.handed_in_on <= civil_day(now):
        raise DateOutOfSpan(decided_on=penalty.decided_on, today=civil_day(now))
    _check(session, penalty, body.handed_in_on)
    appeal = Appeal(
        id=body.id,
        penalty_id=penalty.id,
        worker_id=penalty.worker_id,
        said=body.said,
        photos=[],
        appealed_at=now,
        received_at=now,
    )
    on_paper = {"handed_in_on": body.handed_in_on.isoformat()}
    _go_up(session, penalty, appeal, asker.account_id, on_paper)
    return appeal


def _same(known: Appeal, penalty: Penalty, body: OfficeAppealIn) -> Appeal:
    if (known.penalty_id, known.said) != (penalty.id, body.said):
        raise ConductIdReused(id=body.id)
    return known


def _check(session: Session, penalty: Penalty, day: date) -> None:
    if penalty.standing is None:
        raise PenaltyOverturned
    if appeals_against(session, penalty.id):
        raise AppealedAlready
    until = appeal_term(session, penalty)
    if not said_in_time(day, until):
        raise AppealLate(appeal_until=until)


def _go_up(
    session: Session,
    penalty: Penalty,
    appeal: Appeal,
    by: UUID,
    on_paper: Mapping[str, str] | None = None,
) -> None:
    facts = {"appeal": str(appeal.id), **(on_paper or {})}
    tier = appeal_tier(penalty.tier)
    subject = Subject(
        Procedure.APPEAL,
        appeal.id,
        penalty.community_code,
        worker_id=penalty.worker_id,
        tiers={2: tier},
    )
    case = ask(session, subject, by, appeal.received_at, facts)
    appeal.tier, appeal.case_id = tier, case.id
    session.add(appeal)
    session.flush()
    done = Done(PenaltyAct.APPEALED, by, tier, facts=facts)
    write_down(session, penalty, done, appeal.received_at)


def settle_appeal(session: Session, appeal: Appeal, turn: Turn) -> None:
    """The worker was right, and the penalty never counted; or it stands as it was."""
    penalty = session.get_one(Penalty, appeal.penalty_id)
    before = penalty.standing
    appeal.decided_at = turn.now
    appeal.upheld = turn.case.state is CaseState.APPROVED
    facts = {"appeal": str(appeal.id)}
    act = PenaltyAct.OVERTURNED if appeal.upheld else PenaltyAct.APPEAL_REFUSED
    if appeal.upheld:
        penalty.standing, penalty.review_because = None, None
    done = Done(act, turn.asker.account_id, turn.step.tier, turn.word.reason, facts)
    write_down(session, penalty, done, turn.now)
    if appeal.upheld:
        reinstate(session, penalty, before, turn.asker.account_id, turn.now)
        offer_later_ones(session, penalty, turn.now)
