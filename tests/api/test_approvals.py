"""What waits for whom, and steps taken through the API (HIRE-1, CON-5)."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.api.approvals import REACTIONS
from app.db.models import Account, ApprovalCase, ApprovalStep, Leave, RecruitmentApplication
from app.rules.approvals import CaseState, Procedure
from app.rules.hiring import ApplicationState
from app.rules.procedures import RequestState
from app.rules.tiers import Tier
from tests.api.approval_desk import GRID, Desk
from tests.api.station import NEIGHBOUR, StationDay, refused
from tests.approvals.facts import COMMUNITY, NOW, Offices
from tests.city import City
from tests.conftest import SignedIn

YES = {"approved": True}


@pytest.fixture
def desk(api: FastAPI, client: SignedIn, db: Session, city: City) -> Desk:
    return Desk(StationDay(api, client, db), Offices(db, city))


def test_every_procedure_says_what_follows_from_its_steps() -> None:
    assert set(REACTIONS) == set(Procedure)


def test_hire_1_a_case_goes_up_the_tiers_through_the_api(desk: Desk) -> None:
    case = desk.recruitment()
    shown = desk.station.get("command_centre", f"/approvals/{case.id}").json()
    assert (shown["procedure"], shown["state"], shown["step"]) == ("recruitment", "open", 2)
    assert shown["about"] == {
        "grid_code": GRID,
        "form": "examination",
        "applied_on": "2026-03-18",
    }
    assert "赵应聘" not in str(shown)
    assert (shown["next"]["tier"], shown["next"]["due_on"]) == ("centre", "2026-03-25")
    assert shown["obstacle"] is None
    first, second = shown["steps"][:2]
    assert (first["taken_by_name"], first["outcome"]) == ("township", "passed")
    assert (second["taken_at"], second["unit_name"]) == (None, "单位510185")
    assert [waits["waiting"] for waits in _waiting(desk, "command_centre")] == [1]
    assert _waiting(desk, "township") == []

    assert refused(desk.steps("township", case.id, 2)) == (403, "approvals.not_your_step")
    assert refused(desk.steps("leading_group_office", case.id, 2))[1] == "approvals.not_your_step"
    assert refused(desk.steps("leading_group_office", case.id, 3))[1] == "approvals.not_your_step"
    assert refused(desk.steps("command_centre", case.id, 1)) == (409, "approvals.step_taken")
    assert refused(desk.steps("command_centre", case.id, 2, "refused")) == (
        422,
        "approvals.reason_needed",
    )
    passed = desk.steps("command_centre", case.id, 2, reason="符合条件", seen={"digest": "a" * 64})
    assert passed.status_code == 200, passed.text
    assert passed.json()["steps"][1]["facts"] == {"digest": "a" * 64}
    assert passed.json()["obstacle"] == "approvals.not_your_step"
    assert refused(desk.steps("command_centre", case.id, 2))[1] == "approvals.step_taken"
    assert desk.steps("leading_group_office", case.id, 3).status_code == 200
    assert refused(desk.steps("station_lead", case.id, 4)) == (
        409,
        "recruitment.sign_with_contract",
    )
    application = desk.db.get_one(RecruitmentApplication, case.subject_id, populate_existing=True)
    assert application.state is ApplicationState.APPROVED


def _waiting(desk: Desk, who: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.station.get(who, "/approvals/waiting").json()
    return found


def test_hire_1_refused_it_is_over(desk: Desk) -> None:
    case = desk.recruitment()
    answer = desk.steps("command_centre", case.id, 2, "refused", reason="材料不全")
    assert (answer.json()["state"], answer.json()["next"]) == ("refused", None)
    assert refused(desk.steps("leading_group_office", case.id, 3)) == (409, "approvals.case_closed")
    shown = desk.station.get("township", f"/approvals/{case.id}").json()
    assert (shown["steps"][1]["reason"], shown["obstacle"]) == (
        "材料不全",
        "approvals.case_closed",
    )


def test_con_5_one_hand_for_two_tiers_and_about_oneself(desk: Desk) -> None:
    both = desk.offices.add("both", "510185", "command_centre", "leading_group_office")
    desk.offices.add("own", COMMUNITY, "worker", "station_lead")
    case = desk.recruitment()
    assert desk.steps("both", case.id, 2).status_code == 200
    assert refused(desk.steps("both", case.id, 3)) == (403, "approvals.acted_for_another_tier")
    assert both.id in {step.taken_by for step in desk.offices.steps(case)}
    leave = desk.leave()
    desk.db.execute(update(Account).where(Account.worker_id.is_not(None)).values(worker_id=None))
    desk.db.execute(
        update(Account)
        .where(Account.phone == desk.offices.city.phones["own"])
        .values(worker_id=desk.offices.city.workers[GRID])
    )
    desk.db.commit()
    assert refused(desk.steps("own", leave, 2)) == (403, "approvals.own_matter")


def test_org_1_cases_of_others_are_not_there(desk: Desk) -> None:
    desk.offices.add("other_lead", "510185001002", "station_lead")
    desk.offices.add("other_township", "510185002", "township")
    case = desk.recruitment()
    for who in ("other_lead", "other_township"):
        assert desk.listed(who) == []
        assert refused(desk.station.get(who, f"/approvals/{case.id}")) == (404, "request.not_found")
        assert refused(desk.steps(who, case.id, 2)) == (404, "request.not_found")
        assert refused(desk.station.get(who, "/approvals", unit="510185001001"))[0] == 404
    assert refused(desk.station.get("township", f"/approvals/{uuid4()}"))[0] == 404
    for who in ("information_administrator", "finance", "auditor", GRID):
        assert refused(desk.station.get(who, "/approvals"))[0] == 403
        assert refused(desk.steps(who, case.id, 2))[0] == 403


def test_att_5_leave_waits_for_the_station_and_is_decided_there_or_here(
    desk: Desk, db: Session
) -> None:
    here, there = desk.leave("2026-03-20"), desk.leave("2026-03-23")
    rows = desk.listed("station_lead", waits_for="me")
    assert [row["id"] for row in rows] == [str(here), str(there)], "the earliest first"
    assert rows[0]["about"]["kind"] == "sick"
    assert rows[0]["worker_name"] == "网格员0"
    assert desk.listed("township", waits_for="me") == []
    assert len(desk.listed("township")) == 2
    answer = desk.steps("station_lead", here, 2)
    assert answer.json()["state"] == "approved", answer.text
    approved = db.get_one(Leave, UUID(answer.json()["subject_id"]))
    assert (approved.state, approved.decision_reason) == (RequestState.APPROVED, None)
    assert approved.decided_by == desk.offices.who("station_lead").account_id
    subject = rows[1]["subject_id"]
    assert desk.station.post("station_lead", f"/leaves/{subject}/decision", YES).status_code == 200
    [row] = desk.listed("station_lead", subject=subject)
    assert row["state"] == "approved"
    assert refused(desk.steps("station_lead", there, 2)) == (409, "approvals.case_closed")
    again = desk.station.post("station_lead", f"/leaves/{subject}/decision", YES)
    assert refused(again) == (409, "decision.already_decided")


def test_att_5_what_speaks_against_leave_speaks_here_too(desk: Desk, db: Session) -> None:
    first, second = desk.leave("2026-03-20"), desk.leave("2026-03-23")
    db.execute(
        update(Leave)
        .where(Leave.last_day == NOW.date() + timedelta(days=5))
        .values(first_day=NOW.date() + timedelta(days=2))
    )
    db.commit()
    assert desk.steps("station_lead", first, 2).status_code == 200
    assert refused(desk.steps("station_lead", second, 2)) == (409, "leave.overlaps")
    answer = desk.steps("station_lead", second, 2, "refused", reason="人手不足")
    assert answer.json()["state"] == "refused"
    of_second = select(Leave).where(Leave.id == UUID(answer.json()["subject_id"]))
    leave = db.scalars(of_second.execution_options(populate_existing=True)).one()
    assert (leave.state, leave.decision_reason) == (RequestState.REFUSED, "人手不足")


def test_att_5_a_correction_goes_the_same_way_and_taken_back_it_is_over(desk: Desk) -> None:
    asked = [desk.station.asks_correction(window).json()["id"] for window in (1, 2)]
    cases = {row["subject_id"]: row for row in desk.listed("station_lead", procedure="correction")}
    assert cases[asked[0]]["about"] == {"kind": "sign_in", "day": "2026-03-18", "window": 1}
    answer = desk.steps("station_lead", cases[asked[0]]["id"], 2)
    assert answer.json()["state"] == "approved"
    shown = desk.station.get("station_lead", f"/corrections/{asked[0]}").json()
    assert shown["state"] == "approved"
    assert desk.station.delete(GRID, f"/corrections/{asked[1]}").status_code == 200
    [row] = desk.listed("station_lead", subject=asked[1])
    assert row["state"] == "withdrawn"
    assert refused(desk.steps("station_lead", row["id"], 2))[1] == "approvals.case_closed"
    mine = desk.station.get(GRID, "/me/approvals").json()["items"]
    assert {case["subject_id"] for case in mine} == set(asked)
    assert desk.station.get(NEIGHBOUR, "/me/approvals").json()["items"] == []
    own = desk.station.get(GRID, f"/me/approvals/{row['id']}").json()
    assert own["withdraw_reason"].startswith("申请已撤回")
    assert refused(desk.station.get(NEIGHBOUR, f"/me/approvals/{row['id']}"))[0] == 404


def test_evt_3_an_extension_is_decided_with_its_event(desk: Desk) -> None:
    case = desk.offices.case(Procedure.EXTENSION)
    desk.db.commit()
    assert refused(desk.steps("station_lead", case.id, 1)) == (
        409,
        "approvals.decided_with_event",
    )


def test_att_5_decided_here_and_there_at_once_it_is_decided_once(desk: Desk) -> None:
    leave = desk.leave()
    [row] = desk.listed("station_lead")
    ways = [
        (f"/approvals/{leave}/steps", {"step": 2, "outcome": "refused", "reason": "人手不足"}),
        (f"/leaves/{row['subject_id']}/decision", YES),
    ]
    together = Barrier(len(ways))

    def decide(way: tuple[str, dict[str, Any]]) -> int:
        together.wait()
        return desk.station.post("station_lead", *way).status_code

    with ThreadPoolExecutor(len(ways)) as pool:
        statuses = list(pool.map(decide, ways))
    assert sorted(statuses) == [200, 409]
    expected = "refused" if statuses[0] == 200 else "approved"
    shown = desk.station.get("station_lead", f"/leaves/{row['subject_id']}").json()
    assert shown["state"] == expected
    assert desk.listed("station_lead")[0]["state"] == expected


def test_a_request_of_the_earlier_release_gets_its_case_when_it_is_decided(
    desk: Desk, db: Session
) -> None:
    subject = desk.station.asks_leave("2026-03-20", "2026-03-20").json()["id"]
    case = db.scalars(select(ApprovalCase).where(ApprovalCase.subject_id == UUID(subject))).one()
    steps = db.scalars(select(ApprovalStep).where(ApprovalStep.case_id == case.id)).all()
    db.execute(update(ApprovalCase).values(subject_id=uuid4(), state=CaseState.OPEN))
    db.commit()
    assert len(steps) == 2
    answer = desk.station.post("station_lead", f"/leaves/{subject}/decision", YES)
    assert answer.status_code == 200, answer.text
    [row] = desk.listed("station_lead", subject=subject)
    assert (row["state"], row["opened_at"]) == ("approved", answer.json()["requested_at"])
    shown = desk.station.get("station_lead", f"/approvals/{row['id']}").json()
    assert [step["taken_by_name"] for step in shown["steps"]] == [GRID, "station_lead"]


def test_lists_are_filtered_paged_and_exported(desk: Desk) -> None:
    keys = [str(desk.leave(day)) for day in ("2026-03-20", "2026-03-23", "2026-03-24")]
    case = desk.recruitment()
    assert len(desk.listed("township")) == 4
    assert {row["id"] for row in desk.listed("township", procedure="leave")} == set(keys)
    worker = str(desk.offices.city.workers[GRID])
    assert len(desk.listed("township", worker=worker)) == 3
    assert [row["id"] for row in desk.listed("command_centre", waits_for="me")] == [str(case.id)]
    assert len(desk.listed("station_lead", waits_for="unit")) == 3
    assert len(desk.listed("township", unit=COMMUNITY)) == 4
    assert desk.listed("township", state="approved") == []
    assert desk.listed("township", to="2026-03-17") == []
    for first, found in (("2026-03-18", 4), ("2026-03-19", 0)):
        since: dict[str, str | int] = {"from": first}
        assert len(desk.listed("township", **since)) == found
    assert desk.listed("township", overdue="true") == []
    for who in ("station_lead", "township"):
        assert _paged(desk, who) == keys
    book = desk.station.get("township", "/approvals", format="xlsx")
    rows = list(load_workbook(io.BytesIO(book.content)).active.values)
    assert (rows[0][0], len(rows)) == ("事项", 5)
    assert desk.station.get("township", "/approvals", format="csv").text.count("\r\n") == 5
    desk.station.at(NOW + timedelta(days=8))
    [late] = desk.listed("township", overdue="true")
    assert (late["id"], late["next"]["overdue"]) == (str(case.id), True)
    assert _waiting(desk, "command_centre") == [
        {"procedure": "recruitment", "waiting": 1, "overdue": 1}
    ]


def _paged(desk: Desk, who: str) -> list[str]:
    """The keys of the leaves that wait at the community, a case a page."""
    query: dict[str, str | int] = {"limit": 1, "procedure": "leave", "waits_for": "unit"}
    found: list[str] = []
    while True:
        page = desk.station.get(who, "/approvals", unit=COMMUNITY, **query).json()
        found += [row["id"] for row in page["items"]]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


def test_procedures_are_shown_as_they_are(desk: Desk) -> None:
    found = {
        each["procedure"]: each["steps"]
        for each in desk.station.get("station_lead", "/procedures").json()
    }
    assert set(found) == {procedure.value for procedure in Procedure}
    assert [step["tier"] for step in found["dismissal"]] == [
        tier.value for tier in (Tier.COMMUNITY, Tier.TOWNSHIP, Tier.CENTRE, Tier.OFFICE)
    ]
    assert found["appeal"][1]["tier"] is None
    assert found["penalty"][1] == {
        "number": 2,
        "act": "decide",
        "tier": "township",
        "rule": "CON-1",
        "clause": "四(二)",
        "reading": True,
        "term": 5,
        "may_refuse": True,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"step": 0},
        {"step": 10**30},
        {"step": None},
        {"outcome": "approved"},
        {"reason": "\x00"},
        {"reason": ""},
        {"seen": {"digest": "short"}},
        {"seen": {}},
        {"grade": "excellent"},
    ],
)
def test_words_out_of_form_are_refused(desk: Desk, change: dict[str, Any]) -> None:
    body = {"step": 2, "outcome": "passed"} | change
    answer = desk.station.post("command_centre", f"/approvals/{uuid4()}/steps", body)
    assert refused(answer) == (422, "request.malformed")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"cursor": "bm9wZQ"}, "request.bad_cursor"),
        ({"cursor": "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgIngiXQ"}, "request.bad_cursor"),
        ({"waits_for": "you"}, "request.malformed"),
        ({"from": "0001-01-01"}, "request.malformed"),
        ({"worker": "me"}, "request.malformed"),
        ({"limit": 100000}, "request.malformed"),
    ],
)
def test_lists_out_of_form_are_refused(desk: Desk, query: dict[str, Any], code: str) -> None:
    assert refused(desk.station.get("township", "/approvals", **query)) == (422, code)
