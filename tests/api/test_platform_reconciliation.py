"""Reconciliations over HTTP (INT-1, INT-2)."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.db.models import Reconciliation
from app.kit.ids import uuid7
from app.rules.tasks import Platform
from tests.api.station import EVENING, GRID, StationDay, refused
from tests.attendance.facts import WEDNESDAY, at
from tests.conftest import SignedIn
from tests.platforms.meeting import meet
from tests.platforms.standing_in import Running, standing_in

ASKED = {"platform": "chengdu", "day": "2026-03-18"}
PATH = "/platform-reconciliations"


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


@pytest.fixture
def chengdu(station: StationDay) -> Iterator[Running]:
    with standing_in(Platform.CHENGDU, lambda: station.clock.now) as running:
        meet(station.db, running, at("06:00"))
        yield running


def made(
    station: StationDay,
    platform: Platform = Platform.CHENGDU,
    day: date = WEDNESDAY,
    ran_at: datetime = EVENING,
    **changes: Any,
) -> Reconciliation:
    known: dict[str, Any] = {
        "id": uuid7(ran_at),
        "ours": 3,
        "theirs": 3,
        "differences": [],
        "sent_again": 0,
        "taken_in": 0,
    }
    row = Reconciliation(platform=platform, day=day, ran_at=ran_at, **(known | changes))
    station.db.add(row)
    station.db.commit()
    return row


def difference(kind: str = "missing_there") -> dict[str, Any]:
    return {
        "kind": kind,
        "subject_kind": "incident",
        "subject_id": "0199d2f0-0000-7000-8000-000000000001",
        "message_id": None,
        "ours": {"number": 3, "state": "处理中"},
        "theirs": None,
        "remedy": "sent_again",
        "why": None,
    }


def test_int_1_asked_for_kept_and_shown(station: StationDay, chengdu: Running) -> None:
    login = {"kind": "login", "account": "jy001"}
    (sent,) = chengdu.send(login, withheld=True)
    answer = station.post("command_centre", PATH, ASKED)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert (found["error"], found["taken_in"], found["differing"]) == (None, 1, 1)
    assert found["differences"][0]["message_id"] == sent["message_id"]
    assert station.get("command_centre", f"{PATH}/{found['id']}").json() == found
    (row,) = station.get("system_administrator", PATH).json()["items"]
    assert row == {name: value for name, value in found.items() if name != "differences"}


def test_int_2_a_platform_that_is_gone_is_an_answer_too(
    station: StationDay, chengdu: Running
) -> None:
    chengdu.control(behaviour="gone")
    answer = station.post("command_centre", PATH, ASKED)
    assert (answer.status_code, answer.json()["error"]) == (201, "connection")


def test_nobody_to_ask(station: StationDay) -> None:
    answer = station.post("command_centre", PATH, ASKED)
    assert refused(answer) == (409, "platform.nothing_to_reconcile")


@pytest.mark.parametrize(
    ("days", "status"), [(0, 201), (1, 422), (-400, 201), (-401, 422)], ids=str
)
def test_a_date_that_has_begun_of_the_last_400(
    station: StationDay, chengdu: Running, days: int, status: int
) -> None:
    day = (WEDNESDAY + timedelta(days=days)).isoformat()
    answer = station.post("command_centre", PATH, ASKED | {"day": day})
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["code"] == "platform.day_to_come"


@pytest.mark.parametrize(
    "changes",
    [
        {"platform": "beijing"},
        {"platform": None},
        {"day": "2026-02-30"},
        {"day": "9999-01-01"},
        {"day": "0001-01-01"},
        {"day": 10**40},
        {"colour": "red"},
    ],
    ids=lambda changes: "-".join(map(str, changes.values()))[:20],
)
def test_a_body_out_of_form_is_refused(
    station: StationDay, chengdu: Running, changes: dict[str, Any]
) -> None:
    answer = station.post("command_centre", PATH, ASKED | changes)
    assert refused(answer) == (422, "request.malformed")


def test_acts_beyond_one_s_unit_and_other_roles(station: StationDay, chengdu: Running) -> None:
    """A station lead keeps platform accounts; the platforms' endpoint is the city's."""
    for who in ("station_lead", "system_administrator", "platform", "auditor", GRID):
        assert refused(station.post(who, PATH, ASKED)) == (403, "auth.forbidden")
    row = made(station)
    for who in ("station_lead", "platform", "finance", GRID):
        assert refused(station.get(who, PATH))[0] == 403
        assert refused(station.get(who, f"{PATH}/{row.id}"))[0] == 403
    assert refused(station.get("command_centre", f"{PATH}/{uuid7(EVENING)}"))[0] == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["failed", "old", "differs", "fine"]),
        ({"platform": "sichuan"}, ["failed"]),
        ({"from": "2026-03-18"}, ["failed", "differs", "fine"]),
        ({"to": "2026-03-17"}, ["old"]),
        ({"differing": "true"}, ["differs"]),
        ({"differing": "false"}, ["failed", "old", "fine"]),
        ({"failed": "true"}, ["failed"]),
        ({"failed": "false"}, ["old", "differs", "fine"]),
    ],
    ids=["all", "platform", "from", "to", "differing", "same", "failed", "answered"],
)
def test_the_list_can_be_narrowed(
    station: StationDay, query: dict[str, str], expected: list[str]
) -> None:
    rows = {
        "fine": made(station, ran_at=at("03:00")),
        "differs": made(station, ran_at=at("04:00"), differences=[difference()]),
        "old": made(station, ran_at=at("05:00"), day=WEDNESDAY - timedelta(days=1)),
        "failed": made(station, Platform.SICHUAN, ran_at=at("06:00"), error="timeout"),
    }
    names = {str(row.id): name for name, row in rows.items()}
    page = station.get("command_centre", PATH, **query).json()
    assert [names[found["id"]] for found in page["items"]] == expected


def test_in_pages_and_as_files(station: StationDay) -> None:
    first, second = made(station, ran_at=at("04:00")), made(station, ran_at=at("03:00"))
    page = station.get("command_centre", PATH, limit=1).json()
    rest = station.get("command_centre", PATH, limit=1, cursor=page["next_cursor"]).json()
    assert [found["id"] for found in page["items"] + rest["items"]] == [
        str(first.id),
        str(second.id),
    ]
    assert rest["next_cursor"] is None
    answer = station.get("command_centre", PATH, format="csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[0][:2], len(rows)) == (["平台", "日期"], 3)
    assert station.get("command_centre", PATH, format="xlsx").content[:2] == b"PK"
    for bad in ("WyJ4Il0", "x", "%00"):
        assert refused(station.get("command_centre", PATH, cursor=bad))[0] == 422


@pytest.mark.parametrize(
    "query",
    [{"platform": "x"}, {"from": "x"}, {"differing": "perhaps"}, {"limit": 0}, {"colour": "red"}],
    ids="-".join,
)
def test_a_query_out_of_form_is_refused(station: StationDay, query: dict[str, Any]) -> None:
    assert refused(station.get("command_centre", PATH, **query))[0] == 422
