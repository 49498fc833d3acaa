"""What the platforms sent, as the desk sees it over HTTP (INT-1)."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent, PlatformReceipt, PlatformView
from app.kit.ids import uuid7
from app.platforms.retention import erase_bodies
from app.platforms.sayings import LoginSaid
from app.rules.delivery import InboundState
from app.rules.tasks import Platform
from tests.api.station import EVENING, GRID, StationDay, refused
from tests.attendance.facts import WEDNESDAY, at
from tests.conftest import SignedIn
from tests.incidents.facts import Street
from tests.platforms.partner import Partner

CENTRE, ADMIN = "command_centre", "system_administrator"
LOGIN = LoginSaid("wg01", at("08:31"))


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


@pytest.fixture
def partner(station: StationDay, db: Session) -> Partner:
    found = Partner(db, station.client.city)
    found.agree()
    return found


def set_state(partner: Partner, key: int, state: InboundState, **outcome: Any) -> None:
    row = partner.row(key)
    row.state, row.outcome, row.processed_at = state, outcome, at("10:01")
    partner.db.commit()


def listed(station: StationDay, **query: str | int) -> list[int]:
    answer = station.get(CENTRE, "/platform-messages", **query)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["items"]]


def test_int_1_messages_and_what_became_of_them(station: StationDay, partner: Partner) -> None:
    key = partner.says(LOGIN, 3)
    set_state(partner, key, InboundState.NOT_UNDERSTOOD, why="unknown_account", account="wg01")
    [row] = station.get(CENTRE, "/platform-messages").json()["items"]
    assert row == station.get(ADMIN, f"/platform-messages/{key}").json()
    assert (row["platform"], row["type"], row["number"]) == ("chengdu", "login", 3)
    assert (row["subject"], row["state"]) == ("account:wg01", "not_understood")
    assert row["outcome"] == {"why": "unknown_account", "account": "wg01"}
    assert row["erased"] is False
    assert "body" not in row
    assert "loginTime" not in str(row)


def test_int_1_lists_by_platform_state_type_subject_and_date(
    station: StationDay, partner: Partner, db: Session
) -> None:
    other = Partner(db, station.client.city, Platform.SICHUAN)
    other.agree()
    first = partner.says(LOGIN, 1, at("10:00"))
    second = partner.sends(b"garbage", at("10:00", WEDNESDAY + timedelta(days=1)))
    third = other.says(LoginSaid("wg02", at("08:31")), 1, at("23:59"))
    set_state(partner, second, InboundState.NOT_UNDERSTOOD, why="not_json")
    assert listed(station) == [third, second, first]
    assert listed(station, platform="sichuan") == [third]
    assert listed(station, state="not_understood") == [second]
    assert listed(station, type="login") == [third, first]
    assert listed(station, subject="account:wg02") == [third]
    assert listed(station, **{"from": "2026-03-19"}) == [second]
    assert listed(station, to="2026-03-18") == [third, first]
    page = station.get(CENTRE, "/platform-messages", limit=2).json()
    assert listed(station, cursor=page["next_cursor"]) == [first]
    counts = station.get(CENTRE, "/platform-messages/counts").json()
    assert counts["items"] == [
        {"platform": "chengdu", "state": "not_understood", "messages": 1},
        {"platform": "chengdu", "state": "stored", "messages": 1},
        {"platform": "sichuan", "state": "stored", "messages": 1},
    ]
    assert counts["waiting_since"] == "2026-03-18T02:00:00Z"
    of = {"from": "2026-03-19", "to": "2026-03-19"}
    assert len(station.get(CENTRE, "/platform-messages/counts", **of).json()["items"]) == 1


@pytest.mark.parametrize(
    ("language", "heading"), [("zh", "未能理解的原因"), ("en", "Why not understood")]
)
def test_int_1_messages_as_a_file(
    station: StationDay, partner: Partner, language: str, heading: str
) -> None:
    set_state(partner, partner.says(LOGIN), InboundState.NOT_UNDERSTOOD, why="unknown_account")
    headers = {**station.client.as_(CENTRE), "Accept-Language": language}
    answer = station.client.http.get(
        "/v1/platform-messages", params={"format": "csv"}, headers=headers
    )
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row[heading] == "unknown_account"


def test_int_1_each_look_at_a_content_is_logged(
    station: StationDay, partner: Partner, db: Session
) -> None:
    text, bytes_ = partner.writes(LOGIN).decode(), b"\xff\x00"
    key = partner.says(LOGIN, now=at("10:00"))
    other = Partner(db, station.client.city, Platform.SICHUAN)
    other.agree()
    packed = other.sends(bytes_)
    seen = station.post(CENTRE, f"/platform-messages/{key}/reveal", {"purpose": "mapping"})
    assert seen.json() == {"id": key, "purpose": "mapping", "text": text, "base64": None}
    seen = station.post(CENTRE, f"/platform-messages/{packed}/reveal", {"purpose": "audit"})
    assert (seen.json()["text"], seen.json()["base64"]) == (None, "/wA=")
    db.rollback()
    facts = db.scalars(
        select(OutboxEvent.facts)
        .where(OutboxEvent.name == "platform_message.revealed")
        .order_by(OutboxEvent.id)
    ).all()
    assert [found["purpose"] for found in facts] == ["mapping", "audit"]
    assert "wg01" not in str(facts)
    malformed = station.post(CENTRE, f"/platform-messages/{key}/reveal", {"purpose": "curiosity"})
    assert refused(malformed) == (422, "request.malformed")


def test_int_1_an_erased_content_is_gone(
    station: StationDay, partner: Partner, db: Session
) -> None:
    key = partner.says(LOGIN)
    erase_bodies(db, EVENING + timedelta(days=91))
    db.commit()
    assert station.get(CENTRE, f"/platform-messages/{key}").json()["erased"] is True
    assert station.get(CENTRE, "/platform-messages").json()["items"][0]["erased"] is True
    seen = station.post(CENTRE, f"/platform-messages/{key}/reveal", {"purpose": "audit"})
    assert refused(seen) == (409, "platform.message_erased")
    set_state(partner, key, InboundState.FAILED)
    again = station.post(CENTRE, f"/platform-messages/{key}/retry", {})
    assert refused(again) == (409, "platform.message_erased")


@pytest.mark.parametrize("state", InboundState)
def test_int_1_only_what_was_not_taken_in_is_tried_again(
    station: StationDay, partner: Partner, state: InboundState
) -> None:
    key = partner.says(LOGIN, 4)
    set_state(partner, key, state, why="unknown_account")
    answer = station.post(CENTRE, f"/platform-messages/{key}/retry", {})
    if state in {InboundState.NOT_UNDERSTOOD, InboundState.FAILED}:
        assert (answer.status_code, answer.json()["state"]) == (200, "stored")
        assert answer.json()["processed_at"] is None
        row = partner.row(key)
        assert (row.next_at, row.subject, row.tries) == (EVENING, "account:wg01", 0)
    else:
        assert refused(answer) == (409, "platform.message_not_retried")
        assert answer.json()["facts"] == {"state": state.value}


def test_int_1_the_desk_is_the_city_s(station: StationDay, partner: Partner) -> None:
    key = partner.says(LOGIN)
    for who in ("station_lead", "township", "leading_group_office", "auditor", GRID):
        for path in ("", "/counts", f"/{key}"):
            assert refused(station.get(who, f"/platform-messages{path}"))[0] == 403
        reveal = station.post(who, f"/platform-messages/{key}/reveal", {"purpose": "audit"})
        assert refused(reveal)[0] == 403
        assert refused(station.post(who, f"/platform-messages/{key}/retry", {}))[0] == 403
    assert refused(station.post(ADMIN, f"/platform-messages/{key}/retry", {}))[0] == 403
    looked = station.post(ADMIN, f"/platform-messages/{key}/reveal", {"purpose": "audit"})
    assert refused(looked)[0] == 403, "whoever keeps the keys needs no resident's name"
    for path in (f"/{key + 99}", f"/{2**63 - 1}"):
        assert refused(station.get(CENTRE, f"/platform-messages{path}"))[0] == 404


@pytest.mark.parametrize("key", ["0", "-1", "x", str(2**63)])
def test_keys_out_of_form_are_refused(station: StationDay, key: str) -> None:
    assert refused(station.get(CENTRE, f"/platform-messages/{key}"))[0] == 422


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "x"},
        {"cursor": "WyIxIl0"},
        {"cursor": "Wy0xXQ"},
        {"cursor": "WzkyMjMzNzIwMzY4NTQ3NzU4MDhd"},
        {"state": "x"},
        {"type": "x"},
        {"subject": "\x00"},
        {"from": "0001-01-01"},
    ],
    ids=str,
)
def test_questions_out_of_form_are_refused(
    station: StationDay, query: dict[str, str | int]
) -> None:
    assert refused(station.get(CENTRE, "/platform-messages", **query))[0] == 422


def test_int_1_views_of_an_event_stand_beside_ours(
    station: StationDay, partner: Partner, db: Session
) -> None:
    key = Street(db, station.client.city).reported()
    db.add(
        PlatformView(
            platform=partner.platform,
            incident_id=key,
            their_ref="CD1",
            their_state="挂起",
            state=None,
            result="李秀英家",
            number=3,
            said_at=at("10:00"),
            message_id="msg_1",
        )
    )
    db.commit()
    [view] = station.get(CENTRE, f"/incidents/{key}/platform-views").json()["items"]
    assert (view["their_state"], view["state"], view["has_result"]) == ("挂起", None, True)
    assert "李秀英" not in str(view)
    unknown = station.get(CENTRE, f"/incidents/{uuid7(EVENING)}/platform-views")
    assert refused(unknown) == (404, "request.not_found")
    assert refused(station.get("station_lead", f"/incidents/{key}/platform-views"))[0] == 403


def test_int_1_receipts_of_a_record(station: StationDay, partner: Partner, db: Session) -> None:
    key = partner.record(2)
    for version, accepted in ((1, False), (2, True)):
        db.add(
            PlatformReceipt(
                platform=partner.platform,
                record_id=key,
                version=version,
                accepted=accepted,
                code=None if accepted else "E17",
                said_at=at("10:00"),
                message_id=f"msg_{version}",
            )
        )
    db.commit()
    items = station.get(CENTRE, f"/records/{key}/platform-receipts").json()["items"]
    assert [(row["version"], row["accepted"], row["code"]) for row in items] == [
        (2, True, None),
        (1, False, "E17"),
    ]
    unknown = station.get(CENTRE, f"/records/{uuid7(EVENING)}/platform-receipts")
    assert refused(unknown) == (404, "request.not_found")
    assert refused(station.get("station_lead", f"/records/{key}/platform-receipts"))[0] == 403
