"""A ground becomes a proposal: told at once, once for a period, and only while it stands."""

import pytest
from sqlalchemy import select

from app.conduct import deciding
from app.conduct.detecting import detect_dates
from app.conduct.proposing import refresh
from app.conduct.refusals import (
    EvidenceChanged,
    NotPutForward,
    ProposalClosed,
    PutForwardAlready,
)
from app.db.models import ConductEvidence, ConductProposal
from app.kit.errors import Forbidden, NotFound
from app.rules.approvals import CaseState
from app.rules.conduct import Ground, PenaltyKind, ProposalState
from tests.attendance.facts import at
from tests.conduct.matters import AFTER_TERM, COMMUNITY, FIRST, REASON, Matters

LATER = at("09:00", FIRST.replace(day=19))


def search(matters: Matters) -> int:
    return detect_dates(matters.db, [COMMUNITY], FIRST, LATER)


def test_con_1_what_is_found_is_told_at_once_with_five_duty_dates_to_answer(
    matters: Matters,
) -> None:
    proposal = matters.detected()
    assert (proposal.state, proposal.rung) == (ProposalState.PROPOSED, PenaltyKind.WARNING)
    assert proposal.answer_until.isoformat() == "2026-03-25"
    told = matters.told("proposal").body or {}
    assert (told["ground"], told["clause"], told["state"]) == ("B1", "四(二)1", "proposed")
    assert (told["records"], told["digest"]) == (1, matters.digest(proposal))
    assert matters.events() == ["conduct.proposed"]


def test_con_2_found_again_it_is_one_proposal(matters: Matters) -> None:
    matters.detected()
    assert search(matters) == 0
    assert len(matters.db.scalars(select(ConductProposal)).all()) == 1


def test_what_a_person_dropped_is_not_found_again_unless_something_else_is_behind_it(
    matters: Matters,
) -> None:
    proposal = matters.detected()
    deciding.drop_proposal(matters.db, matters.who("station_lead"), proposal.id, REASON, LATER)
    assert (proposal.state, proposal.close_reason) == (ProposalState.DROPPED, "情节轻微")
    assert search(matters) == 0
    matters.bare(at("11:00", FIRST))
    assert search(matters) == 1
    assert matters.proposal().id != proposal.id


def test_evidence_that_changed_is_the_next_version_with_a_new_term_to_answer(
    matters: Matters,
) -> None:
    proposal = matters.detected()
    before, before_at = matters.digest(proposal), proposal.found_at
    matters.bare(at("15:00", FIRST))
    assert refresh(matters.db, proposal, LATER)
    assert not refresh(matters.db, proposal, LATER)
    assert (proposal.evidence, proposal.answer_until.isoformat()) == (2, "2026-03-26")
    assert (proposal.found_at, proposal.told_at) == (before_at, LATER)
    assert matters.digest(proposal) != before
    assert matters.db.get_one(ConductEvidence, (proposal.id, 1)).digest == before
    assert (matters.told("proposal").body or {})["records"] == 2


def test_a_ground_that_is_gone_lapses_and_its_case_with_it(matters: Matters) -> None:
    check = matters.bare(at("10:00"))
    search(matters)
    proposal = matters.proposal()
    case = matters.put_forward(proposal, LATER)
    matters.withdraw(check, LATER)
    assert refresh(matters.db, proposal, LATER)
    assert (proposal.state, case.state) == (ProposalState.LAPSED, CaseState.WITHDRAWN)
    assert matters.events()[-1] == "conduct.lapsed"
    assert not refresh(matters.db, proposal, LATER)
    with pytest.raises(ProposalClosed):
        matters.put_forward(proposal, LATER)
    matters.bare(at("16:00", FIRST))
    assert search(matters) == 1


def test_it_is_put_forward_on_what_was_seen(matters: Matters) -> None:
    proposal = matters.detected()
    matters.bare(at("15:00", FIRST))
    with pytest.raises(EvidenceChanged) as refused:
        matters.put_forward(proposal, LATER)
    assert refused.value.facts["evidence"] == 2
    matters.put_forward(proposal, LATER)
    with pytest.raises(PutForwardAlready):
        matters.put_forward(proposal, LATER)


def test_taken_back_it_can_be_put_forward_anew_or_dropped(matters: Matters) -> None:
    proposal, lead = matters.detected(), matters.who("station_lead")
    with pytest.raises(NotPutForward):
        deciding.take_back(matters.db, lead, proposal.id, REASON, LATER)
    first = matters.put_forward(proposal, LATER)
    with pytest.raises(PutForwardAlready):
        deciding.drop_proposal(matters.db, lead, proposal.id, REASON, LATER)
    deciding.take_back(matters.db, lead, proposal.id, REASON, LATER)
    assert (first.state, first.withdraw_reason) == (CaseState.WITHDRAWN, "情节轻微")
    second = matters.put_forward(proposal, LATER)
    assert second.id != first.id
    matters.take("township", second, AFTER_TERM)
    with pytest.raises(NotPutForward):
        deciding.take_back(matters.db, lead, proposal.id, REASON, AFTER_TERM)


def test_acts_beyond_ones_unit_are_forbidden(matters: Matters) -> None:
    elsewhere = Matters(matters.db, matters.city, "510185001002001")
    proposal = elsewhere.recorded(Ground.A4)
    lead = matters.who("station_lead")
    with pytest.raises(Forbidden):
        deciding.drop_proposal(matters.db, lead, proposal.id, REASON, LATER)
    with pytest.raises(Forbidden):
        matters.put_forward(proposal, LATER)
    with pytest.raises(NotFound):
        deciding.drop_proposal(matters.db, lead, lead.account_id, REASON, LATER)
