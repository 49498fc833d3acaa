"""No step skipped, none by another tier or the person concerned, each once (HIRE-1, CON-5)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from random import Random
from threading import Barrier

import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.approvals.asking import Acting, ask, asked, take_for
from app.approvals.cases import Subject, open_case, open_case_of, withdraw_case, withdraw_open
from app.approvals.refusals import (
    ActedForAnotherTier,
    CaseClosed,
    CaseOpenAlready,
    MayNotRefuse,
    NotYourStep,
    OwnMatter,
    RefusalNeedsReason,
    StepTaken,
)
from app.approvals.taking import Reaction, Turn, Word, case_of, take
from app.db.models import ApprovalCase, ApprovalStep, OutboxEvent
from app.kit.errors import NotFound, Refusal
from app.kit.ids import uuid7
from app.rules.approvals import PROCEDURES, CaseState, Procedure, StepOutcome
from app.rules.tiers import Tier
from tests.approvals.facts import COMMUNITY, LINE_OF_OFFICES, NO, NOW, PASSED, Offices
from tests.attendance.facts import GRID

NEIGHBOUR = "510185001001002"


def test_con_5_a_dismissal_goes_up_the_four_tiers_and_every_step_is_kept(
    offices: Offices, db: Session
) -> None:
    case = offices.case()
    for number, name in enumerate(LINE_OF_OFFICES, 1):
        assert (case.state, case.step) == (CaseState.OPEN, number)
        offices.take(case, name, Word(step=number, facts={"digest": "ab"}), NOW)
    assert (case.state, case.closed_at, case.step) == (CaseState.APPROVED, NOW, 5)
    steps = offices.steps(case)
    assert [step.unit_code for step in steps] == [COMMUNITY, "510185001", "510185", "510185"]
    assert [step.taken_by for step in steps] == [
        offices.who(name).account_id for name in LINE_OF_OFFICES
    ]
    assert {step.clause for step in steps} == {"四(四)"}
    assert [step.facts for step in steps] == [{"digest": "ab"}] * 4
    names = db.scalars(select(OutboxEvent.name).order_by(OutboxEvent.id)).all()
    assert names == ["approval.opened", *["approval.step_taken"] * 4]


def test_hire_1_a_term_is_counted_in_duty_dates_from_when_the_turn_came(offices: Offices) -> None:
    case = offices.case()
    first, second, third, _ = offices.steps(case)
    assert (first.waits_since, first.due_on) == (NOW, None)
    assert (second.waits_since, second.due_on) == (None, None)
    offices.take(case, "station_lead")
    assert (second.waits_since, second.due_on) == (NOW, date(2026, 3, 25))
    long_after = NOW + timedelta(days=30)
    offices.take(case, "township", now=long_after)
    assert (second.taken_at, third.waits_since) == (long_after, long_after), "nothing lapses"


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_con_5_no_tier_takes_the_step_of_another(offices: Offices, step: int) -> None:
    case = offices.case()
    offices.add("other_lead", "510185001002", "station_lead")
    offices.add("other_township", "510185002", "township")
    offices.pass_to(case, step)
    wrong = {*LINE_OF_OFFICES[step:], "finance", "information_administrator"}
    for name in wrong - {LINE_OF_OFFICES[step - 1]}:
        with pytest.raises((NotYourStep, NotFound)):
            offices.take(case, name)
    for name in ("other_lead", "other_township"):
        with pytest.raises(NotFound):
            offices.take(case, name)
    assert (case.step, case.state) == (step, CaseState.OPEN)


def test_hire_1_a_refusal_needs_a_reason_ends_the_case_and_the_same_may_begin_again(
    offices: Offices, db: Session
) -> None:
    case = offices.case()
    with pytest.raises(MayNotRefuse):
        offices.take(case, "station_lead", NO)
    offices.take(case, "station_lead")
    with pytest.raises(RefusalNeedsReason):
        offices.take(case, "township", Word(StepOutcome.REFUSED))
    again = Subject(case.procedure, case.subject_id, case.unit_code, case.worker_id)
    with pytest.raises(CaseOpenAlready):
        open_case(db, again, None, NOW)
    offices.take(case, "township", NO)
    assert (case.state, case.step, case.closed_at) == (CaseState.REFUSED, 2, NOW)
    assert offices.steps(case)[1].reason == "材料不全"
    for name in LINE_OF_OFFICES:
        with pytest.raises(CaseClosed):
            offices.take(case, name)
    assert open_case(db, again, None, NOW).id != case.id


def test_a_step_that_was_seen_is_not_taken_for_the_next_one(offices: Offices) -> None:
    case = offices.case(Procedure.PAYROLL, unit="510185", concerned=None)
    offices.take(case, "command_centre", Word(step=1))
    with pytest.raises(StepTaken) as refused:
        offices.take(case, "command_centre", Word(step=1))
    assert (refused.value.facts["step"], case.step) == (2, 2)
    with pytest.raises(NotYourStep):
        offices.take(case, "command_centre", Word(step=3))


def test_hire_1_nobody_decides_about_oneself(offices: Offices, db: Session) -> None:
    account = offices.add("lead_and_worker", COMMUNITY, "station_lead", "worker")
    db.flush()
    neighbour = offices.who(NEIGHBOUR)
    db.execute(
        update(type(account)).where(type(account).id == neighbour.account_id).values(worker_id=None)
    )
    account.worker_id = offices.city.workers[NEIGHBOUR]
    db.flush()
    own = offices.case(concerned=NEIGHBOUR)
    with pytest.raises(OwnMatter):
        offices.take(own, "lead_and_worker")
    offices.take(offices.case(concerned=GRID), "lead_and_worker")


def test_con_5_one_hand_acts_for_one_tier_only(offices: Offices) -> None:
    offices.add("centre_and_office", "510185", "command_centre", "leading_group_office")
    case = offices.case()
    offices.pass_to(case, 3)
    offices.take(case, "centre_and_office")
    with pytest.raises(ActedForAnotherTier):
        offices.take(case, "centre_and_office")
    offices.take(case, "leading_group_office")
    assert case.state is CaseState.APPROVED


def test_a_workers_request_is_the_first_step_wherever_the_post_is_by_now(
    offices: Offices, db: Session
) -> None:
    worker = offices.who(GRID)
    subject = Subject(Procedure.LEAVE, uuid7(NOW), "510185001002", worker.worker_id)
    case = open_case(db, subject, worker.account_id, NOW)
    for name in (NEIGHBOUR, "station_lead", "township"):
        with pytest.raises((NotYourStep, OwnMatter, NotFound)):
            offices.take(case, name)
    offices.take(case, GRID)
    with pytest.raises(NotYourStep):
        offices.take(case, GRID)
    assert [step.taken_by for step in offices.steps(case)] == [worker.account_id, None]


def test_what_was_asked_for_before_there_were_cases_gets_one(offices: Offices, db: Session) -> None:
    worker_id = offices.city.workers[GRID]
    subject = Subject(Procedure.LEAVE, uuid7(NOW), COMMUNITY, worker_id)
    then = NOW - timedelta(days=2)
    case = asked(db, subject, None, then)
    assert (case.opened_at, case.step) == (then, 2)
    assert asked(db, subject, None, NOW) is case
    first = offices.steps(case)[0]
    assert (first.taken_at, first.taken_by) == (then, None)


def test_evt_3_a_step_taken_with_an_act_is_judged_alike(offices: Offices, db: Session) -> None:
    tiers = {1: Tier.GRID, 2: Tier.COMMUNITY}
    subject = Subject(Procedure.EXTENSION, uuid7(NOW), GRID, offices.city.workers[GRID], tiers)
    by = offices.who(GRID).account_id
    case = ask(db, subject, by, NOW)
    lead = offices.who("station_lead").account_id
    for wrong in (
        Acting(lead, Tier.TOWNSHIP, "510185001"),
        Acting(lead, Tier.COMMUNITY, "510185001002"),
    ):
        with pytest.raises(NotYourStep):
            take_for(db, case, wrong, PASSED, NOW)
    with pytest.raises(ActedForAnotherTier):
        take_for(db, case, Acting(by, Tier.COMMUNITY, COMMUNITY), PASSED, NOW)
    take_for(db, case, Acting(lead, Tier.COMMUNITY, COMMUNITY), NO, NOW)
    assert case.state is CaseState.REFUSED


def test_a_case_that_is_taken_back_is_over(offices: Offices, db: Session) -> None:
    case = offices.case()
    withdraw_case(db, offices.who("station_lead"), case, "查明属误报", NOW)
    assert (case.state, case.withdraw_reason) == (CaseState.WITHDRAWN, "查明属误报")
    with pytest.raises(CaseClosed):
        offices.take(case, "station_lead")
    other = offices.case()
    withdraw_open(db, None, other.procedure, other.subject_id, NOW)
    assert open_case_of(db, other.procedure, other.subject_id) is None
    withdraw_open(db, None, other.procedure, other.subject_id, NOW)


def test_what_a_procedure_demands_is_asked_before_and_what_it_does_comes_after(
    offices: Offices,
) -> None:
    seen: list[str] = []

    def refuse(session: object, turn: Turn) -> None:
        raise RefusalNeedsReason

    def note(name: str) -> Reaction:
        return Reaction(
            check=lambda session, turn: seen.append(f"{name} {turn.step.taken_at}"),
            taken=lambda session, turn: seen.append(f"{name} {turn.case.step}"),
        )

    case = offices.case()
    with pytest.raises(RefusalNeedsReason):
        offices.take(case, "station_lead", reaction=Reaction(check=refuse))
    assert offices.steps(case)[0].taken_at is None
    with pytest.raises(NotYourStep):
        offices.take(case, "township", reaction=note("wrong"))
    offices.take(case, "station_lead", reaction=note("right"))
    assert seen == ["right None", "right 2"]


def test_a_step_that_was_taken_is_never_changed(offices: Offices, db: Session) -> None:
    case = offices.case()
    offices.take(case, "station_lead")
    db.commit()
    of_case = ApprovalStep.case_id == case.id
    for statement in (
        update(ApprovalStep).where(of_case, ApprovalStep.number == 1).values(reason="改"),
        delete(ApprovalStep).where(of_case),
    ):
        with pytest.raises(DBAPIError):
            db.execute(statement)
        db.rollback()


@pytest.mark.parametrize("seed", range(3))
def test_hire_1_whatever_is_tried_the_database_holds_only_what_the_procedure_allows(
    offices: Offices, db: Session, seed: int
) -> None:
    chance = Random(seed)
    offices.add("centre_and_office", "510185", "command_centre", "leading_group_office")
    offices.add("other_lead", "510185001002", "station_lead")
    offices.add("second_lead", COMMUNITY, "station_lead")
    offices.stands_in("township", "station_lead", Tier.COMMUNITY)
    offices.stands_in("centre_and_office", "township", Tier.TOWNSHIP)
    persons = [*LINE_OF_OFFICES, "centre_and_office", "other_lead", "second_lead", GRID, NEIGHBOUR]
    kinds = [
        Procedure.DISMISSAL,
        Procedure.RECRUITMENT,
        Procedure.PENALTY,
        Procedure.RESIGNATION,
        Procedure.ANNUAL_APPRAISAL,
    ]
    cases = [offices.case(kind) for kind in kinds]
    for _ in range(120):
        case, outcome = chance.choice(cases), chance.choice([*StepOutcome, StepOutcome.PASSED])
        reason = chance.choice([None, "理由"])
        word = Word(outcome, reason, chance.choice([None, case.step, 1, 2, 3]))
        try:
            offices.take(case, chance.choice(persons), word)
        except Refusal:
            continue
    for case in cases:
        _holds(offices, case)


def _holds(offices: Offices, case: ApprovalCase) -> None:
    steps = offices.steps(case)
    taken = [step for step in steps if step.taken_at is not None]
    assert [step.number for step in taken] == list(range(1, len(taken) + 1)), "none skipped"
    declared = PROCEDURES[case.procedure]
    assert [(step.act, step.tier) for step in steps] == [(s.act, s.tier) for s in declared]
    passed = [step for step in taken if step.outcome is StepOutcome.PASSED]
    assert (case.state is CaseState.APPROVED) is (len(passed) == len(steps))
    assert (case.state is CaseState.REFUSED) is (len(passed) < len(taken))
    hands: dict[object, set[Tier]] = {}
    concerned = offices.who(GRID).account_id
    for step in taken:
        assert (step.taken_by == concerned) is (step.tier is Tier.GRID)
        assert step.outcome is StepOutcome.PASSED or (step.reason and step.may_refuse)
        for hand in {step.taken_by, step.stood_in_for} - {None}:
            hands.setdefault(hand, set()).add(step.tier)
    assert all(len(tiers) == 1 for tiers in hands.values()), "one hand, one tier"


def test_two_at_once_take_a_step_once(offices: Offices, db: Session, api: FastAPI) -> None:
    """The second one waits, and then finds that the step was taken."""
    offices.add("second_lead", COMMUNITY, "station_lead")
    case = offices.case()
    askers = [offices.who("station_lead"), offices.who("second_lead"), offices.who("township")]
    db.commit()
    together = Barrier(len(askers))

    def attempt(number: int) -> str:
        with api.state.sessions.begin() as session:
            together.wait()
            try:
                locked = case_of(session, askers[number], case.id)
                take(session, askers[number], locked, Word(step=1), NOW)
            except Refusal as refusal:
                return refusal.code
        return "taken"

    with ThreadPoolExecutor(len(askers)) as pool:
        found = list(pool.map(attempt, range(len(askers))))
    assert sorted(found[:2]) == ["approvals.step_taken", "taken"]
    assert found[2] in {"approvals.not_your_step", "approvals.step_taken"}
    db.expire_all()
    assert case.step == 2


def test_two_at_once_open_one_case(offices: Offices, db: Session, api: FastAPI) -> None:
    subject = Subject(Procedure.PENALTY, uuid7(NOW), COMMUNITY, offices.city.workers[GRID])
    together = Barrier(2)

    def attempt(_: int) -> str:
        try:
            with api.state.sessions.begin() as session:
                together.wait()
                open_case(session, subject, None, NOW)
        except (CaseOpenAlready, DBAPIError) as refused:
            return type(refused).__name__
        return "opened"

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(attempt, range(2)))
    assert found in [["CaseOpenAlready", "opened"], ["IntegrityError", "opened"]]
    assert open_case_of(db, subject.procedure, subject.id) is not None
