"""Surveys, searches, findings in words, and what speaks for A2, over HTTP (CON)."""

import csv
import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.models import Account, OutboxEvent
from app.kit.ids import uuid7
from app.rules.visits import VisitKind
from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, StationDay, refused
from tests.appraisal.facts import SETTLED
from tests.attendance.facts import WEDNESDAY, at
from tests.conduct.month import SearchedMonth
from tests.conftest import SignedIn

COMMUNITY = GRID[:12]
FAR = "510185002001001"
FRIDAY = date(2026, 3, 20)


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


@pytest.fixture
def month(db: Session, client: SignedIn) -> SearchedMonth:
    return SearchedMonth(db, client.city)


def survey(**changes: Any) -> dict[str, Any]:
    """The body of a survey on the Wednesday."""
    body = {
        "id": str(uuid7(at("12:00"))),
        "grid_code": GRID,
        "conducted_on": "2026-03-18",
        "asked": 120,
        "aware": 101,
        "method": "按门牌随机抽取",
    }
    return body | changes


def finding(station: StationDay, **changes: Any) -> dict[str, Any]:
    """The body of a finding on the Wednesday."""
    body = {
        "worker_id": str(station.client.city.workers[GRID]),
        "kind": "unfit_or_grave_error",
        "occurred_on": "2026-03-18",
        "said": "误报灾情，造成重大影响。",
    }
    return body | changes


def searches(station: StationDay, who: str = "station_lead", **changes: Any) -> Response:
    body = {"community_code": COMMUNITY, "month": "2026-03"} | changes
    return station.post(who, "/conduct-detections", body)


def test_con_b6_a_survey_from_its_record_to_its_withdrawal(station: StationDay) -> None:
    body = survey()
    made = station.post("township", "/awareness-surveys", body)
    assert made.status_code == 201, made.text
    shown = made.json()
    assert (shown["ground"], shown["enough"], shown["clause"]) == ("B6", True, "四(二)6")
    assert (shown["share"], shown["low"], shown["high"]) == (0.841667, 0.765907, 0.89623)
    assert shown["worker_id"] == str(station.client.city.workers[GRID])
    assert station.post("township", "/awareness-surveys", body).json() == shown
    other = station.post("township", "/awareness-surveys", body | {"aware": 100})
    assert refused(other) == (409, "conduct.survey_id_reused")
    path = f"/awareness-surveys/{body['id']}"
    assert station.get("station_lead", path).json() == shown
    back = station.post("township", f"{path}/withdrawal", {"reason": "抽样方法不当"})
    assert (back.status_code, back.json()["withdraw_reason"]) == (200, "抽样方法不当")
    again = station.post("township", f"{path}/withdrawal", {"reason": "再次"})
    assert refused(again) == (409, "conduct.survey_withdrawn")
    facts = station.db.scalars(
        select(OutboxEvent.facts).where(OutboxEvent.name == "conduct.survey_recorded")
    ).one()
    assert facts == {"conducted_on": "2026-03-18", "asked": 120, "aware": 101}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"conducted_on": "2026-03-19"}, (422, "conduct.survey_in_the_future")),
        ({"conducted_on": "2026-02-14"}, (422, "conduct.survey_too_long_ago")),
        ({"aware": 121}, (422, "request.malformed")),
        ({"asked": 0, "aware": 0}, (422, "request.malformed")),
        ({"asked": 10**30}, (422, "request.malformed")),
        ({"method": "\x00"}, (422, "request.malformed")),
        ({"conducted_on": "0001-01-01"}, (422, "request.malformed")),
        ({"grid_code": "510185001001999"}, (404, "request.not_found")),
        ({"grid_code": FAR}, (403, "auth.forbidden")),
    ],
)
def test_con_b6_a_survey_that_is_refused(
    station: StationDay, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert refused(station.post("township", "/awareness-surveys", survey(**changes))) == expected
    assert station.get("township", "/awareness-surveys").json()["items"] == []


def test_con_b6_who_may_record_and_see_surveys(station: StationDay) -> None:
    assert station.post("station_lead", "/awareness-surveys", survey()).status_code == 403
    assert station.post(GRID, "/awareness-surveys", survey()).status_code == 403
    far = survey(grid_code=FAR)
    assert station.post("command_centre", "/awareness-surveys", far).status_code == 201
    assert station.post("township", "/awareness-surveys", survey()).status_code == 201
    assert station.get("township", f"/awareness-surveys/{far['id']}").status_code == 404
    shown = station.get("command_centre", "/awareness-surveys", limit=1)
    (latest,) = shown.json()["items"]
    rest = station.get(
        "command_centre", "/awareness-surveys", cursor=shown.json()["next_cursor"]
    ).json()["items"]
    assert {one["grid_code"] for one in [latest, *rest]} == {GRID, FAR}
    bad = station.get("command_centre", "/awareness-surveys", cursor="bm90")
    assert refused(bad) == (422, "request.bad_cursor")
    sheet = station.get("township", "/awareness-surveys", format="csv", **{"from": "2026-03-18"})
    (row,) = csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig")))
    assert (row["网格代码"].strip("'"), row["知晓率"], row["事由"]) == (GRID, "0.841667", "B6")


def test_con_a_month_is_searched_by_its_station_once_it_has_settled(
    station: StationDay, month: SearchedMonth
) -> None:
    month.survey(FRIDAY, 100, 80)
    month.bare(FRIDAY)
    station.db.commit()
    early = searches(station)
    assert refused(early) == (409, "conduct.month_open")
    assert early.json()["facts"]["settles_at"] == "2026-04-04T00:00:00+08:00"
    station.at(SETTLED)
    done = searches(station).json()
    assert (done["proposed"], done["found"], done["community_code"]) == (2, 2, COMMUNITY)
    assert searches(station).json()["proposed"] == 0
    listed = station.get("township", "/conduct-detections", month="2026-03").json()["items"]
    assert [(one["community_code"], one["found"]) for one in listed] == [
        (COMMUNITY, 2),
        (ELSEWHERE[:12], None),
    ]
    proposals = station.get("station_lead", "/conduct-proposals").json()["items"]
    assert {one["ground"] for one in proposals} == {"B1", "B6"}
    for proposal in proposals:
        detail = station.get("station_lead", f"/conduct-proposals/{proposal['id']}").json()
        assert detail["versions"][-1]["records"]
        for record in detail["versions"][-1]["records"]:
            assert station.get("station_lead", record["at"].removeprefix("/v1")).status_code == 200


@pytest.mark.parametrize(
    ("who", "changes", "expected"),
    [
        ("station_lead", {"community_code": ELSEWHERE[:12]}, (403, "auth.forbidden")),
        ("township", {"community_code": "510185001999"}, (404, "request.not_found")),
        ("township", {"community_code": "510185001"}, (422, "request.malformed")),
        ("station_lead", {"month": "2017-08"}, (422, "request.malformed")),
        ("station_lead", {"month": "2026-13"}, (422, "request.malformed")),
        ("station_lead", {"month": "2099-12"}, (409, "conduct.month_open")),
        ("information_administrator", {}, (403, "auth.forbidden")),
        (GRID, {}, (403, "auth.forbidden")),
    ],
)
def test_con_a_search_that_is_refused(
    station: StationDay, who: str, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    station.at(SETTLED)
    assert refused(searches(station, who, **changes)) == expected


def test_con_a4_a_finding_in_words_is_proposed_and_seen_at_once(station: StationDay) -> None:
    made = station.post("station_lead", "/conduct-findings", finding(station))
    assert made.status_code == 201, made.text
    shown = made.json()
    assert (shown["ground"], shown["rung"], shown["source"]) == ("A4", "dismissal", "recorded")
    assert (shown["said"], shown["state"]) == ("误报灾情，造成重大影响。", "proposed")
    again = station.post("station_lead", "/conduct-findings", finding(station))
    assert refused(again) == (409, "conduct.already_proposed")
    (mine,) = station.get(GRID, "/me/proposals").json()["items"]
    assert mine["id"] == shown["id"]
    assert station.get(NEIGHBOUR, "/me/proposals").json()["items"] == []


def test_con_b2_false_records_are_named(station: StationDay, month: SearchedMonth) -> None:
    incident = month.hold(WEDNESDAY)
    elsewhere = month.hold(WEDNESDAY, grid=ELSEWHERE)
    station.db.commit()
    body = finding(station, kind="false_records")
    nothing = station.post("township", "/conduct-findings", body)
    assert refused(nothing) == (422, "conduct.finding_names_nothing")
    for strange in (elsewhere, uuid7(SETTLED)):
        named = body | {"records": [{"kind": "incident", "id": str(strange)}]}
        unknown = station.post("township", "/conduct-findings", named)
        assert refused(unknown) == (422, "conduct.finding_record_unknown")
    twice = [{"kind": "incident", "id": str(incident)}] * 2
    made = station.post("township", "/conduct-findings", body | {"records": twice}).json()
    assert (made["ground"], made["rung"], made["records"]) == ("B2", "warning", 1)
    assert made["counted_for"] == "2026-03-01"


@pytest.mark.parametrize(
    ("who", "changes", "expected"),
    [
        ("station_lead", {"occurred_on": "2026-03-19"}, (422, "conduct.finding_in_the_future")),
        ("station_lead", {"occurred_on": "2025-12-31"}, (404, "request.not_found")),
        ("station_lead", {"kind": "in_a_bad_mood"}, (422, "request.malformed")),
        ("station_lead", {"said": " "}, (422, "request.malformed")),
        ("station_lead", {"occurred_on": "9999-12-31"}, (422, "request.malformed")),
        ("station_lead", {"worker_id": str(UUID(int=1))}, (404, "request.not_found")),
        ("leading_group_office", {}, (403, "auth.forbidden")),
        (GRID, {}, (403, "auth.forbidden")),
    ],
)
def test_con_a_finding_that_is_refused(
    station: StationDay, who: str, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    answer = station.post(who, "/conduct-findings", finding(station, **changes))
    assert refused(answer) == expected


def test_con_a_finding_about_others_people_part_timers_and_oneself(
    station: StationDay, month: SearchedMonth
) -> None:
    month.part_time()
    phone = station.client.city.phones["station_lead"]
    theirs_no_more = update(Account).where(Account.worker_id == month.worker(NEIGHBOUR))
    station.db.execute(theirs_no_more.values(worker_id=None))
    lead = update(Account).where(Account.phone == phone)
    station.db.execute(lead.values(worker_id=month.worker(NEIGHBOUR)))
    station.db.commit()
    theirs = finding(station, worker_id=str(month.worker(ELSEWHERE)))
    assert station.post("station_lead", "/conduct-findings", theirs).status_code == 404
    bound = station.post("station_lead", "/conduct-findings", finding(station))
    assert refused(bound) == (422, "conduct.not_bound")
    own = finding(station, worker_id=str(month.worker(NEIGHBOUR)))
    answer = station.post("station_lead", "/conduct-findings", own)
    assert refused(answer) == (403, "approvals.own_matter")


def test_con_a2_what_the_system_holds_beside_an_offices_words(
    station: StationDay, month: SearchedMonth
) -> None:
    listing = month.listing(date(2026, 3, 2), "identity_number=1")
    month.listing(FRIDAY, "identity_number=2")
    first = date(2026, 3, 9)
    month.tally(first, first + timedelta(days=6), owed=3, paid=2, kind=VisitKind.RENTAL)
    month.tally(first, first + timedelta(days=6), owed=4, paid=4, kind=VisitKind.CARE)
    incident = month.hold(WEDNESDAY)
    station.db.commit()
    query = {"grid": GRID, "on": "2026-03-18"}
    shown = station.get("station_lead", "/conduct-detections/lacking", **query).json()
    assert (shown["listed"], shown["recorded"], shown["unrecorded"]) == (1, 0, [str(listing.id)])
    assert [(one["kind"], one["owed"], one["paid"]) for one in shown["unpaid"]] == [
        ("rental", 3, 2)
    ]
    body = finding(
        station,
        kind="lacking_and_incident",
        records=[{"kind": "incident", "id": str(incident)}],
    )
    made = station.post("township", "/conduct-findings", body).json()
    assert (made["ground"], made["because"]["lacking"]) == ("A2", [shown])
    far = station.get(
        "station_lead", "/conduct-detections/lacking", grid=ELSEWHERE, on="2026-03-18"
    )
    assert far.status_code == 404
    nowhere = station.get(
        "township", "/conduct-detections/lacking", grid="510185001001999", on="2026-03-18"
    )
    assert nowhere.status_code == 404
