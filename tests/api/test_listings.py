"""Focus listings, their coverage, known changes and staleness over HTTP (INF-4, INF-5)."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy.orm import Session

from tests.api.station import StationDay, refused
from tests.attendance.facts import at
from tests.conftest import SignedIn
from tests.registry.registers import (
    COMMUNITY,
    ELSEWHERE,
    FAR,
    GRID,
    NOW,
    Registers,
    identity_number,
)

DESK = "information_administrator"


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


@pytest.fixture
def registers(station: StationDay) -> Registers:
    return Registers(station.db, station.client.city)


def listing(serial: int = 1, **said: Any) -> dict[str, Any]:
    return {
        "unit": COMMUNITY,
        "focus": "floating",
        "name": f"刘某{serial}",
        "identity_number": identity_number(serial),
        "source": "派出所名单",
        "listed_on": "2026-03-16",
    } | said


def add(station: StationDay, serial: int = 1, who: str = "station_lead", **said: Any) -> Response:
    return station.post(who, "/focus-listings", listing(serial, **said))


def coverage(station: StationDay, who: str = "station_lead", **query: str) -> dict[str, Any]:
    answer = station.get(who, "/focus-coverage", focus="floating", **query)
    [row] = answer.json()["items"]
    found: dict[str, Any] = row
    return found


def change(station: StationDay, record_id: object, who: str = DESK, /, **said: Any) -> Response:
    body = {
        "record_id": str(record_id),
        "known_on": "2026-03-16",
        "source": "派出所通报",
        "what": "换了电话",
    }
    return station.post(who, "/known-changes", body | said)


def test_inf_4_listed_missing_and_then_recorded(station: StationDay, registers: Registers) -> None:
    added = add(station)
    assert added.status_code == 201
    assert (added.json()["recorded"], added.json()["name"]) == (False, "刘**")
    row = coverage(station)
    assert (row["known"], row["recorded"], row["verdict"]) == (1, 0, "below")
    assert (row["rule"], row["clause"], row["asked_percent"]) == ("INF-4", "四(二)5", 100)
    [missing] = station.get(DESK, "/focus-listings", unmatched="true").json()["items"]
    assert missing["id"] == added.json()["id"]
    registers.person(1, residence="floating")
    station.db.commit()
    assert station.get(DESK, "/focus-listings", unmatched="true").json()["items"] == []
    row = coverage(station, "leading_group_office")
    assert (row["known"], row["recorded"], row["share"], row["verdict"]) == (1, 1, 1, "met")
    every = station.get("township", "/focus-coverage").json()["items"]
    assert [one["focus"] for one in every] == ["rental", "floating", "special_group"]
    withdraw = f"/focus-listings/{added.json()['id']}/withdraw"
    gone = station.post("station_lead", withdraw, {"reason": "登记有误"})
    assert (gone.status_code, gone.json()["name"]) == (200, None)
    again = station.post("station_lead", withdraw, {"reason": "登记有误"})
    assert refused(again) == (409, "listing.withdrawn")


def test_listing_refusals(station: StationDay) -> None:
    first = add(station).json()["id"]
    again = add(station, unit=GRID)
    assert refused(again) == (409, "listing.already_listed")
    assert again.json()["facts"] == {"id": first}
    assert refused(add(station, unit=ELSEWHERE)) == (403, "auth.forbidden")
    assert refused(add(station, unit=COMMUNITY + "099")) == (404, "request.not_found")
    high = add(station, who="township", unit="510185001")
    assert refused(high) == (422, "listing.unit_too_high")
    ahead = add(station, 2, listed_on="2026-03-19")
    assert refused(ahead) == (422, "listing.in_the_future")
    assert refused(add(station, who=GRID)) == (403, "auth.forbidden")
    assert refused(add(station, who="leading_group_office")) == (403, "auth.forbidden")


def test_listings_beyond_are_not_there(station: StationDay) -> None:
    key = add(station, who="township", unit=ELSEWHERE).json()["id"]
    assert station.get("station_lead", "/focus-listings").json()["items"] == []
    for path in ("/focus-listings", "/focus-coverage", "/known-changes", "/staleness"):
        assert refused(station.get("station_lead", path, unit=FAR))[0] == 404
        assert refused(station.get(GRID, path)) == (403, "auth.forbidden")
    withdraw = station.post("station_lead", f"/focus-listings/{key}/withdraw", {"reason": "x"})
    assert refused(withdraw) == (404, "request.not_found")
    assert coverage(station)["known"] == 0
    assert coverage(station, "township")["known"] == 1
    assert coverage(station, "command_centre", unit=ELSEWHERE)["known"] == 1


def test_part_8_above_the_station_special_groups_are_those_one_listed(
    station: StationDay, registers: Registers
) -> None:
    """Nor is a township told what a record says of whom it listed."""
    person = registers.person(2, special_group="released").id
    station.db.commit()
    hidden = add(station, 1, focus="special_group").json()["id"]
    add(station, 3)
    own = add(station, 2, who="township", focus="special_group").json()
    assert (own["recorded"], own["record_id"], own["focus_marked"]) == (True, None, False)
    for who, seen in (("township", {own["id"]}), ("command_centre", set())):
        items = station.get(who, "/focus-listings").json()["items"]
        special = [one for one in items if one["focus"] == "special_group"]
        assert len(items) == len(special) + 1
        assert {one["id"] for one in special} == seen
        assert {one["record_id"] for one in special} <= {None}
        answer = station.post(who, f"/focus-listings/{hidden}/withdraw", {"reason": "x"})
        assert refused(answer) == (404, "request.not_found")
    items = station.get("station_lead", "/focus-listings", focus="special_group").json()["items"]
    assert {one["id"] for one in items} == {own["id"], hidden}
    [theirs] = [one for one in items if one["id"] == own["id"]]
    assert (theirs["record_id"], theirs["focus_marked"]) == (str(person), True)
    done = station.post("township", f"/focus-listings/{own['id']}/withdraw", {"reason": "x"})
    assert (done.status_code, done.json()["record_id"]) == (200, None)


def test_inf_4_of_special_groups_only_counts_beyond_the_lists(station: StationDay) -> None:
    add(station, focus="special_group")
    answer = station.get("leading_group_office", "/focus-coverage", focus="special_group")
    [row] = answer.json()["items"]
    assert set(row) == {
        "unit_code", "focus", "known", "recorded", "missing", "not_marked", "share",
        "asked_percent", "verdict", "rule", "clause",
    }  # fmt: skip
    assert refused(station.get("leading_group_office", "/focus-listings"))[0] == 403


@pytest.mark.parametrize(
    "said",
    [
        {"identity_number": None},
        {"identity_number": "510185199001010011"},
        {"focus": "resident"},
        {"focus": "rental"},
        {"unit": "510185"},
        {"unit": "x"},
        {"listed_on": "0001-01-01"},
        {"listed_on": "9999-12-31"},
        {"name": "\x00"},
        {"name": "x" * 201},
        {"source": None},
        {"phone": "13800000000"},
    ],
)
def test_listings_out_of_form(station: StationDay, said: dict[str, Any]) -> None:
    code = "listing.unit_too_high" if said.get("unit") == "510185" else "request.malformed"
    assert refused(add(station, who="command_centre", **said)) == (422, code)


def test_listing_pages_and_files(station: StationDay) -> None:
    for serial in (1, 2, 3):
        add(station, serial)
    first = station.get(DESK, "/focus-listings", limit=2).json()
    rest = station.get(DESK, "/focus-listings", limit=2, cursor=first["next_cursor"]).json()
    assert len({one["id"] for one in first["items"] + rest["items"]}) == 3
    for path in ("/focus-listings", "/known-changes"):
        assert refused(station.get(DESK, path, cursor="x")) == (422, "request.bad_cursor")
    wrong = station.get(DESK, "/known-changes", cursor=first["next_cursor"])
    assert refused(wrong) == (422, "request.bad_cursor")
    csv = station.get(DESK, "/focus-coverage", format="csv").content.decode("utf-8-sig")
    assert csv.splitlines()[2].startswith(f"{COMMUNITY},floating,3,0,3,0,0")
    files = station.get(DESK, "/staleness", format="csv").content.decode("utf-8-sig")
    assert files.splitlines()[1] == f"{COMMUNITY},0,0,0,0,0,四(二)5"


def test_inf_5_noted_overdue_and_recorded(station: StationDay, registers: Registers) -> None:
    record, other = registers.person(1), registers.person(2)
    station.db.commit()
    noted = change(station, record.id)
    assert noted.status_code == 201
    assert (noted.json()["state"], noted.json()["due_on"]) == ("open", "2026-06-16")
    change(station, other.id, "township")
    registers.correct(other, phone="13900000001")
    station.db.commit()

    def states(**query: str) -> list[str]:
        items = station.get("station_lead", "/known-changes", **query).json()["items"]
        return [item["state"] for item in items]

    assert sorted(states()) == ["in_time", "open"]
    assert states(state="overdue") == []
    station.at(at("12:00").replace(month=6, day=17))
    assert states(state="overdue") == ["overdue"]
    [row] = station.get("leading_group_office", "/staleness", unit=COMMUNITY).json()["items"]
    assert (row["known"], row["in_time"], row["overdue"]) == (2, 1, 1)
    assert (row["rule"], row["clause"]) == ("INF-5", "四(二)5")
    [grid] = station.get("township", "/staleness", by="grid").json()["items"]
    assert grid["unit_code"] == GRID


def test_change_refusals(station: StationDay, registers: Registers) -> None:
    record, there = registers.person(1), registers.person(2, ELSEWHERE)
    erased, merged = registers.person(3), registers.person(4)
    erased.erased_at, merged.merged_into = NOW, record.id
    station.db.commit()
    ahead = change(station, record.id, known_on="2026-03-19")
    assert refused(ahead) == (422, "change.in_the_future")
    assert refused(change(station, there.id)) == (404, "request.not_found")
    assert refused(change(station, uuid4())) == (404, "request.not_found")
    assert refused(change(station, erased.id)) == (409, "record.erased")
    assert refused(change(station, merged.id)) == (409, "record.merged")
    assert refused(change(station, record.id, GRID)) == (403, "auth.forbidden")
    assert refused(station.get("township", "/known-changes")) == (403, "auth.forbidden")


@pytest.mark.parametrize(
    "said",
    [
        {"record_id": "x"},
        {"known_on": "0001-01-01"},
        {"known_on": "2026-02-30"},
        {"source": ""},
        {"what": "\x00"},
        {"what": None},
        {"state": "recorded"},
    ],
)
def test_changes_out_of_form(
    station: StationDay, registers: Registers, said: dict[str, Any]
) -> None:
    record = registers.person(1)
    station.db.commit()
    assert refused(change(station, record.id, **said)) == (422, "request.malformed")
