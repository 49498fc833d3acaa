"""Likely duplicates, merges and their undoing over HTTP (INF-1)."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy.orm import Session

from app.db.models import Record
from app.rules.information import RecordState
from tests.api.station import StationDay, refused
from tests.conftest import SignedIn
from tests.registry.registers import ELSEWHERE, GRID, NOW, Registers, person

DESK = "information_administrator"


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


@pytest.fixture
def registers(station: StationDay) -> Registers:
    return Registers(station.db, station.client.city)


@pytest.fixture
def two(station: StationDay, registers: Registers) -> tuple[Record, Record]:
    """Two records with one identity number."""
    number = person(1)["identity_number"]
    made = registers.person(1), registers.person(2, identity_number=number)
    station.db.commit()
    return made


def merge(
    station: StationDay, kept: Record, merged: Record, who: str = DESK, /, **said: Any
) -> Response:
    body = {"kept": str(kept.id), "merged": str(merged.id), "reason": "同一人"}
    return station.post(who, "/record-merges", body | said)


def test_inf_1_offered_merged_and_taken_apart(
    station: StationDay, two: tuple[Record, Record]
) -> None:
    kept, other = two
    path = f"/records/{kept.id}/duplicates"
    [offered] = station.get("station_lead", path).json()["items"]
    assert offered["record"]["id"] == str(other.id)
    [reason] = offered["reasons"]
    assert (reason["by"], reason["zh"], reason["rule"]) == (
        "identity_number",
        "身份证号相同",
        "INF-1",
    )
    [pair] = station.get(DESK, "/duplicates").json()["items"]
    assert {pair["one"]["id"], pair["other"]["id"]} == {str(kept.id), str(other.id)}
    done = merge(station, kept, other, fields={"phone": "merged"})
    assert (done.status_code, done.json()["taken"]) == (201, ["phone"])
    assert station.get(DESK, "/duplicates").json()["items"] == []
    assert refused(station.get(DESK, f"/records/{other.id}/duplicates")) == (409, "record.merged")
    shown = station.get(DESK, f"/records/{kept.id}").json()
    assert (shown["version"], shown["entered_version"]) == (2, 2)
    undo = f"/record-merges/{done.json()['id']}/undo"
    back = station.post(DESK, undo, {"reason": "不是同一人"})
    assert (back.status_code, back.json()["given_back"]) == (200, ["phone"])
    assert back.json()["changed_since"] == []
    again = station.post(DESK, undo, {"reason": "不是同一人"})
    assert refused(again) == (409, "merge.already_undone")
    [listed] = station.get(DESK, "/record-merges").json()["items"]
    assert (listed["reason"], listed["undo_reason"]) == ("同一人", "不是同一人")
    two_body = {"one": str(kept.id), "other": str(other.id), "reason": "父子"}
    apart = station.post(DESK, "/record-merges/not-duplicates", two_body)
    assert (apart.status_code, apart.json()["reason"]) == (201, "父子")
    assert station.get(DESK, "/duplicates").json()["items"] == []


def test_nothing_sensitive_is_offered_in_plain(
    station: StationDay, two: tuple[Record, Record]
) -> None:
    kept, _ = two
    for path in (f"/records/{kept.id}/duplicates", "/duplicates"):
        text = station.get(DESK, path).text
        for value in ("刘某1", "刘某2", person(1)["identity_number"], person(2)["phone"]):
            assert value not in text


def test_each_refusal(
    station: StationDay, registers: Registers, two: tuple[Record, Record]
) -> None:
    kept, other = two
    third, place = registers.person(3), registers.home(4)
    elsewhere, waiting, erased = (
        registers.person(5, ELSEWHERE),
        registers.person(6),
        registers.person(7),
    )
    waiting.state, erased.erased_at = RecordState.SUBMITTED, NOW
    ended = registers.person(8)
    ended.ended_on = NOW.date()
    station.db.commit()
    assert refused(merge(station, kept, kept)) == (422, "merge.same_record")
    assert refused(merge(station, kept, place)) == (409, "record.other_kind")
    assert refused(merge(station, kept, waiting)) == (409, "record.act_not_now")
    assert refused(merge(station, kept, erased)) == (409, "record.erased")
    assert refused(merge(station, kept, ended)) == (409, "record.ended")
    assert refused(merge(station, kept, elsewhere)) == (404, "request.not_found")
    unknown = merge(station, kept, other, fields={"religion": "kept"})
    assert refused(unknown) == (422, "record.field_unknown")
    assert refused(merge(station, kept, other, "station_lead")) == (403, "auth.forbidden")
    gone = station.get(DESK, f"/records/{erased.id}/duplicates")
    assert refused(gone) == (409, "record.erased")
    first = merge(station, other, kept).json()["id"]
    assert refused(merge(station, third, kept)) == (409, "record.merged")
    merge(station, third, other)
    undo = station.post(DESK, f"/record-merges/{first}/undo", {"reason": "误并"})
    assert refused(undo) == (409, "merge.merged_on")


def test_things_beyond_are_not_there(
    station: StationDay, registers: Registers, two: tuple[Record, Record]
) -> None:
    kept, _ = two
    there = registers.person(1, ELSEWHERE)
    station.db.commit()
    assert refused(station.get(DESK, f"/records/{there.id}/duplicates"))[0] == 404
    assert refused(station.get(DESK, f"/records/{uuid4()}/duplicates"))[0] == 404
    for path in ("/duplicates", "/record-merges"):
        assert refused(station.get(DESK, path, unit=ELSEWHERE[:12]))[0] == 404
        assert refused(station.get("township", path)) == (403, "auth.forbidden")
        assert refused(station.get(GRID, path)) == (403, "auth.forbidden")
    body = {"one": str(kept.id), "other": str(there.id), "reason": "x"}
    beyond = station.post(DESK, "/record-merges/not-duplicates", body)
    assert refused(beyond) == (404, "request.not_found")
    same = body | {"other": str(kept.id)}
    answer = station.post(DESK, "/record-merges/not-duplicates", same)
    assert refused(answer) == (422, "merge.same_record")
    missing = station.post(DESK, f"/record-merges/{uuid4()}/undo", {"reason": "x"})
    assert refused(missing) == (404, "request.not_found")


def test_pages_and_files(station: StationDay, registers: Registers) -> None:
    for serial in (1, 1, 2, 2, 3, 3):
        registers.person(serial)
    station.db.commit()
    first = station.get(DESK, "/duplicates", limit=2).json()
    rest = station.get(DESK, "/duplicates", limit=2, cursor=first["next_cursor"]).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    for path in ("/duplicates", "/record-merges"):
        assert refused(station.get(DESK, path, cursor="x")) == (422, "request.bad_cursor")
    wrong = station.get(DESK, "/record-merges", cursor=first["next_cursor"])
    assert refused(wrong) == (422, "request.bad_cursor")
    csv = station.get(DESK, "/record-merges", format="csv").content.decode("utf-8-sig")
    assert csv.splitlines() == ["合并时间,保留的记录,并入的记录,理由,撤销时间,撤销理由,编号"]


@pytest.mark.parametrize(
    "change",
    [
        {"kept": "1"},
        {"kept": None},
        {"reason": ""},
        {"reason": "a\x00"},
        {"fields": {"name": "both"}},
        {"fields": {"name": None}},
        {"fields": {"n" * 41: "kept"}},
        {"fields": {f"f{n}": "kept" for n in range(61)}},
        {"fields": []},
        {"force": True},
    ],
)
def test_merges_out_of_form(
    station: StationDay, two: tuple[Record, Record], change: dict[str, Any]
) -> None:
    assert refused(merge(station, *two, **change)) == (422, "request.malformed")
