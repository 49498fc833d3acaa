"""Plain values for a purpose, a person's file, erasure: over HTTP (part 8)."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent
from app.kit.ids import uuid7
from tests.api.records_desk import ADMINISTRATOR, RecordsDesk
from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, refused
from tests.attendance.facts import at
from tests.conftest import SignedIn
from tests.registry.collected import NAME, PHONE, person

LOOK = {"fields": ["name", "phone"], "purpose": "service"}
ASKED = {"requester": "person"}
ERASE = {"ground": "person_asked"}


@pytest.fixture
def desk(api: FastAPI, client: SignedIn, db: Session) -> RecordsDesk:
    return RecordsDesk(api, client, db)


def test_looks_give_values_and_are_listed(desk: RecordsDesk) -> None:
    key = desk.entered(fields=person(special_group="released"))
    for who, path in ((ADMINISTRATOR, "/records"), ("station_lead", "/records"),
                      (GRID, "/me/records")):  # fmt: skip
        answer = desk.post(who, f"{path}/{key}/reveal", LOOK)
        assert (answer.status_code, answer.json()["fields"]) == (
            200,
            {"name": NAME, "phone": PHONE},
        )
    whole = desk.post(GRID, f"/me/records/{key}/reveal", {"purpose": "visit"}).json()
    assert whole["fields"]["special_group"] == "released"
    first = desk.get(ADMINISTRATOR, f"/records/{key}/reveals", limit=3).json()
    assert [look["account_name"] for look in first["items"]] == [GRID, GRID, "station_lead"]
    rest = desk.get(
        ADMINISTRATOR, f"/records/{key}/reveals", limit=3, cursor=first["next_cursor"]
    ).json()
    assert [look["purpose"] for look in rest["items"]] == ["service"]
    rows = desk.db.scalars(select(OutboxEvent).where(OutboxEvent.name == "record.revealed")).all()
    said = str([row.facts for row in rows])
    assert len(rows) == 4
    assert NAME not in said
    assert PHONE not in said


def test_who_may_look(desk: RecordsDesk) -> None:
    key = desk.entered()
    far = desk.collected(record_id=uuid7(at("10:01")), who=ELSEWHERE)
    for who in ("township", "command_centre", "auditor", GRID):
        assert refused(desk.post(who, f"/records/{key}/reveal", LOOK))[0] == 403
    assert refused(desk.post(ADMINISTRATOR, f"/records/{far}/reveal", LOOK))[0] == 404
    assert refused(desk.post(NEIGHBOUR, f"/me/records/{key}/reveal", LOOK))[0] == 404
    assert refused(desk.post(ADMINISTRATOR, f"/me/records/{key}/reveal", LOOK))[0] == 403
    assert refused(desk.get("station_lead", f"/records/{key}/reveals"))[0] == 403
    assert refused(desk.get(ADMINISTRATOR, f"/records/{far}/reveals"))[0] == 404
    for act, body in (("file", ASKED), ("erasure", ERASE)):
        assert refused(desk.post("station_lead", f"/records/{key}/{act}", body))[0] == 403
        assert refused(desk.post(ADMINISTRATOR, f"/records/{far}/{act}", body))[0] == 404


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"fields": ["religion"], "purpose": "visit"}, (422, "record.field_unknown")),
        ({"fields": ["name"]}, (422, "request.malformed")),
        ({"fields": ["name"], "purpose": "curiosity"}, (422, "request.malformed")),
        ({"fields": [], "purpose": "visit"}, (422, "request.malformed")),
        ({"fields": ["甲\x00"], "purpose": "visit"}, (422, "request.malformed")),
        ({"version": 7, "purpose": "visit"}, (404, "request.not_found")),
        ({"version": 10**30, "purpose": "visit"}, (422, "request.malformed")),
    ],
)
def test_a_look_without_field_or_purpose_is_refused(
    desk: RecordsDesk, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    key = desk.entered()
    assert refused(desk.post(ADMINISTRATOR, f"/records/{key}/reveal", body)) == refusal


def test_the_file_then_erasure(desk: RecordsDesk) -> None:
    key = desk.entered()
    desk.post(GRID, f"/me/records/{key}/reveal", LOOK)
    filed = desk.post(ADMINISTRATOR, f"/records/{key}/file", ASKED).json()
    assert (filed["versions"][0]["fields"]["name"], len(filed["looks"])) == (NAME, 1)
    needed = desk.post(ADMINISTRATOR, f"/records/{key}/erasure", ERASE)
    assert refused(needed) == (409, "record.still_needed")
    desk.end(key)
    erased = desk.post(ADMINISTRATOR, f"/records/{key}/erasure", ERASE)
    assert (erased.status_code, erased.json()["fields"]) == (200, {})
    assert erased.json()["erased_at"] is not None
    for act, body in (("reveal", LOOK), ("file", ASKED), ("erasure", ERASE)):
        answer = desk.post(ADMINISTRATOR, f"/records/{key}/{act}", body)
        assert refused(answer) == (409, "record.erased")
    assert desk.get(ADMINISTRATOR, f"/records/{key}").json()["fields"] == {}
    assert desk.get(ADMINISTRATOR, "/records", phone=PHONE).json()["items"] == []
    assert desk.get(GRID, "/me/records").json()["items"] == []
    versions = desk.get(ADMINISTRATOR, f"/records/{key}/versions").json()["items"]
    assert [version["changed"] for version in versions] == [[]]


def test_what_was_merged_is_treated_where_it_went(desk: RecordsDesk) -> None:
    merged = desk.collected(record_id=uuid7(at("10:01")))
    kept = desk.collected(record_id=uuid7(at("10:02")))
    desk.merge(merged, kept)
    for act, body in (("file", ASKED), ("erasure", ERASE)):
        answer = desk.post(ADMINISTRATOR, f"/records/{merged}/{act}", body)
        assert refused(answer) == (409, "record.merged")
    filed = desk.post(ADMINISTRATOR, f"/records/{kept}/file", ASKED).json()
    assert len(filed["versions"]) == 2


@pytest.mark.parametrize("body", [{}, {"ground": "张三要求"}, {"ground": "person_asked", "x": 1}])
def test_erasure_out_of_form_is_refused(desk: RecordsDesk, body: dict[str, Any]) -> None:
    key = desk.entered()
    answer = desk.post(ADMINISTRATOR, f"/records/{key}/erasure", body)
    assert refused(answer) == (422, "request.malformed")
