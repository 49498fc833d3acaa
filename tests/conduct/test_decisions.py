"""Who decides, on what, after whom was heard, and which rung it is (CON-1, CON-2, CON-5)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range

from app.approvals.refusals import NotYourStep, OwnMatter, RefusalNeedsReason
from app.conduct import deciding
from app.conduct.proposing import refresh
from app.conduct.refusals import (
    AnswerLate,
    AnswerPending,
    EvidenceChanged,
    EvidenceNotSeen,
    ProposalClosed,
    RungChanged,
    WorkerLeft,
)
from app.db.models import ConductEvidence, Posting
from app.kit.errors import NotFound
from app.rules.approvals import CaseState, Procedure
from app.rules.conduct import Ground, PenaltyAct, PenaltyKind, ProposalState
from app.rules.tiers import Tier
from tests.attendance.facts import at
from tests.conduct.matters import AFTER_TERM, FIRST, REASON, Matters

NEXT_DAY = at("09:00", FIRST + timedelta(days=1))
LAST_DAY = at("17:00", date(2026, 3, 25))
"""The last of the term to answer."""
NEIGHBOUR = "510185001001002"


def test_con_1_the_township_decides_a_warning_once_the_term_is_over(matters: Matters) -> None:
    proposal = matters.detected()
    case = matters.put_forward(proposal, NEXT_DAY)
    assert case.procedure is Procedure.PENALTY
    with pytest.raises(AnswerPending):
        matters.take("township", case, LAST_DAY)
    matters.take("township", case, AFTER_TERM)
    penalty = matters.penalty(proposal)
    assert (penalty.kind, penalty.standing, penalty.tier) == ("warning", "warning", Tier.TOWNSHIP)
    assert (penalty.decided_on.isoformat(), penalty.ends_on.isoformat()) == (
        "2026-03-26",
        "2026-04-26",
    )
    assert (penalty.evidence, penalty.evidence_digest) == (1, matters.digest(proposal))
    assert proposal.state is ProposalState.PENALISED
    assert matters.acts(penalty) == [PenaltyAct.DECIDED]
    assert (matters.told("penalty").body or {})["appeal_until"] == "2026-04-10"
    assert (matters.told("proposal").body or {})["state"] == "penalised"


def test_con_1_or_once_the_worker_answered(matters: Matters) -> None:
    proposal = matters.detected()
    case = matters.put_forward(proposal, NEXT_DAY)
    matters.answer(proposal, NEXT_DAY)
    matters.take("township", case, NEXT_DAY)
    assert matters.penalty(proposal).kind is PenaltyKind.WARNING


def test_con_1_an_answer_to_other_evidence_is_none(matters: Matters) -> None:
    proposal = matters.detected()
    matters.answer(proposal, at("20:00"))
    matters.bare(at("15:00"))
    with pytest.raises(EvidenceChanged):
        matters.put_forward(proposal, NEXT_DAY)
    case = matters.put_forward(proposal, NEXT_DAY)
    with pytest.raises(AnswerPending):
        matters.take("township", case, LAST_DAY)
    matters.answer(proposal, LAST_DAY)
    matters.take("township", case, LAST_DAY)


def test_whoever_decides_names_what_was_seen(matters: Matters) -> None:
    proposal = matters.detected()
    case = matters.put_forward(proposal, NEXT_DAY)
    with pytest.raises(EvidenceChanged):
        matters.take("township", case, AFTER_TERM, seen="0" * 64)
    matters.bare(at("15:00"))
    with pytest.raises(EvidenceChanged):
        matters.take("township", case, AFTER_TERM)


def test_without_the_digest_nothing_is_decided(matters: Matters) -> None:
    proposal = matters.detected()
    case = matters.put_forward(proposal, NEXT_DAY)
    with pytest.raises(EvidenceNotSeen):
        matters.take("township", case, AFTER_TERM, seen="")


def test_a_refusal_needs_a_reason_and_drops_the_proposal(matters: Matters) -> None:
    proposal = matters.detected()
    case = matters.put_forward(proposal, NEXT_DAY)
    with pytest.raises(RefusalNeedsReason):
        matters.take("township", case, NEXT_DAY, refused="")
    matters.take("township", case, NEXT_DAY, refused="情节轻微")
    assert (case.state, proposal.state) == (CaseState.REFUSED, ProposalState.DROPPED)
    assert (proposal.close_reason, proposal.closed_by) == (
        "情节轻微",
        matters.who("township").account_id,
    )


@pytest.mark.parametrize("who", ["station_lead", "command_centre", "leading_group_office"])
def test_con_1_no_other_tier_decides(matters: Matters, who: str) -> None:
    case = matters.put_forward(matters.detected(), NEXT_DAY)
    with pytest.raises(NotYourStep):
        matters.take(who, case, AFTER_TERM)


@pytest.mark.parametrize("who", ["township", "command_centre"])
def test_con_5_only_the_community_puts_forward(matters: Matters, who: str) -> None:
    proposal = matters.detected()
    with pytest.raises(NotYourStep):
        matters.put_forward(proposal, NEXT_DAY, who)


def test_con_2_the_ladder_over_all_grounds_of_a_year(matters: Matters) -> None:
    warning = matters.penalised(FIRST)
    demerit = matters.penalised(date(2026, 4, 15))
    assert (warning.kind, demerit.kind) == (PenaltyKind.WARNING, PenaltyKind.DEMERIT)
    third = matters.detected(date(2026, 5, 13))
    assert third.rung is PenaltyKind.DISMISSAL


def test_con_2_another_year_begins_anew(matters: Matters) -> None:
    before = matters.penalised(date(2026, 12, 23), at("10:00", date(2027, 1, 6)))
    assert before.decided_on.year == 2027
    assert matters.detected(date(2026, 12, 30)).rung is PenaltyKind.DEMERIT
    assert matters.detected(date(2027, 1, 13)).rung is PenaltyKind.WARNING


def test_con_2_two_put_forward_as_warnings_are_not_both_decided_so(matters: Matters) -> None:
    first, second = matters.detected(), matters.detected(FIRST + timedelta(days=1))
    one, other = matters.put_forward(first, NEXT_DAY), matters.put_forward(second, LAST_DAY)
    later = AFTER_TERM + timedelta(days=3)
    matters.take("township", one, later)
    with pytest.raises(RungChanged) as refused:
        matters.take("township", other, later)
    assert refused.value.facts == {"put_forward": "warning", "now": "demerit"}
    lead = matters.who("station_lead")
    deciding.take_back(matters.db, lead, second.id, REASON, later)
    again = matters.put_forward(second, later)
    matters.take("township", again, later)
    assert matters.penalty(second).kind is PenaltyKind.DEMERIT


def test_con_5_a_dismissal_goes_up_step_by_step_and_ends_the_post(matters: Matters) -> None:
    proposal = matters.recorded(Ground.A4)
    case = matters.put_forward(proposal, NEXT_DAY)
    assert case.procedure is Procedure.DISMISSAL
    with pytest.raises(AnswerPending):
        matters.take("township", case, LAST_DAY)
    for who in ("command_centre", "leading_group_office"):
        with pytest.raises(NotYourStep):
            matters.take(who, case, AFTER_TERM)
    for who in ("township", "command_centre"):
        matters.take(who, case, AFTER_TERM)
        assert proposal.state is ProposalState.PUT_FORWARD
    matters.take("leading_group_office", case, AFTER_TERM)
    penalty = matters.penalty(proposal)
    assert (penalty.kind, penalty.tier) == (PenaltyKind.DISMISSAL, Tier.OFFICE)
    post = matters.db.scalars(
        select(Posting).where(Posting.worker_id == matters.worker_id).order_by(Posting.valid)
    ).one()
    assert post.valid.upper == date(2026, 3, 27)


def test_con_4_nothing_is_decided_against_somebody_who_left(matters: Matters) -> None:
    proposal, other = matters.detected(), matters.detected(FIRST + timedelta(days=1))
    case = matters.put_forward(proposal, NEXT_DAY)
    left = update(Posting).where(Posting.worker_id == matters.worker_id)
    matters.db.execute(left.values(valid=Range(date(2026, 1, 1), AFTER_TERM.date())))
    with pytest.raises(WorkerLeft):
        matters.take("township", case, AFTER_TERM)
    with pytest.raises(WorkerLeft):
        matters.put_forward(other, AFTER_TERM)
    matters.db.execute(left.values(valid=Range(date(2026, 1, 1), date(2026, 3, 27))))
    matters.take("township", case, AFTER_TERM)
    assert proposal.state is ProposalState.PENALISED


def test_con_5_a_refusal_further_up_ends_it_too(matters: Matters) -> None:
    proposal = matters.recorded(Ground.A7)
    case = matters.put_forward(proposal, NEXT_DAY)
    matters.take("township", case, AFTER_TERM)
    matters.take("command_centre", case, AFTER_TERM, refused="证据不足")
    assert (case.state, proposal.state) == (CaseState.REFUSED, ProposalState.DROPPED)


def test_nobody_puts_forward_drops_or_takes_back_about_oneself(matters: Matters) -> None:
    proposal = matters.detected()
    herself = matters.who(matters.grid)
    for act in (deciding.drop_proposal, deciding.take_back):
        with pytest.raises(OwnMatter):
            act(matters.db, herself, proposal.id, REASON, NEXT_DAY)
    with pytest.raises(OwnMatter):
        matters.put_forward(proposal, NEXT_DAY, matters.grid)


def test_con_1_an_answer_counts_to_the_last_date_by_its_proven_time(matters: Matters) -> None:
    proposal = matters.detected()
    with pytest.raises(AnswerLate):
        matters.answer(proposal, AFTER_TERM)
    with pytest.raises(AnswerLate):
        matters.answer(proposal, LAST_DAY, late=1, proven=False)
    answer = matters.answer(proposal, LAST_DAY, late=2)
    assert answer.answered_at == LAST_DAY
    assert (matters.told("proposal").body or {})["answers"] == 1
    assert matters.events()[-1] == "conduct.answered"


def test_con_1_only_ones_own_while_it_stands(matters: Matters) -> None:
    proposal = matters.detected()
    other = Matters(matters.db, matters.city, NEIGHBOUR)
    with pytest.raises(NotFound):
        other.answer(proposal, NEXT_DAY)
    lead = matters.who("station_lead")
    deciding.drop_proposal(matters.db, lead, proposal.id, REASON, NEXT_DAY)
    with pytest.raises(ProposalClosed):
        matters.answer(proposal, NEXT_DAY)


def test_con_1_an_answer_in_time_that_arrives_after_the_decision_is_heard(
    matters: Matters,
) -> None:
    proposal = matters.detected()
    case = matters.put_forward(proposal, NEXT_DAY)
    matters.take("township", case, AFTER_TERM)
    answer = matters.answer(proposal, LAST_DAY, late=3)
    penalty = matters.penalty(proposal)
    assert penalty.review_because == {"answer": str(answer.id)}
    assert matters.acts(penalty)[-1] is PenaltyAct.REVIEW_OFFERED


def test_what_changes_behind_a_decided_penalty_offers_a_review(matters: Matters) -> None:
    penalty = matters.penalised(FIRST)
    matters.bare(at("15:00"))
    from_then_on = at("18:00", date(2026, 4, 2))
    proposal = matters.proposal()
    assert refresh(matters.db, proposal, from_then_on)
    assert penalty.review_because == {"evidence": 2, "stands": True}
    assert penalty.evidence == 1
    assert len(matters.db.scalars(select(ConductEvidence)).all()) == 2
