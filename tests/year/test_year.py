"""Fifty workers, twelve months: what the service paid is what a calculation by hand pays."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from app.rules.procedures import LeaveKind
from tests.year.conduct import penalty_of, proposal_of
from tests.year.desk import Desk, month_name
from tests.year.duty import GRADED_ON, YEAR, last_of, months
from tests.year.independent import Decided, Paid, Reckoning
from tests.year.people import COMMUNITIES, JOINED, LEFT, PART_TIME, RECRUITED
from tests.year.script import ABSENCES, OFFENCES, Ending, Offence
from tests.year.town import CENTRE, FINANCE

FILES = {"format": "xlsx"}


def register(desk: Desk, month: date) -> dict[str, Any]:
    """A month's statements in sums, by worker."""
    rows = desk.get(FINANCE, f"/payrolls/{month_name(month)}/statements", limit=100)["items"]
    return {desk.town.who(row["worker_id"]): row for row in rows}


@pytest.mark.parametrize("month", months(), ids=month_name)
def test_pay_1_to_4_every_statement_is_paid_to_the_cent(
    desk: Desk, reckoning: Reckoning, month: date
) -> None:
    by_hand = {who: paid for (who, of), paid in reckoning.paid.items() if of == month}
    paid = register(desk, month)
    assert {who: figures(row) for who, row in paid.items()} == {
        who: expected(found) for who, found in by_hand.items()
    }
    payroll = desk.get(FINANCE, f"/payrolls/{month_name(month)}")
    assert payroll["state"] == "closed"
    assert Decimal(payroll["total"]) == sum((one.total for one in by_hand.values()), Decimal(0))


def figures(row: Any) -> tuple[Any, ...]:
    """What a row of the register says."""
    sums = [Decimal(row[part]) for part in ("base", "performance", "corrections", "total")]
    return (row["duty"], row["employed"], row["result"], *sums)


def expected(paid: Paid) -> tuple[Any, ...]:
    """The same by hand."""
    corrections = sum((amount for _, amount in paid.corrections), Decimal(0))
    sums = (paid.base, paid.performance, corrections, paid.total)
    return (paid.duty, paid.employed, paid.result.value, *sums)


def test_pay_4_lines_name_clauses_and_the_months_that_they_correct(
    desk: Desk, reckoning: Reckoning
) -> None:
    seen = 0
    for (who, month), paid in reckoning.paid.items():
        if not paid.corrections:
            continue
        path = f"/payrolls/{month_name(month)}/statements/{desk.worker(who)}"
        lines = desk.get(FINANCE, path)["lines"]
        assert all(line["rule"] and line["clause"] for line in lines)
        assert sum(Decimal(line["amount"]) for line in lines) == paid.total
        corrected = [
            (line["corrects"], Decimal(line["amount"])) for line in lines if line["corrects"]
        ]
        assert corrected == [(month_name(earlier), amount) for earlier, amount in paid.corrections]
        seen += 1
    assert seen == 2


def test_pay_4_the_register_of_a_year_sums_to_the_cent(desk: Desk, reckoning: Reckoning) -> None:
    """The workbook's own cells, added up, are what was paid."""
    total = Decimal(0)
    for month in months():
        headers = desk.client.as_(FINANCE)
        path = f"/v1/payrolls/{month_name(month)}/register"
        answer = desk.client.http.get(path, headers=headers, params=FILES)
        assert answer.status_code == 200
        rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
        column = rows[0].index("应发合计（元）")
        whole = [Decimal(str(row[column])) for row in rows[1:]]
        assert sum(whole[:-1], Decimal(0)) == whole[-1]
        total += whole[-1]
    assert total == sum((paid.total for paid in reckoning.paid.values()), Decimal(0))


def test_apr_1_every_score_is_what_the_facts_come_to(desk: Desk, reckoning: Reckoning) -> None:
    scored = {}
    for month in months():
        page = desk.get(CENTRE, "/appraisals", month=month_name(month), limit=100)
        for row in page["items"]:
            scored[desk.town.who(row["worker_id"]), month] = row["score"]
    assert {key: None if score is None else Decimal(score) for key, score in scored.items()} == {
        key: reckoning.score(*key) for key in reckoning.paid
    }


def decided(reckoning: Reckoning) -> Iterator[Decided]:
    """All penalties of the year, by hand."""
    for penalties in reckoning.penalties.values():
        yield from penalties


def test_con_1_and_con_2_every_penalty_is_the_rung_that_counting_by_hand_gives(
    desk: Desk, reckoning: Reckoning
) -> None:
    by_hand = {(one.offence.who, one.on, one.kind.value) for one in decided(reckoning)}
    shown = desk.get(CENTRE, "/penalties", limit=100)["items"]
    assert {
        (desk.town.who(one["worker_id"]), date.fromisoformat(one["decided_on"]), one["kind"])
        for one in shown
    } == by_hand
    assert len(shown) == len(by_hand) == 13
    standing = [one for one in shown if one["standing"] is not None]
    assert len(standing) == len(shown) - 1


def named(offence: Offence) -> str:
    """A test's name."""
    return f"{offence.who}-{offence.ground.value}-{offence.occurred_on}"


@pytest.mark.parametrize("offence", OFFENCES, ids=named)
def test_con_evidence_is_followed_to_each_record_through_the_api_alone(
    desk: Desk, offence: Offence
) -> None:
    """From the penalty, where there is one, to the proposal, its evidence, and what is behind."""
    proposal = proposal_of(desk, offence)
    if offence.ends is Ending.PENALISED:
        penalty = desk.get(CENTRE, f"/penalties/{penalty_of(desk, offence)['id']}")
        assert penalty["proposal_id"] == proposal["id"]
        assert penalty["clause"] == proposal["clause"]
        assert penalty["digest"] == penalty["decided_upon"]["digest"]
        _follow(desk, proposal["community_code"], penalty["decided_upon"])
    detail = desk.get(CENTRE, f"/conduct-proposals/{proposal['id']}")
    _follow(desk, proposal["community_code"], detail["versions"][0])


def _follow(desk: Desk, community: str, evidence: Any) -> None:
    """Each record has its own endpoint, at which its station can open it."""
    assert evidence["stands"]
    assert evidence["records"] or evidence["said"]
    for record in evidence["records"]:
        headers = desk.client.as_(community)
        answer = desk.client.http.get(record["at"], headers=headers)
        assert answer.status_code == 200, (record, answer.text)


@pytest.mark.parametrize("offence", [o for o in OFFENCES if o.ends is Ending.PENALISED], ids=named)
def test_con_5_no_step_was_skipped(desk: Desk, offence: Offence) -> None:
    """Community and township; of a dismissal all four tiers, each by another account."""
    case_id = proposal_of(desk, offence)["case_id"]
    steps = desk.get(CENTRE, f"/approvals/{case_id}")["steps"]
    kind = penalty_of(desk, offence)["kind"]
    tiers = ["community", "township", "centre", "office"]
    assert [step["tier"] for step in steps] == tiers[: 4 if kind == "dismissal" else 2]
    assert all(step["outcome"] == "passed" and step["clause"] for step in steps)
    assert len({step["taken_by"] for step in steps}) == len(steps)


def test_con_what_people_made_of_the_other_proposals(desk: Desk) -> None:
    """Nothing followed; and beside what the script names nothing was found at all."""
    for offence in OFFENCES:
        state = proposal_of(desk, offence)["state"]
        if offence.ends is Ending.REFUSED:
            assert state == "dropped"
        else:
            assert state == offence.ends.value
    assert len(desk.get(CENTRE, "/conduct-proposals", limit=100)["items"]) == len(OFFENCES)


def test_org_4_nothing_is_held_against_a_part_time_worker(desk: Desk) -> None:
    key = str(desk.worker(PART_TIME))
    assert desk.get(CENTRE, "/conduct-proposals", worker=key)["items"] == []
    assert all(PART_TIME not in register(desk, month) for month in months())


def test_hire_3_contracts_ended_with_the_dismissals_and_the_resignation(desk: Desk) -> None:
    causes = {
        desk.town.who(one["worker_id"]): (one["last_day"], one["end_cause"])
        for one in desk.get(CENTRE, "/contracts", limit=100)["items"]
        if one["end_cause"] is not None
    }
    assert causes == {
        "w18": ("2025-08-06", "dismissal"),
        "w23": ("2025-10-22", "dismissal"),
        "w31": ("2025-06-20", "resignation"),
    }


def test_apr_2_every_grade_by_rule_is_what_the_year_comes_to(
    desk: Desk, reckoning: Reckoning
) -> None:
    page = desk.get(CENTRE, "/annual-appraisals", year=YEAR, limit=100)
    graded = {desk.town.who(one["worker_id"]): one["by_rule"] for one in page["items"]}
    workers = {who for who, _ in reckoning.paid}
    by_hand = {who: reckoning.grade(who, GRADED_ON).value for who in workers}
    assert {who: by_hand[who] for who in graded} == graded
    assert workers - set(graded) <= set(LEFT)
    assert set(graded.values()) == {"excellent", "qualified", "unqualified"}


@pytest.mark.parametrize("month", months(), ids=month_name)
def test_pay_4_closed_months_are_settled_and_computing_them_again_changes_nothing(
    desk: Desk, month: date
) -> None:
    """What was paid for a month until now, corrections counted, is what it would come to now; and
    its scores are those that were closed."""
    again = desk.get(FINANCE, f"/payrolls/{month_name(month)}/recomputation")
    assert (again["items"], Decimal(again["difference"])) == ([], Decimal(0))
    for community in COMMUNITIES:
        path = f"/appraisal-months/{community}/{month_name(month)}"
        assert desk.get(community, f"{path}/recomputation")["items"] == []
        assert desk.get(community, path)["state"] == "closed"


@pytest.mark.parametrize(
    ("who", "day", "standing", "june"),
    [
        ("w12", date(2025, 6, 15), ["warning"], None),
        ("w12", date(2025, 6, 16), ["warning", "demerit"], None),
        ("w12", date(2025, 7, 20), ["warning", "demerit"], "fail"),
        ("w12", date(2025, 7, 21), ["warning", None], "pass"),
        ("w12", date(2025, 12, 31), ["warning", None], "pass"),
        ("w18", date(2025, 8, 5), ["warning", "demerit"], "pass"),
        ("w18", date(2025, 8, 6), ["warning", "demerit", "dismissal"], "pass"),
    ],
)
def test_history_is_as_it_was_known_on_a_past_date(
    desk: Desk, who: str, day: date, standing: list[str | None], june: str | None
) -> None:
    path = f"/workers/{desk.worker(who)}/standing"
    stood = desk.get(CENTRE, path, on=day.isoformat())
    penalties = sorted(stood["penalties"], key=lambda one: one["decided_on"])
    assert [one["standing"] for one in penalties] == standing
    results = {one["month"][:7]: one["result"] for one in stood["months"]}
    assert results.get("2025-06") == june


def test_the_worker_reads_the_same_on_the_handset(desk: Desk, reckoning: Reckoning) -> None:
    """Statement, penalties, proposals, appraisal, contract: one's own."""
    who, month = "w12", date(2025, 7, 1)
    paid = reckoning.paid[who, month]
    statement = desk.get(who, f"/me/pay-statements/{month_name(month)}")
    assert Decimal(statement["total"]) == paid.total
    assert [one["standing"] for one in desk.get(who, "/me/penalties")["items"]] == [None, "warning"]
    assert len(desk.get(who, "/me/proposals")["items"]) == 2
    june = desk.get(who, "/me/appraisals/2025-06")
    assert Decimal(june["score"]) == reckoning.score(who, date(2025, 6, 1))
    assert len(desk.get(who, "/me/contract")["items"]) == 1


@pytest.mark.parametrize("month", months(), ids=month_name)
def test_pay_3_finance_is_told_who_came_who_went_and_who_was_away(desk: Desk, month: date) -> None:
    """五4: a transfer between stations is neither."""
    report = desk.get(FINANCE, f"/payrolls/{month_name(month)}/report")
    told = {
        (desk.town.who(one["worker_id"]), movement)
        for one in report["items"]
        for movement in one["movements"]
    }
    joined = {
        (who, "joined") for who, (since, _) in (JOINED | RECRUITED).items() if in_(since, month)
    }
    left = {(who, "left") for who, last in LEFT.items() if in_(last, month)}
    absent = {
        (leave.who, "absent")
        for leave in ABSENCES
        if leave.kind is LeaveKind.UNPAID_ABSENCE
        and leave.first <= last_of(month)
        and leave.last >= month
    }
    assert told == joined | left | absent
    assert (report["joined"], report["left"]) == (len(joined), len(left))
    assert report["absent"] == len(absent)


def in_(day: date, month: date) -> bool:
    """Whether a date lies in a month."""
    return month <= day <= last_of(month)
