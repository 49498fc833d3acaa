"""From a vacancy to the post, over HTTP (HIRE-1, HIRE-2, ORG-2)."""

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db.models import Contract, OutboxEvent, RecruitmentApplication
from app.recruitment.retention import erase_applicants
from tests.api.hiring_desk import (
    NOW,
    TODAY,
    VACANT,
    applicant,
    application,
    approved,
    earlier,
    key,
    step,
    terms,
    vacate,
)
from tests.api.station import ELSEWHERE, GRID, StationDay, refused
from tests.attendance.facts import at
from tests.conftest import SignedIn

PATH = "/recruitment-applications"
EVERY_ROW = """
    select tablename, query_to_xml(format('select * from %I', tablename), true, false, '')::text
    from pg_tables where schemaname = 'public'
"""


@pytest.fixture
def desk(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    vacate(db, client.city.workers[VACANT])
    return StationDay(api, client, db)


def items(desk: StationDay, who: str, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = desk.get(who, path, **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_org_2_a_grid_that_was_left_is_vacant(desk: StationDay) -> None:
    [vacancy] = items(desk, "township", "/vacancies")
    last = str(desk.client.city.workers[VACANT])
    assert (vacancy["grid_code"], vacancy["vacant_from"]) == (VACANT, "2026-03-18")
    assert (vacancy["last_worker_id"], vacancy["applications"]) == (last, 0)


def test_hire_1_through_three_tiers_to_the_communitys_signature(desk: StationDay) -> None:
    body = application()
    made = desk.post("township", PATH, body).json()
    assert (made["state"], made["name"], made["phone"]) == ("open", "李**", "138****0009")
    assert made["eligibility"]["failed"] == []
    assert desk.post("township", PATH, body).json()["id"] == made["id"]
    case = made["case_id"]
    sign = f"{PATH}/{made['id']}/contract"
    assert refused(desk.post("station_lead", sign, terms())) == (409, "recruitment.not_approved")
    assert refused(step(desk, "leading_group_office", case, 2)) == (
        403,
        "approvals.not_your_step",
    )
    assert step(desk, "command_centre", case, 2).status_code == 200
    assert refused(desk.post("station_lead", sign, terms()))[1] == "recruitment.not_approved"
    assert step(desk, "leading_group_office", case, 3).status_code == 200
    [row] = items(desk, "station_lead", PATH, state="approved", grid=VACANT)
    assert row["id"] == made["id"]
    [vacancy] = items(desk, "station_lead", "/vacancies")
    assert (vacancy["applications"], vacancy["approved"]) == (0, 1)
    assert refused(step(desk, "station_lead", case, 4)) == (409, "recruitment.sign_with_contract")
    assert refused(desk.post("township", sign, terms()))[1] == "approvals.not_your_step"


def test_hire_1_the_signature_makes_worker_post_and_contract(desk: StationDay) -> None:
    made = approved(desk)
    sign, wanted = f"{PATH}/{made['id']}/contract", terms()
    signed = desk.post("station_lead", sign, wanted)
    assert signed.status_code == 201, signed.text
    contract = signed.json()
    assert desk.post("station_lead", sign, wanted).json() == contract
    for other in (terms(), wanted | {"term_months": 24}, wanted | {"first_day": "2026-03-24"}):
        assert refused(desk.post("station_lead", sign, other)) == (409, "recruitment.id_reused")
    assert (contract["origin"], contract["first_day"]) == ("recruited", "2026-03-23")
    assert (contract["term_ends_on"], contract["ends_on"]) == ("2027-03-22", "2027-03-22")
    assert (contract["retires_on"], contract["worker_name"]) == ("2049-06-02", "李应聘")
    assert desk.get("township", f"{PATH}/{made['id']}").json()["state"] == "signed"
    detail = desk.get("township", f"/approvals/{made['case_id']}").json()
    assert detail["state"] == "approved"
    _check_post(desk, contract["worker_id"], contract["id"])


def _check_post(desk: StationDay, worker_id: str, contract_id: str) -> None:
    """Posted, first responsible, no longer vacant; onboarding says what is there."""
    worker = desk.get("station_lead", f"/workers/{worker_id}").json()
    [held] = worker["assignments"]
    assert (held["grid"], held["first_responsible"]) == (VACANT, True)
    assert items(desk, "township", "/vacancies", on="2026-03-23") == []
    [still] = items(desk, "township", "/vacancies")
    assert still["grid_code"] == VACANT
    found = desk.get("station_lead", f"/workers/{worker_id}/onboarding").json()
    done = {each["item"]: each["done"] for each in found["items"]}
    assert done == {
        "contract": True,
        "assignment": True,
        "account": False,
        "device": False,
        "equipment": False,
    }
    assert found["items"][0]["evidence"] == [contract_id]
    assert not found["complete"]
    assert refused(desk.get("station_lead", f"/workers/{key()}/onboarding"))[0] == 404


def test_org_1_the_station_that_was_left_sees_no_more_of_what_is_new(desk: StationDay) -> None:
    worker = desk.client.city.workers[GRID]
    path = f"/workers/{worker}/onboarding"
    assert desk.get("station_lead", path).status_code == 200
    moved = {"community": "510185001002", "employment": "full_time", "from": "2026-03-19"}
    answer = desk.post("township", f"/workers/{worker}/postings", moved)
    assert answer.status_code == 201, answer.text
    assert desk.get("station_lead", path).status_code == 200, "today the worker still stands here"
    desk.at(at("09:00", date(2026, 3, 19)))
    assert refused(desk.get("station_lead", path)) == (404, "request.not_found")
    assert desk.get("township", path).json()["worker_id"] == str(worker)


def test_hire_2_every_failed_condition_is_named_by_its_code(desk: StationDay) -> None:
    worst = applicant(
        born="1970-01-01",
        residence=[],
        insurance_months=23,
        education="primary",
        attested=[],
        bars=["expelled"],
    )
    answer = desk.post("township", PATH, application(applicant=worst))
    assert refused(answer) == (422, "recruitment.not_eligible")
    facts = answer.json()["facts"]
    assert facts["failed"] == [f"HIRE-2.{number}" for number in range(1, 8)]
    assert facts["conditions"][4] == {
        "code": "HIRE-2.5",
        "clause": "一(二)3(5)",
        "zh": "年龄超过45周岁。",
        "en": "Older than 45.",
    }
    assert items(desk, "township", PATH) == []


def test_hire_1_refused_with_a_reason_it_ends_and_the_same_party_applies_again(
    desk: StationDay,
) -> None:
    made = desk.post("township", PATH, application()).json()
    again = desk.post("township", PATH, application())
    assert refused(again) == (409, "recruitment.application_open")
    case = made["case_id"]
    bare = desk.post(
        "command_centre", f"/approvals/{case}/steps", {"step": 2, "outcome": "refused"}
    )
    assert refused(bare) == (422, "approvals.reason_needed")
    assert step(desk, "command_centre", case, 2, "材料不全").status_code == 200
    assert desk.get("township", f"{PATH}/{made['id']}").json()["state"] == "refused"
    assert refused(step(desk, "leading_group_office", case, 3))[1] == "approvals.case_closed"
    sign = f"{PATH}/{made['id']}/contract"
    assert refused(desk.post("station_lead", sign, terms()))[1] == "recruitment.not_approved"
    desk.at(NOW + timedelta(hours=1))
    second = desk.post("township", PATH, application())
    assert second.status_code == 201
    path = f"{PATH}/{second.json()['id']}/withdrawal"
    said = {"reason": "应聘人放弃"}
    assert refused(desk.post("station_lead", path, said))[1] == "approvals.not_your_step"
    assert desk.post("township", path, said).json()["state"] == "withdrawn"
    assert refused(desk.post("township", path, said)) == (409, "recruitment.closed")
    assert [row["state"] for row in items(desk, "township", PATH)] == ["withdrawn", "refused"]
    page = desk.get("township", PATH, limit=1).json()
    rest = desk.get("township", PATH, limit=1, cursor=page["next_cursor"]).json()
    assert rest["items"][0]["id"] == made["id"]


def test_who_may_apply_for_what(desk: StationDay) -> None:
    assert refused(desk.post("station_lead", PATH, application()))[1] == "approvals.not_your_step"
    assert refused(desk.post("command_centre", PATH, application())) == (403, "auth.forbidden")
    held = application(grid_code=ELSEWHERE)
    assert refused(desk.post("township", PATH, held)) == (409, "recruitment.not_vacant")
    unknown = application(grid_code="510185001001999")
    assert refused(desk.post("township", PATH, unknown)) == (409, "recruitment.not_vacant")
    beyond = application(grid_code="510185002001001")
    assert refused(desk.post("township", PATH, beyond)) == (403, "auth.forbidden")
    for who in (VACANT[:-1] + "1", "finance", "information_administrator"):
        assert refused(desk.get(who, PATH)) == (403, "auth.forbidden")
    assert refused(desk.get("township", PATH, unit="510185002"))[0] == 404
    assert refused(desk.get("township", "/vacancies", unit="510185002"))[0] == 404
    assert refused(desk.get("township", f"{PATH}/{key()}"))[0] == 404
    made = desk.post("township", PATH, application()).json()
    other = application(id=made["id"], form="appraisal", result=OPINION)
    assert refused(desk.post("township", PATH, other)) == (409, "recruitment.id_reused")


@pytest.mark.parametrize(("held_on", "status"), [("2026-03-18", 201), ("2026-03-19", 422)])
def test_hire_1_a_result_is_of_what_was_held(desk: StationDay, held_on: str, status: int) -> None:
    body = application(result={"held_on": held_on, "score": 86.5})
    answer = desk.post("township", PATH, body)
    assert answer.status_code == status
    if status == 422:
        assert refused(answer) == (422, "recruitment.held_in_the_future")
        assert answer.json()["facts"] == {"held_on": "2026-03-19", "today": "2026-03-18"}
        assert items(desk, "township", PATH) == []


OPINION = {"held_on": "2026-03-10", "opinion": "表现良好"}


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "0190"},
        {"form": "appraisal"},
        {"result": {"held_on": "2026-03-10", "opinion": "好"}},
        {"result": {"held_on": "0001-01-01", "score": 1}},
        {"result": {"held_on": "2026-03-10", "score": 101}},
        {"applicant": applicant(name="甲\x00乙")},
        {"applicant": applicant(phone="１３８００００００００")},
        {"applicant": applicant(born="9999-12-31")},
        {"applicant": applicant(insurance_months=10**20)},
        {"applicant": applicant(education="wizard")},
        {"applicant": applicant(belief="none")},
    ],
    ids=",".join,
)
def test_applications_that_are_no_applications(desk: StationDay, changes: dict[str, Any]) -> None:
    answer = desk.post("township", PATH, application(**changes))
    assert refused(answer) == (422, "request.malformed")


def test_applicants_are_sealed_each_look_is_logged_and_they_are_erased_in_time(
    desk: StationDay,
) -> None:
    made = desk.post("township", PATH, application()).json()
    raw = desk.db.execute(text("select applicant from recruitment_application")).scalar_one()
    assert "李应聘" not in raw
    assert "13800000009" not in raw
    path = f"{PATH}/{made['id']}/reveal"
    assert refused(desk.post("township", path, {"purpose": "curious"}))[0] == 422
    shown = desk.post("leading_group_office", path, {"purpose": "review"}).json()
    assert (shown["name"], shown["result"]["score"]) == ("李应聘", 86.5)
    desk.db.rollback()
    events = desk.db.scalars(select(OutboxEvent).where(OutboxEvent.name.like("recruitment.%")))
    assert [event.name for event in events] == ["recruitment.applied", "recruitment.looked_at"]
    assert "李" not in str([event.facts for event in events])
    step(desk, "command_centre", made["case_id"], 2, "材料不全")
    for days, erased in ((365, 0), (366, 1), (367, 0)):
        assert erase_applicants(desk.db, NOW + timedelta(days=days)) == erased
    desk.db.commit()
    assert desk.get("township", f"{PATH}/{made['id']}").json()["name"] is None
    answer = desk.post("township", path, {"purpose": "review"})
    assert refused(answer) == (409, "recruitment.applicant_erased")


def test_dates_of_birth_are_sealed_wherever_they_come_to_lie(desk: StationDay) -> None:
    made = approved(desk)
    signed = desk.post("station_lead", f"{PATH}/{made['id']}/contract", terms())
    assert signed.status_code == 201, signed.text
    before = earlier(desk.client.city.workers[GRID])
    assert desk.post("station_lead", "/contracts", before).status_code == 201
    births = (applicant()["born"], before["born"])
    tables = desk.db.execute(text(EVERY_ROW)).all()
    held = {name for name, rows in tables if signed.json()["retires_on"] in rows}
    assert "contract" in held
    assert [name for name, rows in tables for born in births if born in rows] == []


def test_an_application_that_nobody_ended_is_withdrawn_and_erased_in_time(
    desk: StationDay,
) -> None:
    made = desk.post("township", PATH, application()).json()
    for days, erased in ((365, 0), (366, 1)):
        assert erase_applicants(desk.db, NOW + timedelta(days=days)) == erased
    desk.db.commit()
    shown = desk.get("township", f"{PATH}/{made['id']}").json()
    assert (shown["name"], shown["state"]) == (None, "withdrawn")
    assert desk.get("township", f"/approvals/{made['case_id']}").json()["state"] == "withdrawn"


def test_who_left_comes_back_as_the_same_worker(desk: StationDay) -> None:
    again = applicant(name="网格员2", phone="19900000002")
    made = approved(desk, application(applicant=again))
    sign = f"{PATH}/{made['id']}/contract"
    early = terms(first_day="2026-01-05")
    assert refused(desk.post("station_lead", sign, early))[1] == "recruitment.still_posted"
    signed = desk.post("station_lead", sign, terms()).json()
    assert signed["worker_id"] == str(desk.client.city.workers[VACANT])
    worker = desk.get("station_lead", f"/workers/{signed['worker_id']}").json()
    assert [post["valid_from"] for post in worker["posts"]] == ["2026-01-01", "2026-03-23"]


def test_who_is_full_time_elsewhere_is_not_hired_twice(desk: StationDay) -> None:
    busy = applicant(name="网格员0", phone="19900000000")
    made = approved(desk, application(applicant=busy))
    answer = desk.post("station_lead", f"{PATH}/{made['id']}/contract", terms())
    assert refused(answer) == (409, "recruitment.still_posted")
    assert desk.get("township", f"{PATH}/{made['id']}").json()["state"] == "approved"
    assert desk.db.scalars(select(Contract)).all() == []


def test_nobody_is_posted_long_ago_or_after_retirement(desk: StationDay) -> None:
    sign = f"{PATH}/{approved(desk)['id']}/contract"
    early = terms(first_day="2026-02-14")
    assert refused(desk.post("station_lead", sign, early))[1] == "city.effective_in_the_past"
    late = terms(first_day="2049-06-03")
    assert refused(desk.post("station_lead", sign, late)) == (422, "contract.past_retirement")
    assert desk.post("station_lead", sign, terms(first_day="2026-03-18")).status_code == 201


def test_hire_1_nobody_is_at_the_post_before_the_office_approved(desk: StationDay) -> None:
    sign = f"{PATH}/{approved(desk)['id']}/contract"
    answer = desk.post("station_lead", sign, terms(first_day="2026-03-17"))
    assert refused(answer) == (409, "recruitment.not_approved")
    assert answer.json()["facts"]["approved_on"] == "2026-03-18"
    assert desk.db.scalars(select(Contract)).all() == []
    assert desk.post("station_lead", sign, terms(first_day="2026-03-18")).status_code == 201


def test_two_who_are_approved_for_one_grid_are_not_both_signed(desk: StationDay) -> None:
    first = approved(desk)
    other = applicant(name="王应聘", phone="13800000010")
    second = approved(desk, application(applicant=other))
    assert desk.post("station_lead", f"{PATH}/{first['id']}/contract", terms()).status_code == 201
    answer = desk.post("station_lead", f"{PATH}/{second['id']}/contract", terms())
    assert refused(answer) == (409, "city.first_responsible_taken")
    late = desk.post("township", PATH, application(applicant=applicant(phone="13800000011")))
    assert late.status_code == 201, "the grid is vacant until the first date"
    states = desk.db.scalars(select(RecruitmentApplication.state)).all()
    assert sorted(states) == ["approved", "open", "signed"]


def test_org_2_vacancies_that_are_to_come(desk: StationDay) -> None:
    vacate(desk.db, desk.client.city.workers[ELSEWHERE], date(2026, 4, 30))
    known = {row["grid_code"]: row["vacant_from"] for row in items(desk, "township", "/vacancies")}
    assert known == {VACANT: "2026-03-18"}
    soon = items(desk, "township", "/vacancies", ahead=44)
    assert [row["grid_code"] for row in soon] == [VACANT, ELSEWHERE]
    assert soon[1]["vacant_from"] == "2026-05-01"
    assert len(items(desk, "township", "/vacancies", ahead=43)) == 1
    assert desk.post("township", PATH, application(grid_code=ELSEWHERE)).status_code == 201
    answer = desk.get("township", "/vacancies", ahead=44, format="csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.count("\n") == 3
    assert TODAY.isoformat() in answer.text
