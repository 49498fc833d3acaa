"""A month is searched for every ground: what is one, what is none, and whose (CON-A, CON-B)."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.conduct.detecting import detect_failures
from app.conduct.detection_refusals import MonthNotSettled
from app.db.models import (
    AppraisalRevision,
    ConductDetection,
    ConductProposal,
    EquipmentWithdrawal,
    IncidentCase,
    Penalty,
    YearAppraisal,
)
from app.kit.ids import uuid7
from app.rules.appraisal import Grade, MonthState, Result, RevisionGround
from app.rules.conduct import Ground, PenaltyKind, ProposalState
from app.rules.incidents import State
from app.rules.information import CheckResult, RecordState
from app.rules.tasks import LoginSource, Platform
from app.rules.tiers import Tier
from tests.appraisal.facts import GRID, LAST, MONTH, NEIGHBOUR, SETTLED, at
from tests.conduct.month import SearchedMonth

FRIDAY = date(2026, 3, 20)
"""Of 22 duty dates of March the fifteenth."""
B2, B3, B4 = ("B2", "2026-03-31"), ("B3", "2026-03-31"), ("B4", "2026-03-20")
B5, B6, A3 = ("B5", "2026-03-31"), ("B6", "2026-03-31"), ("A3", "2026-03-31")


def test_con_an_open_month_is_not_searched(month: SearchedMonth) -> None:
    month.survey(FRIDAY, 100, 10)
    first_instant = datetime.fromisoformat("2026-04-04T00:00:00+08:00")
    with pytest.raises(MonthNotSettled) as refused:
        month.search(now=first_instant - timedelta(seconds=1))
    assert refused.value.facts["settles_at"] == first_instant.isoformat()
    assert month.search(now=first_instant) == 1


def test_con_2_searched_twice_everything_is_proposed_once(month: SearchedMonth) -> None:
    month.bare(FRIDAY)
    month.survey(FRIDAY, 100, 80)
    assert (month.search(), month.search()) == (2, 0)
    assert month.proposals() == [("B1", "2026-03-20"), B6]
    row = month.db.scalars(select(ConductDetection)).one()
    assert (row.community_code, row.month, row.found) == (GRID[:12], MONTH, 2)


def test_org_4_on_a_rural_part_time_worker_nothing_is_proposed(month: SearchedMonth) -> None:
    month.part_time()
    month.bare(FRIDAY)
    month.hold(FRIDAY, card=True)
    month.survey(FRIDAY, 100, 10)
    month.set_value("monthly_event_quota", 10)
    month.logins([FRIDAY], grid=NEIGHBOUR)
    month.record(date(2026, 3, 2), None)
    month.search()
    accused = set(month.db.scalars(select(ConductProposal.worker_id)))
    assert month.proposals() == [B2, B2, B3, B3]
    assert accused == {month.worker(NEIGHBOUR), month.worker(GRID[:12] + "003")}


def test_con_b1_only_by_checks_of_the_station_that_stand(month: SearchedMonth) -> None:
    month.bare(FRIDAY, by_station=False)
    taken_back = month.bare(date(2026, 3, 19))
    month.db.add(
        EquipmentWithdrawal(
            check_id=taken_back.id, reason="看错人", withdrawn_at=SETTLED,
            withdrawn_by=month.account("station_lead"),
        )
    )  # fmt: skip
    assert month.search() == 0
    check = month.bare(FRIDAY)
    month.search()
    evidence = month.evidence(Ground.B1)
    assert [one["id"] for one in evidence.records] == [str(check.id)]
    assert evidence.records[0]["at"] == f"/v1/equipment-checks/{check.id}"


@pytest.mark.parametrize(("filed", "expected"), [(2, [B2, B2, B2]), (3, [B2, B2])])
def test_con_b2_events_that_count_against_the_quota(
    month: SearchedMonth, filed: int, expected: list[tuple[str, str]]
) -> None:
    month.set_value("monthly_event_quota", 3)
    for _ in range(filed):
        month.hold(FRIDAY)
    false = month.hold(FRIDAY)
    month.db.get_one(IncidentCase, false).state = State.FALSE
    month.search()
    assert month.proposals() == expected


def test_con_b2_no_quota_no_ground(month: SearchedMonth) -> None:
    assert month.search() == 0


@pytest.mark.parametrize(("active", "expected"), [(22, []), (21, [B3])])
def test_con_b3_active_days_of_each_account(
    month: SearchedMonth, active: int, expected: list[tuple[str, str]]
) -> None:
    month.logins(month.duty)
    for grid in (NEIGHBOUR, GRID[:12] + "003"):
        month.logins(month.duty, grid=grid)
    month.db.commit()
    month.db.connection().exec_driver_sql(
        "delete from platform_login where platform = 'sichuan' and worker_id = %s and day > %s",
        (month.worker(), month.duty[active - 1]),
    )
    month.search()
    assert month.proposals() == expected
    if expected:
        because = month.evidence(Ground.B3).because
        assert (because["owed"], because["active"]) == (22, {"chengdu": 22, "sichuan": 21})
        assert because["short"] == ["sichuan"]


def test_con_b3_leave_is_cause_and_a_silent_platform_is_no_evidence(month: SearchedMonth) -> None:
    for grid in (GRID, NEIGHBOUR, GRID[:12] + "003"):
        month.logins(month.duty[:20], [Platform.CHENGDU], grid)
    month.leave(month.duty[20], LAST)
    month.search()
    assert month.proposals() == [B3, B3]
    accused = set(month.db.scalars(select(ConductProposal.worker_id)))
    assert accused == {month.worker(NEIGHBOUR), month.worker(GRID[:12] + "003")}


@pytest.mark.parametrize(
    ("source", "accused"), [(LoginSource.STATION, 0), (LoginSource.WEBHOOK, 3)]
)
def test_con_b3_the_list_of_another_station_says_nothing_of_this_one(
    month: SearchedMonth, source: LoginSource, accused: int
) -> None:
    month.logins(month.duty, grid="510185001002001", source=source)
    month.search()
    assert month.proposals() == [B3] * accused


def test_con_b4_a_card_that_is_questioned_is_no_ground(month: SearchedMonth) -> None:
    month.hold(date(2026, 3, 19), card=True, questioned=True)
    month.hold(FRIDAY)
    month.hold(FRIDAY, card=True)
    month.hold(FRIDAY, card=True)
    month.search()
    assert month.proposals() == [B4]
    evidence = month.evidence(Ground.B4)
    assert evidence.because == {"day": "2026-03-20", "cards": 2, "avoidable": 2}
    assert {one["verdict"] for one in evidence.records} == {"avoidable"}


@pytest.mark.parametrize(
    ("entered", "submitted", "state", "expected"),
    [
        (date(2026, 3, 9), date(2026, 3, 9), "entered", []),
        (date(2026, 3, 10), date(2026, 3, 10), "entered", [B5]),
        (date(2026, 3, 20), date(2026, 3, 9), "entered", []),
        (None, date(2026, 3, 9), "submitted", []),
        (None, date(2026, 3, 10), "submitted", [B5]),
        (None, date(2026, 3, 9), "returned", [B5]),
        (None, None, "draft", [B5]),
    ],
)
def test_con_b5_entered_in_time_or_with_the_station_by_then(
    month: SearchedMonth,
    entered: date | None,
    submitted: date | None,
    state: str,
    expected: list[tuple[str, str]],
) -> None:
    key = month.record(date(2026, 3, 2), entered)
    month.record_as(key, submitted_at=None if submitted is None else at(submitted), state=state)
    month.search()
    assert month.proposals() == expected
    if expected:
        (missed,) = month.evidence(Ground.B5).records
        assert (missed["id"], missed["part"], missed["due_on"]) == (str(key), "entry", "2026-03-09")


def test_con_b5_what_is_made_up_for_later_is_no_other_fact(month: SearchedMonth) -> None:
    """Each late entry would otherwise begin a new term to answer, and no decision would come."""
    key = month.record(date(2026, 3, 2), None)
    month.record_as(key, submitted_at=None, state="draft")
    month.search()
    before = month.evidence(Ground.B5)
    month.record_as(key, submitted_at=at(date(2026, 3, 20)), state="submitted")
    assert month.search() == 0
    assert (month.evidence(Ground.B5).number, before.number) == (1, 1)


@pytest.mark.parametrize(("collected", "months"), [(date(2026, 3, 24), 1), (date(2026, 3, 25), 0)])
def test_con_b5_a_term_that_ends_in_the_next_month_is_of_the_next_month(
    month: SearchedMonth, collected: date, months: int
) -> None:
    month.record_as(month.record(collected, None), submitted_at=None, state="draft")
    assert month.search() == months


@pytest.mark.parametrize(("wrong", "expected"), [(1, []), (2, [B5])])
def test_con_b5_accuracy_of_what_the_worker_wrote(
    month: SearchedMonth, wrong: int, expected: list[tuple[str, str]]
) -> None:
    results = [CheckResult.WRONG] * wrong + [CheckResult.CORRECT] * (20 - wrong)
    month.check(
        FRIDAY, [(month.record(date(2026, 3, 2), date(2026, 3, 3)), one) for one in results]
    )
    month.search()
    assert month.proposals() == expected
    if expected:
        evidence = month.evidence(Ground.B5)
        assert evidence.because["parts"] == ["accuracy"]
        assert len(evidence.records) == wrong


@pytest.mark.parametrize(("full_time_from", "expected"), [(2, [B5]), (3, [])])
@pytest.mark.parametrize("part", ["accuracy", "entry", "coverage"])
def test_org_4_what_was_done_as_a_part_timer_is_no_ground_later(
    month: SearchedMonth, part: str, full_time_from: int, expected: list[tuple[str, str]]
) -> None:
    """A rural part-time worker becomes full-time within the month."""
    collected, since = date(2026, 3, 2), date(2026, 3, full_time_from)
    if part == "accuracy":
        records = [month.record(collected, date(2026, 3, 3)) for _ in range(20)]
        month.check(FRIDAY, [(one, CheckResult.WRONG) for one in records])
    elif part == "entry":
        month.record_as(month.record(collected, None), state=RecordState.RETURNED)
    else:
        month.listing(date(2026, 2, 1), "1")
        since += date(2026, 3, 24) - collected
    month.full_time_since(since)
    month.search()
    assert month.proposals() == expected


@pytest.mark.parametrize(
    ("listed_on", "unit", "expected"),
    [
        (date(2026, 3, 24), GRID, [B5]),
        (date(2026, 3, 25), GRID, []),
        (date(2026, 3, 10), GRID[:12], []),
    ],
)
def test_con_b5_whom_the_worker_had_to_know(
    month: SearchedMonth, listed_on: date, unit: str, expected: list[tuple[str, str]]
) -> None:
    month.listing(listed_on, "identity_number=1", unit)
    month.search()
    assert month.proposals() == expected
    if expected:
        (missed,) = month.evidence(Ground.B5).records
        assert "focus" not in missed


def test_con_b5_nobody_answers_for_what_a_predecessor_left(month: SearchedMonth) -> None:
    month.listing(date(2026, 3, 2), "identity_number=1")
    month.employed(date(2026, 3, 25))
    assert month.search() == 0


@pytest.mark.parametrize("known_on", [date(2025, 12, 20), date(2026, 1, 2)])
def test_con_b5_a_change_of_another_month_or_from_before_the_worker_came(
    month: SearchedMonth, known_on: date
) -> None:
    """The worker has had the grid since January 1; the second is due in April."""
    month.change(month.record(date(2026, 1, 1), date(2026, 1, 2)), known_on)
    assert month.search() == 0


@pytest.mark.parametrize(
    ("recorded_on", "expected"),
    [
        (None, ["B5"]),
        (date(2026, 4, 15), []),
        (date(2026, 4, 16), ["B5"]),
    ],
)
def test_con_b5_a_known_change_within_three_months(
    month: SearchedMonth, recorded_on: date | None, expected: list[str]
) -> None:
    record_id = month.record(date(2026, 1, 5), date(2026, 1, 6))
    month.change(record_id, date(2026, 1, 15))
    if recorded_on is not None:
        month.recorded_again(record_id, recorded_on)
    month.search(date(2026, 4, 1), SETTLED + timedelta(days=31))
    assert [ground for ground, _ in month.proposals()] == expected
    if expected:
        (missed,) = month.evidence(Ground.B5).records
        assert (missed["part"], missed["due_on"]) == ("changes", "2026-04-15")


@pytest.mark.parametrize(
    ("asked", "aware", "expected"),
    [(100, 90, []), (100, 89, [B6]), (100, 60, [B6]), (100, 59, [A3]), (29, 0, [])],
)
def test_con_a3_b6_awareness_of_the_grid(
    month: SearchedMonth, asked: int, aware: int, expected: list[tuple[str, str]]
) -> None:
    survey = month.survey(FRIDAY, asked, aware)
    month.search()
    assert month.proposals() == expected
    if expected:
        found = month.proposal(Ground(expected[0][0]))
        rung = PenaltyKind.DISMISSAL if expected == [A3] else PenaltyKind.WARNING
        assert (found.worker_id, found.rung) == (month.worker(), rung)
        assert month.evidence(found.ground).records[0]["id"] == str(survey.id)


def test_con_what_is_gone_lapses_and_what_changed_says_so(month: SearchedMonth) -> None:
    survey = month.survey(FRIDAY, 100, 80)
    month.search()
    month.survey(FRIDAY, 100, 85)
    month.search()
    assert (month.proposal(Ground.B6).evidence, month.evidence(Ground.B6).because["aware"]) == (
        2,
        165,
    )
    survey.withdrawn_at = SETTLED
    month.survey(FRIDAY, 100, 96)
    assert month.search() == 0
    assert month.proposal(Ground.B6).state is ProposalState.LAPSED
    assert month.evidence(Ground.B6).stands is False


def test_con_a3_becomes_b6_when_more_were_asked(month: SearchedMonth) -> None:
    month.survey(FRIDAY, 100, 59)
    month.search()
    month.survey(FRIDAY, 100, 99)
    assert month.search() == 1
    assert month.proposals() == [A3, B6]
    assert month.proposal(Ground.A3).state is ProposalState.LAPSED


def test_con_a5_the_second_failed_month_that_is_closed(month: SearchedMonth) -> None:
    month.appraised(date(2026, 1, 1), Result.FAIL)
    month.appraised(date(2026, 2, 1), Result.PASS)
    month.appraised(date(2026, 3, 1), Result.FAIL, MonthState.CONFIRMED)
    assert detect_failures(month.db, [GRID[:12]], 2026, SETTLED) == 0
    month.appraised(date(2026, 4, 1), Result.FAIL)
    assert detect_failures(month.db, [GRID[:12]], 2026, SETTLED) == 1
    found = month.proposal(Ground.A5)
    assert (found.occurred_on, found.counted_for) == (date(2026, 4, 30), date(2026, 4, 1))
    assert found.rung is PenaltyKind.DISMISSAL
    assert [one["month"] for one in month.evidence(Ground.A5).records] == ["2026-01", "2026-04"]


def test_con_a5_a_revision_after_closing_takes_the_ground_away(month: SearchedMonth) -> None:
    month.appraised(date(2026, 1, 1), Result.FAIL)
    month.appraised(date(2026, 2, 1), Result.FAIL)
    assert detect_failures(month.db, [GRID[:12]], 2026, SETTLED) == 1
    month.db.add(
        AppraisalRevision(
            id=uuid7(SETTLED), worker_id=month.worker(), month=date(2026, 1, 1),
            result=Result.PASS, ground=RevisionGround.DATA, reason="数据更正", because={},
            decided_by=month.account("township"), decided_at=SETTLED,
        )
    )  # fmt: skip
    month.db.flush()
    assert detect_failures(month.db, [GRID[:12]], 2026, SETTLED) == 0
    assert month.proposal(Ground.A5).state is ProposalState.LAPSED


def test_con_a5_a_failed_year_that_is_graded_otherwise_offers_a_review(
    month: SearchedMonth,
) -> None:
    """A year counts from its first date, and is graded more than a year after that."""
    graded = YearAppraisal(
        id=uuid7(SETTLED), worker_id=month.worker(), year=2025, community_code=GRID[:12],
        mean=None, failed_months=0, penalties=0, by_rule=Grade.UNQUALIFIED, because={},
        grade=Grade.UNQUALIFIED, rules_version="1", computed_at=SETTLED, graded_at=SETTLED,
    )  # fmt: skip
    month.db.add(graded)
    month.db.flush()
    assert detect_failures(month.db, [GRID[:12]], 2025, SETTLED) == 1
    found = month.proposal(Ground.A5)
    assert found.occurred_on == date(2025, 1, 1)
    penalty = Penalty(
        id=uuid7(SETTLED), proposal_id=found.id, worker_id=month.worker(),
        community_code=GRID[:12], ground=Ground.A5, occurred_on=found.occurred_on,
        kind=PenaltyKind.DISMISSAL, standing=PenaltyKind.DISMISSAL, decided_on=SETTLED.date(),
        ends_on=date(2026, 5, 4), evidence=1, evidence_digest=month.evidence(Ground.A5).digest,
        tier=Tier.OFFICE, decided_at=SETTLED, decided_by=month.account("leading_group_office"),
    )  # fmt: skip
    month.db.add(penalty)
    found.state = ProposalState.PENALISED
    graded.grade = Grade.QUALIFIED
    month.db.flush()
    detect_failures(month.db, [GRID[:12]], 2025, SETTLED)
    assert penalty.review_because == {"evidence": 2, "stands": False}
