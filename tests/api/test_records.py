"""Records over HTTP: looked for, entered, returned, corrected, ended (INF-1, INF-2)."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.kit.ids import uuid7
from tests.api.records_desk import ADMINISTRATOR, RecordsDesk, end
from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, refused
from tests.attendance.facts import at
from tests.conftest import SignedIn
from tests.registry.collected import ADDRESS, IDENTITY, NAME, PHONE, home, id_number, person

NOBODY = "0199d2f0-3c00-7a01-8b02-0000000000a1"
RETURN = {"reason": "缺门牌号"}
CORRECTION = {
    "form_version": 2,
    "base": 1,
    "fields": {"phone": "13900000001"},
    "reason": "来电更正",
}


@pytest.fixture
def desk(api: FastAPI, client: SignedIn, db: Session) -> RecordsDesk:
    return RecordsDesk(api, client, db)


def test_forms_are_served_with_all_their_versions(desk: RecordsDesk) -> None:
    for who in (GRID, ADMINISTRATOR, "township"):
        forms = desk.get(who, "/record-forms").json()["items"]
        present = {(form["kind"], form["version"]) for form in forms if form["present"]}
        assert present == {
            ("person", 2),
            ("place", 2),
            ("matter", 1),
            ("thing", 1),
            ("organisation", 1),
        }
    [older] = [form for form in forms if (form["kind"], form["version"]) == ("person", 1)]
    assert "tel" in {field["name"] for field in older["fields"]}
    assert all(field["zh"] and field["en"] for form in forms for field in form["fields"])


def test_inf_1_from_the_handset_to_the_registers(desk: RecordsDesk) -> None:
    key = desk.collected()
    [waiting] = desk.get(ADMINISTRATOR, "/records", state="submitted").json()["items"]
    assert (waiting["id"], waiting["fields"]["name"]) == (str(key), "欧***")
    returned = desk.post(ADMINISTRATOR, f"/records/{key}/return", RETURN).json()
    assert (returned["state"], returned["return_reason"]) == ("returned", "缺门牌号")
    [mine] = desk.get(GRID, "/me/records", state="returned").json()["items"]
    assert mine["return_reason"] == "缺门牌号"
    assert desk.get(NEIGHBOUR, "/me/records").json()["items"] == []
    desk.edited(key, base=1, fields={"address": "雄州大道 188 号"})
    answer = desk.post(ADMINISTRATOR, f"/records/{key}/entry", {})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["entered_version"]) == ("entered", 2)
    assert answer.json()["entry"]["verdict"] == "in_time"
    versions = desk.get(ADMINISTRATOR, f"/records/{key}/versions").json()["items"]
    assert [version["changed"] for version in versions][1] == ["address"]
    assert NAME not in str(versions)


@pytest.mark.parametrize(
    ("by", "value", "found"),
    [
        ("identity", IDENTITY, True),
        ("identity", IDENTITY.lower(), True),
        ("identity", id_number(2), False),
        ("identity", IDENTITY[:10], False),
        ("phone", PHONE, True),
        ("phone", "+86 138-5555-0001", True),
        ("phone", "1385555", False),
        ("name", NAME, True),
        ("name", NAME[:2], False),
        ("name", "%", False),
    ],
)
def test_found_by_the_exact_value_only(desk: RecordsDesk, by: str, value: str, found: bool) -> None:
    key = desk.collected()
    desk.collected(record_id=uuid7(at("10:01")), kind="place", fields=home(address="别处 1 号"))
    rows = desk.get(ADMINISTRATOR, "/records", **{by: value}).json()["items"]
    assert [row["id"] for row in rows] == ([str(key)] if found else [])


def test_listed_by_kind_grid_and_page(desk: RecordsDesk) -> None:
    keys = [desk.collected(record_id=uuid7(at(f"10:0{minute}"))) for minute in range(3)]
    desk.collected(record_id=uuid7(at("10:05")), kind="place", fields=home(), who=NEIGHBOUR)
    first = desk.get(ADMINISTRATOR, "/records", kind="person", limit=2).json()
    assert [row["id"] for row in first["items"]] == [str(key) for key in keys[:2]]
    second = desk.get(
        ADMINISTRATOR, "/records", kind="person", limit=2, cursor=first["next_cursor"]
    ).json()
    assert ([row["id"] for row in second["items"]], second["next_cursor"]) == ([str(keys[2])], None)
    [near] = desk.get(ADMINISTRATOR, "/records", unit=NEIGHBOUR).json()["items"]
    assert near["kind"] == "place"
    both = desk.get(ADMINISTRATOR, "/records", phone=PHONE, name=NAME)
    assert refused(both) == (422, "record.one_key_at_a_time")
    assert refused(desk.get(ADMINISTRATOR, "/records", cursor="WzFd")) == (
        422,
        "request.bad_cursor",
    )


def test_who_may_see_and_act(desk: RecordsDesk) -> None:
    key = desk.entered()
    far = desk.collected(record_id=uuid7(at("10:01")), who=ELSEWHERE)
    path = f"/records/{key}"
    assert desk.get("station_lead", path).status_code == 200
    for who in ("township", "command_centre", "leading_group_office", "auditor", GRID):
        assert refused(desk.get(who, path)) == (403, "auth.forbidden")
        assert refused(desk.get(who, "/records")) == (403, "auth.forbidden")
    assert refused(desk.get(ADMINISTRATOR, f"/records/{far}")) == (404, "request.not_found")
    assert refused(desk.get(ADMINISTRATOR, "/records", unit="510185001002"))[0] == 404
    for body, act in ((RETURN, "return"), ({}, "entry"), (end(), "end")):
        assert refused(desk.post(ADMINISTRATOR, f"/records/{far}/{act}", body))[0] == 404
        assert refused(desk.post("station_lead", f"{path}/{act}", body))[0] == 403
        assert refused(desk.post(GRID, f"{path}/{act}", body))[0] == 403
    assert refused(desk.patch(ADMINISTRATOR, f"/records/{far}", CORRECTION))[0] == 404
    assert refused(desk.patch("station_lead", path, CORRECTION))[0] == 403
    assert refused(desk.get(ADMINISTRATOR, f"/records/{uuid4()}"))[0] == 404


def test_acts_that_are_not_due_name_those_that_are(desk: RecordsDesk) -> None:
    key = desk.entered()
    answer = desk.post(ADMINISTRATOR, f"/records/{key}/entry", {})
    assert refused(answer) == (409, "record.act_not_now")
    assert answer.json()["facts"] == {"state": "entered", "allowed": ["correct", "end"]}
    assert refused(desk.post(ADMINISTRATOR, f"/records/{key}/return", RETURN))[0] == 409


def test_corrected_by_the_administrator(desk: RecordsDesk) -> None:
    key = desk.entered()
    answer = desk.patch(ADMINISTRATOR, f"/records/{key}", CORRECTION)
    assert (answer.status_code, answer.json()["fields"]["phone"]) == (200, "139****0001")
    again = desk.patch(
        ADMINISTRATOR, f"/records/{key}", CORRECTION | {"fields": {"phone": "13900000002"}}
    )
    assert refused(again) == (409, "record.changed_meanwhile")
    nothing = desk.patch(ADMINISTRATOR, f"/records/{key}", CORRECTION | {"base": 2})
    assert refused(nothing) == (422, "record.nothing_said")
    unknown = desk.patch(ADMINISTRATOR, f"/records/{key}", CORRECTION | {"base": 9})
    assert refused(unknown) == (409, "record.unknown_base")
    wrong = CORRECTION | {"base": 2, "fields": {"identity_number": "123", "religion": "x"}}
    answer = desk.patch(ADMINISTRATOR, f"/records/{key}", wrong)
    assert refused(answer) == (422, "record.fields_refused")
    assert [found["code"] for found in answer.json()["facts"]["problems"]] == [
        "bad_format",
        "unknown_field",
    ]


def test_ended_and_merged_records_are_not_acted_on(desk: RecordsDesk) -> None:
    key = desk.entered()
    assert refused(desk.end(key, "2026-03-19")) == (422, "record.ends_later")
    assert desk.end(key).json()["ended_on"] == "2026-03-18"
    assert refused(desk.end(key)) == (409, "record.ended")
    merged = desk.collected(record_id=uuid7(at("10:01")))
    kept = desk.collected(record_id=uuid7(at("10:02")))
    desk.merge(merged, kept)
    answer = desk.post(ADMINISTRATOR, f"/records/{merged}/return", RETURN)
    assert refused(answer) == (409, "record.merged")
    assert answer.json()["facts"] == {"into": str(kept)}


def paper(desk: RecordsDesk, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7(at("09:00"))),
        "kind": "person",
        "form_version": 1,
        "grid_code": GRID,
        "worker_id": str(desk.client.city.workers[GRID]),
        "collected_on": "2026-03-10",
        "fields": {"name": NAME, "tel": PHONE, "address": ADDRESS, "residence": "temporary"},
    } | changes


def test_inf_2_a_paper_form_is_marked_and_shows_its_delay(desk: RecordsDesk) -> None:
    answer = desk.post(ADMINISTRATOR, "/records", paper(desk))
    assert answer.status_code == 201
    made = answer.json()
    assert (made["source"], made["state"], made["fields"]["phone"]) == (
        "paper",
        "entered",
        "138****0001",
    )
    assert (made["entry"]["verdict"], made["entry"]["due_on"]) == ("late", "2026-03-17")
    path = "/records/entry-delays"
    span = {"from": "2026-03-10", "to": "2026-03-10"}
    for who, unit in ((ADMINISTRATOR, "510185001001"), ("township", "510185001")):
        found = desk.get(who, path, **span).json()
        assert (found["unit_code"], found["total"]["late"], found["rule"]) == (unit, 1, "INF-2")
    written = desk.get("township", path, **span, format="csv")
    assert written.text.splitlines()[1] == f"{GRID},0,1,0,0"
    assert desk.get("township", path, **span, format="xlsx").content[:2] == b"PK"
    assert refused(desk.get(ADMINISTRATOR, path, **span, unit="510185001002"))[0] == 404
    assert refused(desk.get(GRID, path, **span))[0] == 403
    late = desk.get(ADMINISTRATOR, path, **{"from": "2026-03-11", "to": "2026-03-10"})
    assert refused(late) == (422, "days.range_too_long")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"form_version": 9}, (422, "record.form_unknown")),
        ({"fields": {"name": NAME}}, (422, "record.fields_refused")),
        ({"grid_code": ELSEWHERE}, (422, "record.not_one_of_ours")),
        ({"worker_id": NOBODY}, (422, "record.not_one_of_ours")),
        ({"collected_on": "2026-03-19"}, (422, "record.collected_later")),
        ({"fields": {"home": NOBODY, **person()}, "form_version": 2},
         (422, "record.home_unknown")),
        ({"id": str(uuid4())}, (422, "request.malformed")),
        ({"collected_on": "0001-01-01"}, (422, "request.malformed")),
        ({"fields": {"name": "甲\x00"}}, (422, "request.malformed")),
        ({"fields": {"name": {"deep": {}}}}, (422, "request.malformed")),
        ({"fields": {"name": [1]}}, (422, "request.malformed")),
        ({"fields": {"name": 10**30}}, (422, "request.malformed")),
        ({"fields": {f"f{number}": 1 for number in range(61)}}, (422, "request.malformed")),
        ({"form_version": 10**30}, (422, "request.malformed")),
        ({"kind": "opinion"}, (422, "request.malformed")),
        ({"photos": ["x"]}, (422, "request.malformed")),
        ({"secret": 1}, (422, "request.malformed")),
    ],
)  # fmt: skip
def test_a_paper_form_out_of_form_is_refused(
    desk: RecordsDesk, change: dict[str, Any], refusal: tuple[int, str]
) -> None:
    answer = desk.post(ADMINISTRATOR, "/records", paper(desk, **change))
    assert refused(answer) == refusal
    assert NAME not in answer.text


def test_a_record_is_made_once(desk: RecordsDesk) -> None:
    assert desk.post(ADMINISTRATOR, "/records", paper(desk, id=NOBODY)).status_code == 201
    again = desk.post(ADMINISTRATOR, "/records", paper(desk, id=NOBODY))
    assert refused(again) == (409, "record.exists")


def test_conflicts_are_laid_open_looked_at_and_decided(desk: RecordsDesk) -> None:
    key = desk.collected()
    desk.edited(key, base=1, fields={"phone": "13900000001"})
    desk.edited(key, base=1, fields={"phone": "13900000002", "special_group": "released"})
    desk.edited(key, base=1, fields={"special_group": "mental_illness"})
    assert refused(desk.post(ADMINISTRATOR, f"/records/{key}/entry", {})) == (
        409,
        "record.conflicts_open",
    )
    listed = desk.get(ADMINISTRATOR, "/record-conflicts").json()["items"]
    by_field = {found["field"]: found for found in listed}
    phone, special = by_field["phone"], by_field["concealed"]
    assert (phone["proposed"], special["proposed"], len(listed)) == ("139****0002", "***", 2)
    path = f"/record-conflicts/{phone['id']}"
    plain = desk.post("station_lead", f"{path}/reveal", {"purpose": "verification"}).json()
    assert (plain["standing"], plain["proposed"]) == ("13900000001", "13900000002")
    assert refused(desk.post("township", f"{path}/reveal", {"purpose": "check"}))[0] == 403
    wrong = desk.post(ADMINISTRATOR, f"{path}/decision", {"chosen": "other", "reason": "x"})
    assert refused(wrong) == (422, "record.value_needed")
    bad = {"chosen": "other", "value": "x", "reason": "x"}
    assert refused(desk.post(ADMINISTRATOR, f"{path}/decision", bad)) == (
        422,
        "record.fields_refused",
    )
    choice = {"chosen": "proposed", "reason": "电话核实"}
    assert refused(desk.post("station_lead", f"{path}/decision", choice))[0] == 403
    assert desk.post(ADMINISTRATOR, f"{path}/decision", choice).json()["chosen"] == "proposed"
    assert refused(desk.post(ADMINISTRATOR, f"{path}/decision", choice)) == (
        409,
        "record.conflict_decided",
    )
    stays = {"chosen": "standing", "reason": "核实"}
    desk.post(ADMINISTRATOR, f"/record-conflicts/{special['id']}/decision", stays)
    assert desk.get(ADMINISTRATOR, "/record-conflicts").json()["items"] == []
    assert len(desk.get(ADMINISTRATOR, f"/records/{key}/conflicts").json()["items"]) == 2
    entered = desk.post(ADMINISTRATOR, f"/records/{key}/entry", {}).json()
    assert entered["fields"]["phone"] == "139****0002"


def test_conflicts_are_listed_by_grid_and_page(desk: RecordsDesk) -> None:
    key = desk.collected()
    desk.edited(key, base=1, fields={"phone": "13900000001", "care": "hardship"})
    desk.edited(key, base=1, fields={"phone": "13900000002", "care": "empty_nest"})
    path = "/record-conflicts"
    listed = desk.get(ADMINISTRATOR, path, unit=GRID).json()["items"]
    assert {found["field"] for found in listed} == {"phone", "care"}
    assert desk.get(ADMINISTRATOR, path, unit=NEIGHBOUR).json()["items"] == []
    first = desk.get(ADMINISTRATOR, path, limit=1).json()
    second = desk.get(ADMINISTRATOR, path, limit=1, cursor=first["next_cursor"]).json()
    assert [*first["items"], *second["items"]] == listed
    assert second["next_cursor"] is None


def test_conflicts_beyond_the_unit_are_not_there(desk: RecordsDesk) -> None:
    key = desk.collected(who=ELSEWHERE)
    desk.edited(key, base=1, fields={"phone": "13900000001"}, who=ELSEWHERE)
    desk.edited(key, base=1, fields={"phone": "13900000002"}, who=ELSEWHERE)
    assert desk.get(ADMINISTRATOR, "/record-conflicts").json()["items"] == []
    assert refused(desk.get(ADMINISTRATOR, "/record-conflicts", unit="510185001002"))[0] == 404
    assert refused(desk.get(ADMINISTRATOR, f"/records/{key}/conflicts"))[0] == 404
    found = desk.desk.db.connection().exec_driver_sql("select id from record_conflict").scalar()
    decision = {"chosen": "standing", "reason": "x"}
    path = f"/record-conflicts/{found}"
    assert refused(desk.post(ADMINISTRATOR, f"{path}/decision", decision))[0] == 404
    assert refused(desk.post(ADMINISTRATOR, f"{path}/reveal", {"purpose": "check"}))[0] == 404
    missing = f"/record-conflicts/{UUID(NOBODY)}/decision"
    assert refused(desk.post(ADMINISTRATOR, missing, decision))[0] == 404
