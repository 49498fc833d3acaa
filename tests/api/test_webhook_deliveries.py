"""Deliveries, attempts, dead letters, replays and figures over HTTP (INT-2)."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import OutboxEvent
from app.kit.ids import uuid7
from app.kit.paging import encode
from app.rules.delivery import EndpointState
from tests.api.station import EVENING, StationDay, refused
from tests.conftest import SignedIn
from tests.webhooks.facts import Clock, deliver, endpoint_of, happen, make_endpoint
from tests.webhooks.receiver import OK, Receiver, Say, receiving

ADMIN, CENTRE = "system_administrator", "command_centre"
NOBODY = UUID(int=7)


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def sessions(api: FastAPI) -> Sessions:
    found: Sessions = api.state.sessions
    return found


@pytest.fixture
def clock() -> Clock:
    return Clock(EVENING)


def items(answer: Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def listed(station: StationDay, who: str = ADMIN, **asked: str | int) -> list[dict[str, Any]]:
    return items(station.get(who, "/webhook-deliveries", **asked))


@pytest.fixture
def told(station: StationDay, receiver: Receiver, sessions: Sessions, clock: Clock) -> UUID:
    """An endpoint that took `a` and `b` and refused `bad`."""
    endpoint = make_endpoint(station.db, receiver.url)
    happen(station.db, "a", "b", at=EVENING - timedelta(hours=2))
    happen(station.db, "bad", at=EVENING, type="incident.card_drawn")
    receiver.behaves = lambda got: Say(422, body=b"no such card") if got.subject == "bad" else OK
    deliver(sessions, clock)
    receiver.behaves = lambda _: OK
    return endpoint


def test_int_2_listed_the_latest_first(station: StationDay, told: UUID) -> None:
    rows = listed(station, CENTRE)
    assert [row["subject_id"] for row in rows] == ["bad", "b", "a"]
    first = rows[0]
    assert (first["state"], first["attempts"], first["endpoint_id"]) == ("retrying", 1, str(told))
    assert (first["last_status"], first["last_error"]) == (422, "status")
    assert first["next_at"] == "2026-03-18T10:00:05Z"
    assert (rows[1]["state"], rows[1]["next_at"], rows[1]["last_status"]) == (
        "succeeded",
        None,
        204,
    )


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("asked", "subjects"),
    [
        ({"state": "succeeded"}, ["b", "a"]),
        ({"state": "dead"}, []),
        ({"type": "incident.card_drawn"}, ["bad"]),
        ({"subject": "a"}, ["a"]),
        ({"from": "2026-03-18T18:00:00+08:00"}, ["bad"]),
        ({"to": "2026-03-18T18:00:00+08:00"}, ["b", "a"]),
        ({"endpoint": str(NOBODY)}, []),
        ({"unit": "510185"}, ["bad", "b", "a"]),
        ({"unit": "510185001"}, []),
    ],
    ids=["state", "dead", "type", "subject", "from", "to", "endpoint", "unit", "below"],
)
def test_int_2_listed_as_asked(
    station: StationDay, asked: dict[str, str], subjects: list[str]
) -> None:
    assert [row["subject_id"] for row in listed(station, **asked)] == subjects


@pytest.mark.usefixtures("told")
def test_int_2_pages_and_files(station: StationDay) -> None:
    first = station.get(ADMIN, "/webhook-deliveries", limit=2).json()
    second = station.get(ADMIN, "/webhook-deliveries", limit=2, cursor=first["next_cursor"]).json()
    assert [row["subject_id"] for row in first["items"] + second["items"]] == ["bad", "b", "a"]
    assert second["next_cursor"] is None
    file = station.get(ADMIN, "/webhook-deliveries", format="csv")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert (rows[0][0], len(rows)) == ("发生时间", 4)


@pytest.mark.parametrize(
    "cursor", ["x", encode("a"), encode(0), encode(2**70), encode("2026-03-18T00:00:00Z", "x")]
)
def test_int_2_cursors_of_others_are_refused(station: StationDay, cursor: str) -> None:
    answer = station.get(ADMIN, "/webhook-deliveries", cursor=cursor)
    assert refused(answer) == (422, "request.bad_cursor")


def one(station: StationDay, subject: str) -> int:
    [row] = listed(station, subject=subject)
    return int(row["id"])


@pytest.mark.usefixtures("told")
def test_int_2_answers_are_shown_to_administrators_only(station: StationDay) -> None:
    path = f"/webhook-deliveries/{one(station, 'bad')}"
    for who, excerpt in ((ADMIN, "no such card"), (CENTRE, None)):
        found = station.get(who, path).json()
        [attempt] = found["log"]
        assert (attempt["status"], attempt["trigger"], attempt["excerpt"]) == (422, "auto", excerpt)
        assert found["data"] == {"act": "escalate", "state": "held"}


@pytest.mark.usefixtures("told")
def test_int_2_one_is_told_again(
    station: StationDay, receiver: Receiver, sessions: Sessions, clock: Clock
) -> None:
    key = one(station, "a")
    answer = station.post(ADMIN, f"/webhook-deliveries/{key}/replay", {})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["trigger"]) == ("pending", "manual")
    deliver(sessions, clock)
    assert [got.subject for got in receiver.accepted].count("a") == 2
    station.db.rollback()
    names = station.db.scalars(select(OutboxEvent.name)).all()
    assert "webhook.replayed" in names


def test_int_2_a_span_is_told_again(
    station: StationDay, told: UUID, sessions: Sessions, clock: Clock
) -> None:
    since = {"since": (EVENING - timedelta(hours=3)).isoformat()}
    path = f"/webhook-endpoints/{told}/replays"
    nothing = station.post(ADMIN, path, since)
    assert nothing.json() == {"never_told": 0, "told_again": 0, "next_cursor": None}
    found = station.post(ADMIN, path, {**since, "succeeded": True, "limit": 1}).json()
    assert (found["told_again"], found["next_cursor"] is None) == (1, False)
    rest = {**since, "succeeded": True, "cursor": found["next_cursor"]}
    assert station.post(ADMIN, path, rest).json()["told_again"] == 1
    assert deliver(sessions, clock) == 2


def test_int_2_figures(station: StationDay, told: UUID) -> None:
    found = station.get(CENTRE, f"/webhook-endpoints/{told}/figures").json()
    assert (found["waiting"], found["delivered"], found["dead"]) == (1, 2, 0)
    assert found["oldest_waiting_at"] == "2026-03-18T10:00:00Z"
    assert (found["attempts_24h"], found["succeeded_24h"]) == (3, 2)
    assert found["success_share_24h"] == pytest.approx(0.6667)
    assert found["median_ms_24h"] <= found["p90_ms_24h"]


def test_int_2_figures_of_an_endpoint_that_was_told_nothing(station: StationDay) -> None:
    endpoint = make_endpoint(station.db, "https://x.example/")
    found = station.get(ADMIN, f"/webhook-endpoints/{endpoint}/figures").json()
    assert (found["waiting"], found["oldest_waiting_at"]) == (0, None)
    assert (found["success_share_24h"], found["median_ms_24h"]) == (None, None)


def test_int_2_refusals(station: StationDay, told: UUID) -> None:
    key = one(station, "a")
    since = {"since": EVENING.isoformat()}
    too_far = {"since": (EVENING - timedelta(days=31)).isoformat()}
    replays = f"/webhook-endpoints/{told}/replays"
    assert refused(station.post(ADMIN, replays, too_far)) == (422, "webhook.replay_too_far_back")
    again = {**since, "cursor": encode(1)}
    assert refused(station.post(ADMIN, replays, again)) == (422, "request.bad_cursor")
    endpoint_of(station.db, told).state = EndpointState.RETIRED
    station.db.commit()
    for path, body in ((replays, since), (f"/webhook-deliveries/{key}/replay", {})):
        assert refused(station.post(ADMIN, path, body)) == (409, "webhook.not_in_state")
    gone = f"/webhook-endpoints/{NOBODY}"
    assert refused(station.post(ADMIN, f"{gone}/replays", since))[0] == 404
    assert refused(station.get(ADMIN, f"{gone}/figures"))[0] == 404
    assert refused(station.get(ADMIN, "/webhook-deliveries/987654321"))[0] == 404
    assert refused(station.post(ADMIN, "/webhook-deliveries/987654321/replay", {}))[0] == 404
    assert refused(station.get(ADMIN, "/webhook-deliveries", unit="510186"))[0] == 404


def test_int_2_who_may_look_and_who_may_replay(station: StationDay, told: UUID) -> None:
    key = one(station, "a")
    for who in ("station_lead", "township", "auditor", "finance"):
        assert refused(station.get(who, "/webhook-deliveries"))[0] == 403
        assert refused(station.get(who, f"/webhook-endpoints/{told}/figures"))[0] == 403
    for path in (f"/webhook-deliveries/{key}/replay", f"/webhook-endpoints/{told}/replays"):
        assert refused(station.post(CENTRE, path, {"since": EVENING.isoformat()}))[0] == 403


@pytest.mark.parametrize("key", ["0", "-1", str(2**63), "x", "1e3"])
def test_int_2_keys_out_of_form(station: StationDay, key: str) -> None:
    assert refused(station.get(ADMIN, f"/webhook-deliveries/{key}"))[1] == "request.malformed"


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "lost"},
        {"type": "\x00"},
        {"from": "2026-03-18T18:00:00"},
        {"from": "9999-12-31T00:00:00Z"},
        {"limit": 501},
        {"endpoint": "x"},
        {"colour": "red"},
    ],
    ids=["state", "nul", "no offset", "year", "limit", "endpoint", "unknown"],
)
def test_int_2_questions_out_of_form(station: StationDay, asked: dict[str, Any]) -> None:
    assert refused(station.get(ADMIN, "/webhook-deliveries", **asked))[1] == "request.malformed"


@pytest.mark.parametrize(
    "change",
    [
        {"since": None},
        {"since": "2026-03-18"},
        {"until": "2026-03-17T00:00:00Z"},
        {"limit": 0},
        {"limit": 10_001},
        {"succeeded": "perhaps"},
        {"cursor": "x" * 401},
        {"colour": "red"},
    ],
    ids=["none", "date", "backwards", "zero", "many", "words", "long", "unknown"],
)
def test_int_2_replays_out_of_form(station: StationDay, change: dict[str, Any]) -> None:
    body = {"since": EVENING.isoformat(), **change}
    answer = station.post(ADMIN, f"/webhook-endpoints/{uuid7(EVENING)}/replays", body)
    assert refused(answer) == (422, "request.malformed")
