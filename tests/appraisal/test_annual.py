"""A year from its closed months to the grade, in four steps (APR-2)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.appraisal.annual_reacting import ANNUAL
from app.appraisal.annual_refusals import YearFactsChanged
from app.appraisal.forms import AppraisalObjectionIn
from app.appraisal.objecting import record_objection
from app.approvals.taking import Word, case_of, take
from app.db.models import Account, ApprovalCase, Change, OutboxEvent, YearAppraisal
from app.kit.errors import Refusal
from app.rules.appraisal import Result
from app.rules.approvals import CaseState, StepOutcome
from app.rules.conduct import PenaltyKind
from tests.api.station import GRID, NEIGHBOUR, StationDay, refused
from tests.appraisal.years import AFTER, YEAR, YearWritten
from tests.attendance.facts import Handset, acting
from tests.city import City
from tests.conftest import SignedIn

COMMUNITY = GRID[:12]
THIRD = "510185001001003"
OTHER_COMMUNITY = "510185001002"
GOOD, PLAIN = ["95"] * 12, ["80"] * 12
POOR = ["80"] * 10 + ["50", "50"]
UNIT = "/annual-appraisals"


@pytest.fixture
def written(db: Session, city: City) -> YearWritten:
    return YearWritten(db, city)


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session, written: YearWritten) -> StationDay:
    day = StationDay(api, client, db)
    day.at(AFTER)
    return day


def computed(station: StationDay, who: str = "station_lead", **body: Any) -> Response:
    return station.post(who, f"{UNIT}/computations", {"year": YEAR} | body)


def rows(station: StationDay, **query: str | int) -> dict[UUID, dict[str, Any]]:
    found = station.get("station_lead", UNIT, **query).json()["items"]
    return {UUID(row["worker_id"]): row for row in found}


def year_of(station: StationDay, grid: str = GRID) -> dict[str, Any]:
    return rows(station)[station.client.city.workers[grid]]


def opinion(row: dict[str, Any], grade: str, reason: str | None = None) -> dict[str, Any]:
    return {"grade": grade, "reason": reason, "seen": {"digest": row["digest"]}}


def proposed(station: StationDay, grid: str, grade: str, reason: str | None = None) -> Response:
    row = year_of(station, grid)
    return station.post("station_lead", f"{UNIT}/{row['id']}/proposal", opinion(row, grade, reason))


def word(station: StationDay, who: str, case_id: str, number: int, **more: str) -> Response:
    """One of the steps above the community's, as offices take them."""
    body = {"step": number, "outcome": "passed", "reason": None} | more
    return station.post(who, f"/approvals/{case_id}/steps", body)


def step(
    station: StationDay,
    who: str,
    case_id: str,
    word: Word | None = None,
    at: datetime = AFTER,
) -> CaseState:
    """The same as a command."""
    asker = acting(station.db, station.client.city, who)
    case = case_of(station.db, asker, UUID(case_id))
    take(station.db, asker, case, word or Word(), at, ANNUAL)
    station.db.commit()
    return case.state


def whole_year(written: YearWritten, **grids: list[str]) -> None:
    scores = {GRID: GOOD, NEIGHBOUR: PLAIN, THIRD: POOR}
    written.months(COMMUNITY, scores | grids)


def test_apr_2_computed_by_rule_listed_and_opened(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    answer = computed(station)
    assert (answer.status_code, answer.json()) == (
        201,
        {"year": YEAR, "unit_code": COMMUNITY, "workers": 3, "excellent": 1, "qualified": 1,
         "unqualified": 1, "kept": 0},
    )  # fmt: skip
    row = year_of(station)
    assert (row["state"], row["mean"], row["by_rule"], row["grade"]) == (
        "computed", "95.00", "excellent", None
    )  # fmt: skip
    assert set(rows(station, by_rule="unqualified")) == {written.city.workers[THIRD]}
    assert rows(station, state="graded") == {}
    assert rows(station, year=2025) == {}
    poor = station.get("township", f"{UNIT}/{year_of(station, THIRD)['id']}").json()
    assert [month["result"] for month in poor["months"]][-3:] == ["pass", "fail", "fail"]
    assert (poor["mean"], poor["failed_months"], poor["changed"]) == ("75.00", 2, None)
    assert (poor["rule"], poor["clause"], poor["qualified_from"]) == ("APR-2", "五1, 五2", 60)
    sheet = station.get("station_lead", UNIT, format="csv")
    assert "按规则得出的等次" in sheet.text
    pages = station.get("station_lead", UNIT, limit=2).json()
    rest = station.get("station_lead", UNIT, limit=2, cursor=pages["next_cursor"]).json()
    assert (len(pages["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)


def test_apr_2_four_steps_grade_the_year_and_tell_the_worker(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    computed(station)
    assert station.get(GRID, "/me/annual-appraisals").json()["items"] == []
    assert station.get(GRID, f"/me/annual-appraisals/{YEAR}").status_code == 404
    made = proposed(station, GRID, "excellent")
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    case = made.json()["case_id"]
    assert refused(word(station, "command_centre", case, 2)) == (403, "approvals.not_your_step")
    assert word(station, "township", case, 2).json()["state"] == "open"
    assert refused(word(station, "township", case, 2)) == (409, "approvals.step_taken")
    assert word(station, "command_centre", case, 3).json()["state"] == "open"
    assert year_of(station)["grade"] is None
    no = word(station, "leading_group_office", case, 4, outcome="refused", reason="不同意")
    assert refused(no) == (409, "approvals.may_not_refuse")
    assert word(station, "leading_group_office", case, 4).json()["state"] == "approved"
    row = year_of(station)
    assert (row["state"], row["grade"], row["proposed"]) == ("graded", "excellent", "excellent")
    mine = station.get(GRID, f"/me/annual-appraisals/{YEAR}").json()
    assert (mine["grade"], len(mine["months"])) == ("excellent", 12)
    assert [each["grade"] for each in mine["gradings"]] == ["excellent"]
    told = station.db.scalars(select(Change).order_by(Change.id)).all()
    assert [(row.kind, row.body["state"]) for row in told if row.body] == [
        ("year_appraisal", "proposed"), ("year_appraisal", "graded")
    ]  # fmt: skip
    done = station.db.scalars(select(OutboxEvent.name)).all()
    assert "appraisal.year_graded" in done
    assert computed(station).json()["kept"] == 1


def test_apr_2_two_proposals_at_once_open_one_case(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    computed(station)
    row = year_of(station)
    body = opinion(row, "excellent")
    station.client.as_("station_lead")
    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(station.post, "station_lead", f"{UNIT}/{row['id']}/proposal", body)
            for _ in range(2)
        ]
    assert sorted(each.result().status_code for each in both) == [201, 409]
    assert len(station.db.scalars(select(ApprovalCase)).all()) == 1


def test_apr_2_two_computations_at_once_write_each_year_once(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    station.client.as_("station_lead")
    with ThreadPoolExecutor(4) as pool:
        both = [pool.submit(computed, station) for _ in range(4)]
    assert [each.result().status_code for each in both] == [201] * 4
    assert len(station.db.scalars(select(YearAppraisal)).all()) == 3


def test_apr_2_a_worker_at_the_station_takes_no_step_on_the_own_year(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    lead = station.db.get_one(Account, written.office("station_lead"))
    worker = station.db.scalars(
        select(Account).where(Account.worker_id == written.city.workers[GRID])
    ).one()
    worker.worker_id = None
    station.db.flush()
    lead.worker_id = written.city.workers[GRID]
    station.db.commit()
    computed(station)
    assert refused(proposed(station, GRID, "excellent")) == (403, "approvals.own_matter")
    assert proposed(station, NEIGHBOUR, "qualified").status_code == 201


def test_apr_2_another_grade_than_by_rule_needs_a_reason(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    computed(station)
    assert refused(proposed(station, NEIGHBOUR, "excellent")) == (422, "annual.reason_needed")
    made = proposed(station, NEIGHBOUR, "excellent", "全年抢险三次")
    assert made.json()["proposed_reason"] == "全年抢险三次"
    again = proposed(station, NEIGHBOUR, "qualified")
    assert refused(again) == (409, "approvals.open_already")


def test_apr_2_refused_by_the_township_it_begins_again(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    computed(station)
    case = proposed(station, NEIGHBOUR, "excellent", "表现突出").json()["case_id"]
    no = Word(StepOutcome.REFUSED, "理由不充分")
    assert step(station, "township", case, no) is CaseState.REFUSED
    row = year_of(station, NEIGHBOUR)
    assert (row["state"], row["proposed"], row["grade"]) == ("computed", None, None)
    station.at(AFTER + timedelta(hours=1))
    second = proposed(station, NEIGHBOUR, "qualified").json()
    assert (second["state"], second["case_id"] == case) == ("proposed", False)
    detail = station.get("township", f"{UNIT}/{row['id']}").json()
    assert [(each["state"], each["grade"]) for each in detail["gradings"]] == [
        ("refused", "excellent"), ("open", "qualified")
    ]  # fmt: skip


def test_apr_2_a_year_rests_on_closed_months_alone(
    station: StationDay, written: YearWritten
) -> None:
    written.months(COMMUNITY, {GRID: GOOD, NEIGHBOUR: PLAIN, THIRD: PLAIN[:11]})
    answer = computed(station)
    assert refused(answer) == (409, "annual.months_open")
    assert answer.json()["facts"]["months"] == [{"month": "2026-12-01", "community": COMMUNITY}]
    nothing = computed(station, "township", unit=OTHER_COMMUNITY)
    assert refused(nothing) == (409, "annual.months_open")
    assert refused(computed(station, year=2027)) == (409, "annual.months_open")


def test_apr_2_months_before_the_first_that_was_ever_appraised_are_not_owed(
    station: StationDay, written: YearWritten
) -> None:
    for number in (10, 11, 12):
        for grid in (GRID, NEIGHBOUR, THIRD):
            written.month(grid, date(YEAR, number, 1), "95")
        written.whole(COMMUNITY, date(YEAR, number, 1))
    written.db.commit()
    assert computed(station).json()["excellent"] == 3
    assert len(station.get("township", f"{UNIT}/{year_of(station)['id']}").json()["months"]) == 3


def test_apr_2_of_two_communities_the_last_answers_and_who_left_is_not_graded(
    station: StationDay, written: YearWritten
) -> None:
    written.move(NEIGHBOUR, date(YEAR, 7, 1), OTHER_COMMUNITY)
    written.leave(THIRD, date(YEAR, 12, 30))
    moved = {NEIGHBOUR: PLAIN[:6]}
    written.months(COMMUNITY, {GRID: GOOD, THIRD: POOR} | moved)
    for number in range(7, 13):
        written.month(NEIGHBOUR, date(YEAR, number, 1), "100")
    written.db.commit()
    assert computed(station).json()["workers"] == 1
    assert set(rows(station)) == {written.city.workers[GRID]}


def test_apr_2_what_changed_is_said_before_anyone_decides(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    computed(station)
    row = year_of(station)
    penalty = written.penalty(GRID, date(YEAR, 12, 31), PenaltyKind.WARNING, date(2027, 1, 5))
    stale = station.post("station_lead", f"{UNIT}/{row['id']}/proposal", opinion(row, "excellent"))
    assert refused(stale) == (409, "annual.facts_changed")
    shown = station.get("station_lead", f"{UNIT}/{row['id']}").json()
    assert (shown["by_rule"], shown["changed"]["by_rule"]) == ("excellent", "qualified")
    assert [each["id"] for each in shown["changed"]["counted"]] == [str(penalty.id)]
    computed(station)
    case = proposed(station, GRID, "qualified").json()["case_id"]
    written.overturn(penalty, AFTER)
    with pytest.raises(YearFactsChanged):
        step(station, "township", case)
    station.db.rollback()
    no = Word(StepOutcome.REFUSED, "处罚已撤销，请重新提出")
    assert step(station, "township", case, no) is CaseState.REFUSED
    assert computed(station).json()["excellent"] == 1
    case = proposed(station, GRID, "excellent").json()["case_id"]
    assert step(station, "township", case) is CaseState.OPEN
    seen = Word(facts={"digest": "0" * 64})
    with pytest.raises(YearFactsChanged):
        step(station, "command_centre", case, seen)


def test_apr_2_a_graded_year_begins_again_only_with_cause(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    computed(station)
    graded(station, THIRD, "unqualified")
    again = proposed(station, THIRD, "unqualified")
    assert refused(again) == (409, "annual.graded_already")
    written.upheld(THIRD, YEAR, AFTER + timedelta(days=1))
    station.at(AFTER + timedelta(days=2))
    made = proposed(station, THIRD, "qualified", "异议成立")
    assert (made.json()["state"], made.json()["grade"]) == ("proposed", "unqualified")
    finish(station, made.json()["case_id"], AFTER + timedelta(days=2))
    assert year_of(station, THIRD)["grade"] == "qualified"
    written.revise(THIRD, date(YEAR, 11, 1), Result.PASS, AFTER + timedelta(days=3))
    station.at(AFTER + timedelta(days=4))
    row = year_of(station, THIRD)
    changed = station.get("township", f"{UNIT}/{row['id']}").json()["changed"]
    assert (changed["by_rule"], changed["failed_months"]) == ("qualified", 1)
    body = {"grade": "qualified", "seen": {"digest": changed["digest"]}}
    anew = station.post("station_lead", f"{UNIT}/{row['id']}/proposal", body)
    assert (anew.status_code, anew.json()["failed_months"]) == (201, 1)


def objects(station: StationDay, grid: str, moment: datetime) -> str:
    """As the handset's record arrives."""
    handset = Handset(station.db, station.client.city, grid)
    body = AppraisalObjectionIn(year=YEAR, said="11月的补签已获批准")
    made = record_objection(station.db, handset.captured(moment), body)
    station.db.commit()
    return str(made.id)


def answered(station: StationDay, key: str, *, upheld: bool) -> Response:
    body = {"upheld": upheld, "reason": "情况属实" if upheld else "记录无误"}
    return station.post("township", f"/appraisal-objections/{key}/decision", body)


def mine(station: StationDay, grid: str) -> dict[str, Any]:
    found: dict[str, Any] = station.get(grid, f"/me/annual-appraisals/{YEAR}").json()
    told = station.db.scalars(
        select(Change).where(Change.kind == "year_appraisal").order_by(Change.id.desc())
    ).first()
    assert told is not None
    assert told.body is not None
    assert told.body["objections"] == found["objections"]
    return found


def test_apr_2_an_upheld_objection_leads_to_another_grade_before_anything_is_filed(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    computed(station)
    with pytest.raises(Refusal) as unseen:
        objects(station, THIRD, AFTER)
    assert unseen.value.code == "appraisal.nothing_to_object_to"
    station.db.rollback()
    case = proposed(station, THIRD, "unqualified").json()["case_id"]
    for who in ("township", "command_centre"):
        step(station, who, case)
    key = objects(station, THIRD, AFTER)
    assert [(one["id"], one["upheld"]) for one in mine(station, THIRD)["objections"]] == [
        (key, None)
    ]
    station.at(AFTER + timedelta(hours=1))
    assert answered(station, key, upheld=True).status_code == 200
    filing = word(station, "leading_group_office", case, 4)
    assert refused(filing) == (409, "approvals.case_closed")
    shown = mine(station, THIRD)
    assert (shown["state"], shown["proposed"], shown["grade"]) == ("computed", None, None)
    assert [(one["upheld"], one["reason"]) for one in shown["objections"]] == [(True, "情况属实")]
    assert shown["gradings"][0]["state"] == "withdrawn"
    station.at(AFTER + timedelta(hours=2))
    same = proposed(station, THIRD, "unqualified")
    assert refused(same) == (409, "annual.objected_to")
    made = proposed(station, THIRD, "qualified", "异议成立")
    assert made.status_code == 201
    finish(station, made.json()["case_id"], AFTER + timedelta(hours=3))
    assert year_of(station, THIRD)["grade"] == "qualified"


def test_apr_2_an_objection_that_is_not_upheld_is_answered_and_the_procedure_goes_on(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    computed(station)
    case = proposed(station, THIRD, "unqualified").json()["case_id"]
    key = objects(station, THIRD, AFTER)
    assert answered(station, key, upheld=False).status_code == 200
    shown = mine(station, THIRD)
    assert (shown["state"], shown["proposed"]) == ("proposed", "unqualified")
    assert [(one["upheld"], one["reason"]) for one in shown["objections"]] == [(False, "记录无误")]
    finish(station, case, AFTER)
    assert year_of(station, THIRD)["grade"] == "unqualified"


def test_apr_2_after_filing_the_grade_objected_to_is_not_proposed_again(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    computed(station)
    graded(station, THIRD, "unqualified")
    key = objects(station, THIRD, AFTER)
    station.at(AFTER + timedelta(hours=1))
    answered(station, key, upheld=True)
    assert mine(station, THIRD)["grade"] == "unqualified"
    station.at(AFTER + timedelta(hours=2))
    again = proposed(station, THIRD, "unqualified")
    assert refused(again) == (409, "annual.objected_to")
    assert proposed(station, THIRD, "qualified", "异议成立").status_code == 201


def test_apr_2_a_refused_regrading_leaves_the_year_open_to_another(
    station: StationDay, written: YearWritten
) -> None:
    """What it rests on changed, the township refused the new proposal: the grade still rests on
    what no longer holds."""
    whole_year(written)
    computed(station)
    graded(station, THIRD, "unqualified")
    written.revise(THIRD, date(YEAR, 11, 1), Result.PASS, AFTER + timedelta(hours=1))
    station.at(AFTER + timedelta(hours=2))
    row = year_of(station, THIRD)
    path = f"{UNIT}/{row['id']}"
    digest = station.get("township", path).json()["changed"]["digest"]
    body = {"grade": "excellent", "reason": "表现突出", "seen": {"digest": digest}}
    case = station.post("station_lead", f"{path}/proposal", body).json()["case_id"]
    step(station, "township", case, Word(StepOutcome.REFUSED, "理由不充分"))
    station.at(AFTER + timedelta(hours=3))
    anew = proposed(station, THIRD, "qualified")
    assert (anew.status_code, anew.json()["grade"]) == (201, "unqualified")
    finish(station, anew.json()["case_id"], AFTER + timedelta(hours=3))
    again = proposed(station, THIRD, "qualified")
    assert refused(again) == (409, "annual.graded_already")


def graded(station: StationDay, grid: str, grade: str) -> None:
    finish(station, proposed(station, grid, grade).json()["case_id"], AFTER)


def finish(station: StationDay, case_id: str, at: datetime) -> None:
    for who in ("township", "command_centre", "leading_group_office"):
        step(station, who, case_id, at=at)


def test_con_1_a_demerit_fails_its_month_and_counts_as_a_penalty(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    written.penalty(GRID, date(YEAR, 4, 30), PenaltyKind.DEMERIT, date(YEAR, 5, 20))
    # Decided in January for December: it counts in the year in which it occurred (CON-2).
    written.penalty(NEIGHBOUR, date(2025, 12, 31), PenaltyKind.WARNING, date(YEAR, 1, 20))
    computed(station)
    row = year_of(station)
    assert (row["failed_months"], row["penalties"], row["by_rule"]) == (1, 1, "qualified")
    assert year_of(station, NEIGHBOUR)["penalties"] == 0


def test_apr_2_several_at_once_all_or_none(station: StationDay, written: YearWritten) -> None:
    whole_year(written)
    computed(station)
    first, second = year_of(station), year_of(station, NEIGHBOUR)
    items = [{"id": first["id"], **opinion(first, "excellent")},
             {"id": second["id"], **opinion(second, "excellent")}]  # fmt: skip
    answer = station.post("station_lead", f"{UNIT}/proposals", {"items": items})
    assert refused(answer) == (422, "annual.reason_needed")
    assert {row["state"] for row in rows(station).values()} == {"computed"}
    items[1]["grade"] = "qualified"
    answer = station.post("station_lead", f"{UNIT}/proposals", {"items": items})
    assert [row["state"] for row in answer.json()["items"]] == ["proposed", "proposed"]


def test_apr_2_what_grades_rest_on_is_read_once_for_all(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    computed(station)
    asked: list[str] = []
    engine = station.db.get_bind().engine
    event.listen(engine, "before_cursor_execute", lambda *found: asked.append(str(found[2])))
    wanted = [(GRID, "excellent"), (NEIGHBOUR, "qualified"), (THIRD, "unqualified")]
    items = [{"id": (row := year_of(station, grid))["id"], **opinion(row, grade)}
             for grid, grade in wanted]  # fmt: skip
    counts = []
    for some in ([items[0]], items[1:]):
        asked.clear()
        answer = station.post("station_lead", f"{UNIT}/proposals", {"items": some})
        assert answer.status_code == 201, answer.text
        facts = ("FROM month_appraisal", "FROM penalty", "FROM appraisal_revision")
        counts.append([sum(name in statement for statement in asked) for name in facts])
    assert counts[0] == counts[1] != [0, 0, 0]
    told = select(Change.worker_id).where(Change.kind == "year_appraisal")
    assert set(station.db.scalars(told)) == {written.city.workers[grid] for grid, _ in wanted}


def test_beyond_ones_unit_or_role_nothing_is_seen_or_done(
    station: StationDay, written: YearWritten
) -> None:
    whole_year(written)
    computed(station)
    row = year_of(station)
    path = f"{UNIT}/{row['id']}"
    station.client.city.phones["there"] = station.client.city.phones["station_lead"]
    assert refused(computed(station, unit=OTHER_COMMUNITY)) == (403, "auth.forbidden")
    assert refused(station.get("station_lead", UNIT, unit=OTHER_COMMUNITY))[0] == 404
    by_township = station.post("township", f"{path}/proposal", opinion(row, "excellent"))
    assert refused(by_township) == (403, "approvals.not_your_step")
    for who in (GRID, "information_administrator", "finance", "auditor"):
        assert refused(station.get(who, path)) == (403, "auth.forbidden")
    centre = station.post("command_centre", f"{path}/proposal", opinion(row, "excellent"))
    assert refused(centre) == (403, "auth.forbidden")
    written.move(GRID, date(2027, 1, 2), OTHER_COMMUNITY)
    there = station.db.scalars(select(YearAppraisal).where(YearAppraisal.id == row["id"])).one()
    assert there.community_code == COMMUNITY


@pytest.mark.parametrize(
    "change",
    [
        {"grade": "good"},
        {"seen": {"digest": "short"}},
        {"seen": None},
        {"reason": "nul\x00"},
        {"more": 1},
    ],
)
def test_bodies_out_of_form_are_refused(
    station: StationDay, written: YearWritten, change: dict[str, Any]
) -> None:
    whole_year(written)
    computed(station)
    row = year_of(station)
    body = opinion(row, "excellent") | change
    answer = station.post("station_lead", f"{UNIT}/{row['id']}/proposal", body)
    assert refused(answer) == (422, "request.malformed")


def test_queries_out_of_form_are_refused(station: StationDay) -> None:
    asked: list[dict[str, str | int]] = [
        {"year": 1}, {"year": 10**30}, {"state": "closed"}, {"cursor": "!"}, {"cursor": "WzEsMl0"},
        {"limit": 0}, {"unit": "x"},
    ]  # fmt: skip
    for query in asked:
        answer = station.get("station_lead", UNIT, **query)
        assert answer.status_code == 422, query
    for year in (1, 9999, 10**30):
        assert (
            station.post("station_lead", f"{UNIT}/computations", {"year": year}).status_code == 422
        )
        assert station.get(GRID, f"/me/annual-appraisals/{year}").status_code == 422
