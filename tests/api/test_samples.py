"""Samples, blind checks and accuracy over HTTP (INF-3)."""

from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.db.models import Account
from tests.api.station import StationDay, refused
from tests.conftest import SignedIn
from tests.registry.registers import COMMUNITY, ELSEWHERE, FAR, GRID, Registers, person

FOUND = {"name": "刘某1", "residence": "permanent"}


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


@pytest.fixture
def registers(station: StationDay) -> Registers:
    return Registers(station.db, station.client.city)


def draw(station: StationDay, who: str = "township", **said: Any) -> Response:
    return station.post(who, "/samples", {"unit": COMMUNITY, "size": 10} | said)


def drawn(station: StationDay, registers: Registers) -> str:
    registers.person(1)
    station.db.commit()
    return str(draw(station).json()["id"])


def check(
    station: StationDay, key: str, body: dict[str, Any], who: str = "station_lead", place: int = 1
) -> Response:
    return station.post(who, f"/samples/{key}/items/{place}/check", body)


def test_inf_3_drawn_checked_and_measured(station: StationDay, registers: Registers) -> None:
    for serial in (1, 2, 3):
        registers.person(serial, name="刘某1")
    registers.home(4)
    station.db.commit()
    answer = draw(station, kind="person", size=2)
    assert answer.status_code == 201
    sample = answer.json()
    assert (sample["population"], sample["drawn"], sample["open"]) == (3, 2, 2)
    items = station.get("station_lead", f"/samples/{sample['id']}/items").json()["items"]
    assert [item["place"] for item in items] == [1, 2]
    checked = check(station, sample["id"], {"found": FOUND})
    assert (checked.status_code, checked.json()["result"]) == (201, "correct")
    wrong = check(station, sample["id"], {"found": FOUND | {"name": "误"}}, place=2).json()
    assert (wrong["result"], wrong["wrong_fields"]) == ("wrong", ["name"])
    assert {"field": "name", "recorded": "刘某1", "found": "误", "same": False} in wrong["fields"]
    now = station.get("township", f"/samples/{sample['id']}").json()
    assert (now["correct"], now["wrong"], now["open"]) == (1, 1, 0)
    span = {"from": "2026-03-18", "to": "2026-03-18"}
    [row] = station.get("command_centre", "/accuracy", **span).json()["items"]
    assert (row["accuracy"], row["checked"], row["verdict"]) == (0.5, 2, "below")
    assert (row["rule"], row["clause"], row["asked_percent"]) == ("INF-3", "四(二)5", 95)
    assert (round(row["low"], 3), round(row["high"], 3)) == (0.095, 0.905)
    [grid] = station.get("township", "/accuracy", by="grid", **span).json()["items"]
    assert grid["unit_code"] == GRID


def test_inf_3_before_the_check_nothing_recorded_is_answered(
    station: StationDay, registers: Registers
) -> None:
    said = person(1, special_group="released", care="hardship", birth_date="1990-01-01")
    record = registers.person(1, special_group="released", care="hardship", birth_date="1990-01-01")
    station.db.commit()
    key = draw(station).json()["id"]
    answers = [
        station.get("station_lead", f"/samples/{key}/items"),
        station.get("station_lead", f"/samples/{key}"),
        station.get("station_lead", "/samples"),
        check(station, key, {"found": {"name": "x"}}),
        check(station, key, {"found": FOUND | {"religion": "x"}}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 422, 422]
    for answer in answers:
        for name in ("name", "identity_number", "phone", "birth_date"):
            assert said[name] not in answer.text, name
        assert str(record.id) not in answer.text
        assert "released" not in answer.text
    [item] = answers[0].json()["items"]
    assert item["where"]["address"] == said["address"]
    care = next(field for field in item["asked"] if field["name"] == "care")
    assert [choice["value"] for choice in care["choices"]] == ["empty_nest", "hardship"]


def test_inf_3_anybody_can_repeat_the_draw(station: StationDay, registers: Registers) -> None:
    for serial in range(1, 21):
        registers.person(serial)
    station.db.commit()
    key = draw(station, size=5).json()["id"]
    proof = station.get("leading_group_office", f"/samples/{key}/proof").json()
    file = station.get("leading_group_office", f"/samples/{key}/population")
    assert file.headers["content-type"].startswith("text/csv")
    assert sha256(file.content).hexdigest() == proof["population_digest"]
    assert proof["population_at"] == f"/v1/samples/{key}/population"
    records = [line.split(",")[0] for line in file.text.splitlines()]

    def lot(record: str) -> str:
        return sha256(f"{proof['seed']}:{record}".encode()).hexdigest()

    assert proof["drawn"] == sorted(records, key=lot)[:5]
    assert (proof["repeats"], proof["digest_matches"]) == (True, True)


def test_each_refusal(station: StationDay, registers: Registers) -> None:
    assert refused(draw(station)) == (409, "sample.nothing_to_draw")
    key = drawn(station, registers)
    assert refused(draw(station, unit=ELSEWHERE[:9] + "999")) == (404, "request.not_found")
    assert refused(draw(station, unit=FAR)) == (403, "auth.forbidden")
    assert refused(draw(station, "station_lead")) == (403, "auth.forbidden")
    incomplete = check(station, key, {"found": {"name": "刘某1"}})
    assert refused(incomplete) == (422, "sample.found_incomplete")
    assert incomplete.json()["facts"] == {"missing": ["residence"]}
    unacceptable = check(station, key, {"found": FOUND | {"address": "x"}})
    assert refused(unacceptable) == (422, "sample.found_unacceptable")
    assert refused(check(station, key, {"found": FOUND}, place=2)) == (404, "request.not_found")
    administrator = check(station, key, {"found": FOUND}, "information_administrator")
    assert refused(administrator) == (403, "auth.forbidden")
    assert check(station, key, {"found": FOUND}).status_code == 201
    again = check(station, key, {"found": FOUND}, "township")
    assert refused(again) == (409, "sample.already_checked")


def test_inf_3_own_records_and_records_looked_at(station: StationDay, registers: Registers) -> None:
    record = registers.person(1)
    account = registers.admin().account_id
    station.db.commit()
    key = draw(station).json()["id"]
    look = {"fields": ["name"], "purpose": "visit"}
    assert station.post("station_lead", f"/records/{record.id}/reveal", look).status_code == 200
    assert refused(check(station, key, {"found": FOUND})) == (403, "sample.not_blind")
    found = station.db.get_one(Account, account)
    found.roles = ["information_administrator", "station_lead"]
    station.db.commit()
    station.client.tokens.clear()
    own = check(station, key, {"found": FOUND}, "information_administrator")
    assert refused(own) == (403, "sample.own_case")
    assert check(station, key, {"found": FOUND}, "township").status_code == 201


def test_inf_3_a_merged_record_drops_out(station: StationDay, registers: Registers) -> None:
    kept, other = registers.person(1), registers.person(2)
    station.db.commit()
    key = draw(station).json()["id"]
    body = {"kept": str(kept.id), "merged": str(other.id), "reason": "重复"}
    merged = station.post("information_administrator", "/record-merges", body)
    assert merged.status_code == 201
    items = station.get("station_lead", f"/samples/{key}/items").json()["items"]
    [gone] = [item for item in items if item["gone"]]
    assert gone["where"] is None
    answer = check(station, key, {"not_found": True, "note": "x"}, place=gone["place"])
    assert refused(answer) == (409, "sample.item_gone")


def test_things_beyond_are_not_there(station: StationDay, registers: Registers) -> None:
    registers.person(1, ELSEWHERE)
    station.db.commit()
    key = draw(station, unit="510185001").json()["id"]
    for path in ("", "/items", "/proof", "/population"):
        assert refused(station.get("station_lead", f"/samples/{key}{path}"))[0] == 404
    assert refused(check(station, key, {"found": FOUND}))[0] == 404
    assert station.get("station_lead", "/samples").json()["items"] == []
    assert len(station.get("command_centre", "/samples").json()["items"]) == 1
    span = {"from": "2026-03-18", "to": "2026-03-18"}
    for path, query in (("/samples", {}), ("/accuracy", span)):
        answer = station.get("station_lead", path, unit=FAR, **query)
        assert refused(answer) == (404, "request.not_found")
        assert refused(station.get("finance", path, **query)) == (403, "auth.forbidden")
    assert refused(station.get(GRID, f"/samples/{key}/items")) == (403, "auth.forbidden")


def test_pages_and_files(station: StationDay, registers: Registers) -> None:
    for serial in range(1, 6):
        registers.person(serial)
    station.db.commit()
    keys = [draw(station).json()["id"] for _ in range(3)]
    first = station.get("township", "/samples", limit=2).json()
    rest = station.get("township", "/samples", limit=2, cursor=first["next_cursor"]).json()
    assert {one["id"] for one in first["items"] + rest["items"]} == set(keys)
    assert rest["next_cursor"] is None
    path = f"/samples/{keys[0]}/items"
    items = station.get("township", path, limit=3).json()
    assert [one["place"] for one in items["items"]] == [1, 2, 3]
    more = station.get("township", path, limit=3, cursor=items["next_cursor"]).json()
    assert [one["place"] for one in more["items"]] == [4, 5]
    for bad in ("x", first["next_cursor"]):
        assert refused(station.get("township", path, cursor=bad)) == (422, "request.bad_cursor")
    wrong = station.get("township", "/samples", cursor=items["next_cursor"])
    assert refused(wrong) == (422, "request.bad_cursor")
    csv = station.get("township", "/samples", format="csv")
    assert csv.content.decode("utf-8-sig").splitlines()[0].startswith("抽样时间,单位编码")
    span = {"from": "2026-03-01", "to": "2026-03-31"}
    xlsx = station.get("township", "/accuracy", format="xlsx", **span)
    [heading, row] = load_workbook(BytesIO(xlsx.content)).active.iter_rows(values_only=True)
    assert (heading[0], row[0], row[10]) == ("单位编码", "510185001", "nothing")


@pytest.mark.parametrize(
    "change",
    [
        {"size": 0},
        {"size": 501},
        {"size": 10**30},
        {"size": "all"},
        {"unit": "5101"},
        {"unit": "51018500100१"},
        {"kind": "belief"},
        {"seed": "chosen"},
        {"records": []},
    ],
)
def test_draws_out_of_form(station: StationDay, change: dict[str, Any]) -> None:
    assert refused(draw(station, **change)) == (422, "request.malformed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"found": None},
        {"not_found": True},
        {"not_found": True, "note": "x", "found": FOUND},
        {"found": FOUND, "note": "\x00"},
        {"found": {"name": "\x00"}},
        {"found": {"name": {"deep": {"er": 1}}}},
        {"found": {"name": 10**400}},
        {"found": {f"field{n}": 1 for n in range(100)}},
        {"found": []},
        {"result": "correct"},
    ],
)
def test_checks_out_of_form(
    station: StationDay, registers: Registers, body: dict[str, Any]
) -> None:
    key = drawn(station, registers)
    assert refused(check(station, key, body)) == (422, "request.malformed")
    assert station.get("township", f"/samples/{key}").json()["open"] == 1


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-03-18"},
        {"from": "2026-03-18", "to": "2026-03-17"},
        {"from": "0001-01-01", "to": "2026-03-18"},
        {"from": "2026-03-18", "to": "9999-12-31"},
        {"from": "2026-03-18", "to": "2026-03-18", "by": "worker"},
        {"from": "2026-03-18", "to": "2026-03-18", "unit": "abc"},
        {"from": "2026-03-18", "to": "2026-03-18", "page": "1"},
    ],
)
def test_figures_asked_out_of_form(station: StationDay, query: dict[str, str]) -> None:
    assert refused(station.get("township", "/accuracy", **query)) == (422, "request.malformed")


@pytest.mark.parametrize("place", ["0", "501", "99999999999999999999", "one"])
def test_places_out_of_form(station: StationDay, registers: Registers, place: str) -> None:
    key = drawn(station, registers)
    answer = station.post("township", f"/samples/{key}/items/{place}/check", {"found": FOUND})
    assert refused(answer) == (422, "request.malformed")
