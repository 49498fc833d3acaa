"""A ground that was found or recorded becomes a proposal, and is told to the worker at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.conduct.basis import Evidence
from app.conduct.counting import counted_of_all, rung_of
from app.conduct.evidence import look_again
from app.conduct.flagging import offer_review
from app.conduct.holding import one_at_a_time
from app.conduct.lapsing import lapse
from app.conduct.rungs import OPEN
from app.conduct.shown import EVIDENCE_THAT_STANDS, tell_proposals
from app.db.models import ConductEvidence, ConductProposal, Penalty
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.outbox.emit import Happened, emit_all
from app.people.calendar import Calendar
from app.people.terms import SEARCHED, duty_dates_after, duty_dates_later
from app.rules.conduct import Ground, ProposalSource, ProposalState, counted_for, judge_rung
from app.rules.due_process import ANSWER_DUTY_DATES, is_followed
from app.rules.version import RULES_VERSION

PROPOSED = "conduct.proposed"


@dataclass(frozen=True)
class Found:
    """A ground, whose it is, and what it rests on."""

    worker_id: UUID
    community_code: str
    ground: Ground
    occurred_on: date
    evidence: Evidence
    source: ProposalSource
    found_by: UUID | None

    @property
    def counted_for(self) -> date:
        """The first date of the period in which the ground counts once."""
        return counted_for(self.ground, self.occurred_on)


def propose(session: Session, found: Found, now: datetime) -> ConductProposal | None:
    """One proposal as `propose_all` makes it; None where none is made."""
    return next(iter(propose_all(session, [found], now)), None)


def propose_all(session: Session, found: Sequence[Found], now: datetime) -> list[ConductProposal]:
    """Proposals, told to their workers, in as many statements for many as for one.

    There is none where one stands for the period already. What the system finds again after a
    person dropped it is not proposed a second time, unless something else is behind it.
    """
    dropped = _dropped(session, {one.worker_id for one in found})
    new = [one for one in found if not _was_dropped(one, dropped)]
    made = [
        (proposal, _evidence(proposal, one.evidence, now))
        for proposal, one in _insert(session, new, now)
    ]
    session.add_all(evidence for _, evidence in made)
    _say(session, made, PROPOSED)
    return [proposal for proposal, _ in made]


def refresh(session: Session, proposal: ConductProposal, now: datetime) -> bool:
    """Look at the evidence again; whether something else stands now.

    Before a decision the proposal says so, with a new term to answer, or lapses where the ground
    is gone; a decided penalty is offered for review.
    """
    one_at_a_time(session, proposal.worker_id)
    session.refresh(proposal, with_for_update=True)
    decided = proposal.state is ProposalState.PENALISED
    if not decided and proposal.state not in OPEN:
        return False
    if not is_followed(decided, proposal.ground, proposal.occurred_on, civil_day(now)):
        return False
    evidence = look_again(session, [proposal])[proposal.id]
    standing = session.get_one(ConductEvidence, (proposal.id, proposal.evidence))
    if evidence.digest == standing.digest:
        return False
    proposal.evidence += 1
    now_stands = _evidence(proposal, evidence, now)
    session.add(now_stands)
    session.flush()
    if decided:
        _doubt(session, proposal, evidence, now)
    else:
        _go_on(session, proposal, now_stands, now)
    return True


def answer_terms(
    session: Session, communities: Collection[str], told_at: datetime
) -> Mapping[str, date]:
    """By community, the last date on which a worker who was told can answer."""
    today = civil_day(told_at)
    calendar = Calendar(session, today, today + SEARCHED)
    return {
        code: duty_dates_after(calendar, code, today, ANSWER_DUTY_DATES) for code in communities
    }


Dropped = Collection[tuple[UUID, Ground, date, str]]
"""Worker, ground, period and digest of what was dropped by a person."""


def _dropped(session: Session, workers: Collection[UUID]) -> Dropped:
    rows = session.execute(
        select(
            ConductProposal.worker_id,
            ConductProposal.ground,
            ConductProposal.counted_for,
            ConductEvidence.digest,
        )
        .join(ConductEvidence, EVIDENCE_THAT_STANDS)
        .where(
            ConductProposal.worker_id.in_(workers),
            ConductProposal.state == ProposalState.DROPPED,
        )
    )
    return {(worker_id, ground, period, digest) for worker_id, ground, period, digest in rows}


def _was_dropped(found: Found, dropped: Dropped) -> bool:
    same = (found.worker_id, found.ground, found.counted_for, found.evidence.digest)
    return found.source is not ProposalSource.RECORDED and same in dropped


def _insert(
    session: Session, found: Sequence[Found], now: datetime
) -> list[tuple[ConductProposal, Found]]:
    """Of two for the same period only one is written (uq_conduct_proposal_counted); what is decided
    at the same time is counted, or finds these."""
    if not found:
        return []
    one_at_a_time(session, *(one.worker_id for one in found))
    counted = counted_of_all(session, {(one.worker_id, one.occurred_on) for one in found})
    terms = answer_terms(session, {one.community_code for one in found}, now)
    keyed = {uuid7(now): one for one in found}
    written = session.scalars(
        insert(ConductProposal).on_conflict_do_nothing().returning(ConductProposal),
        [
            {
                "id": key,
                "worker_id": one.worker_id,
                "community_code": one.community_code,
                "ground": one.ground,
                "occurred_on": one.occurred_on,
                "counted_for": one.counted_for,
                "source": one.source,
                "state": ProposalState.PROPOSED,
                "rung": judge_rung(
                    one.ground, counted.get((one.worker_id, one.occurred_on.year), 0)
                ).verdict,
                "evidence": 1,
                "found_at": now,
                "found_by": one.found_by,
                "told_at": now,
                "answer_until": terms[one.community_code],
            }
            for key, one in keyed.items()
        ],
    )
    return [(proposal, keyed[proposal.id]) for proposal in written]


def _evidence(proposal: ConductProposal, evidence: Evidence, now: datetime) -> ConductEvidence:
    """What stands from now on, with the proposal's number of it."""
    return ConductEvidence(
        proposal_id=proposal.id,
        number=proposal.evidence,
        digest=evidence.digest,
        stands=evidence.stands,
        because=dict(evidence.because),
        records=[dict(record) for record in evidence.records],
        said=evidence.said,
        rules_version=RULES_VERSION,
        found_at=now,
    )


def _go_on(
    session: Session, proposal: ConductProposal, evidence: ConductEvidence, now: datetime
) -> None:
    """Nobody decided yet: it lapses, or the worker is told what stands now."""
    if not evidence.stands:
        lapse(session, proposal, now)
        return
    proposal.rung = rung_of(session, proposal.worker_id, proposal.ground, proposal.occurred_on)
    proposal.told_at = now
    proposal.answer_until = duty_dates_later(
        session, proposal.community_code, civil_day(now), ANSWER_DUTY_DATES
    )
    _say(session, [(proposal, evidence)], "conduct.evidence_changed")


def _doubt(session: Session, proposal: ConductProposal, evidence: Evidence, now: datetime) -> None:
    """A penalty rests on something else than what was decided on."""
    penalty = session.scalars(
        select(Penalty)
        .where(Penalty.proposal_id == proposal.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if penalty.standing is not None:
        because = {"evidence": proposal.evidence, "stands": evidence.stands}
        offer_review(session, penalty, because, now)


def _say(
    session: Session, proposals: Sequence[tuple[ConductProposal, ConductEvidence]], event: str
) -> None:
    tell_proposals(session, proposals)
    emit_all(session, [_happened(proposal, event) for proposal, _ in proposals])


def _happened(proposal: ConductProposal, event: str) -> Happened:
    facts = {
        "worker": str(proposal.worker_id),
        "ground": proposal.ground.value,
        "occurred_on": proposal.occurred_on.isoformat(),
        "rung": proposal.rung.value if proposal.rung else None,
        "evidence": proposal.evidence,
    }
    by = proposal.found_by if event == PROPOSED else None
    subject = ("proposal", proposal.id)
    return Happened(event, proposal.community_code, subject, by, facts)
