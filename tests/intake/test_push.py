"""Push and single records: one result for each item, and nothing lost, doubled or misdated."""

import gzip
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.db.models import (
    Appointment,
    CheckIn,
    Incident,
    Quarantine,
    StaleDay,
    Submission,
    Visit,
)
from app.kit import clock
from app.kit.ids import uuid7
from tests.conftest import SignedIn
from tests.intake.handset import GRID, OTHER_GRID, Handset, appointment, item

KINDS = ("check_in", "visit", "incident", "appointment")
JSON = {"Content-Type": "application/json"}
PATHS = {
    "check_in": "/v1/check-ins",
    "visit": "/v1/visits",
    "incident": "/v1/incidents",
    "appointment": "/v1/appointments",
}


def statuses(results: list[dict[str, Any]]) -> list[str]:
    return [found["status"] for found in results]


def counts(db: Session) -> dict[str, int]:
    db.rollback()
    return {
        table.__tablename__: db.scalar(select(func.count()).select_from(table)) or 0
        for table in (CheckIn, Visit, Incident, Appointment, Submission, Quarantine)
    }


def test_each_item_gets_its_result_in_order(handset: Handset, db: Session) -> None:
    sent = [item(kind) for kind in KINDS]
    results = handset.results(*sent)
    assert [found["id"] for found in results] == [made["id"] for made in sent]
    assert statuses(results) == ["created"] * 4
    assert {found["retry"] for found in results} == {"never"}
    assert results[0]["facts"]["verdict"]
    assert results[1]["facts"]["grid_code"] == GRID
    assert counts(db) == {
        "check_in": 1,
        "visit": 1,
        "incident": 1,
        "appointment": 1,
        "submission": 4,
        "quarantine": 0,
    }


def test_the_same_push_again_gets_the_first_results(handset: Handset, db: Session) -> None:
    sent = [item(kind) for kind in KINDS]
    first, again = handset.results(*sent), handset.results(*sent)
    assert statuses(again) == ["duplicate"] * 4
    assert [found["facts"] for found in again] == [found["facts"] for found in first]
    assert counts(db)["submission"] == 4


def test_the_same_item_twice_in_one_push(handset: Handset, db: Session) -> None:
    once = item("visit")
    other = {**once, "body": {**once["body"], "place": "别处"}}
    results = handset.results(once, once, other)
    assert statuses(results) == ["created", "duplicate", "rejected"]
    assert results[2]["code"] == "id_reused"
    assert (counts(db)["visit"], counts(db)["quarantine"]) == (1, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"captured_at": "2026-03-02T08:41:07+08:00"},
        {"elapsed_ms": 7},
        {"boot_id": "b-2"},
        {"kind": "incident", "body": item("incident")["body"]},
    ],
)
def test_an_id_with_other_content_is_rejected_and_both_are_kept(
    handset: Handset, db: Session, changes: dict[str, Any]
) -> None:
    once = item("visit")
    handset.results(once)
    assert handset.results(once | changes)[0]["code"] == "id_reused"
    assert counts(db)["quarantine"] == 1


def test_another_worker_s_id_is_reused_and_tells_nothing(client: SignedIn, db: Session) -> None:
    once = item("visit")
    Handset(client, GRID).results(once)
    (found,) = Handset(client, OTHER_GRID).results(once)
    assert (found["status"], found["code"], found["facts"]) == ("rejected", "id_reused", {})
    assert counts(db)["visit"] == 1


MALFORMED: list[Any] = [
    None,
    5,
    "text",
    [],
    {},
    {"id": 5},
    item("visit", id="8c2b4bb4-8d4c-4b8c-9d6e-3f8d3b9a1f11"),
    item("visit", captured_at="yesterday"),
    item("visit", captured_at="1970-01-01T00:00:00Z"),
    item("visit", captured_at="2100-01-01T00:00:00Z"),
    item("visit", captured_at="2026-03-02T08:00:00"),
    item("visit", elapsed_ms=-1),
    item("visit", elapsed_ms=10**40),
    item("visit", elapsed_ms=1.5),
    item("visit", body=None),
    item("visit", body={"kind": "gossip", "place": "x"}),
    item("visit", body={"kind": "special_group", "place": "nul\x00"}),
    item("visit", body={"kind": "special_group", "place": "\ud800"}),
    item("visit", body={"kind": "special_group", "place": "x", "lon": 104.5}),
    item("visit", body={"kind": "special_group", "place": "x", "colour": "red"}),
    item("check_in", body={"lon": float("nan"), "lat": 30.4, "accuracy_m": 5}),
    item("check_in", body={"lon": float("inf"), "lat": 30.4, "accuracy_m": 5}),
    item("check_in", body={"lon": 181, "lat": 30.4, "accuracy_m": 5}),
    item("appointment", body={**appointment(), "ends_at": "2020-01-01T00:00:00Z"}),
    item("visit", extra=1),
    item("\x00"),
]


def test_malformed_items_are_kept_and_harm_no_neighbour(handset: Handset, db: Session) -> None:
    good = [item("visit"), item("visit")]
    content = json.dumps(
        {
            "batch_id": str(uuid4()),
            "sent_at": clock.now().isoformat(),
            "items": [good[0], *MALFORMED, good[1]],
        }
    )
    answer = handset.post("/v1/push", content=content, headers=JSON)
    assert answer.status_code == 200, answer.text
    first, *bad, last = answer.json()["results"]
    assert statuses([first, last]) == ["created", "created"]
    for sent, found in zip(MALFORMED, bad, strict=True):
        assert (found["status"], found["code"]) == ("rejected", "item_malformed"), (sent, found)
        assert found["retry"] == "after_fix"
    assert counts(db)["quarantine"] == len({json.dumps(sent) for sent in MALFORMED})
    assert handset.post("/v1/push", content=content, headers=JSON).status_code == 200
    assert counts(db)["quarantine"] == len(MALFORMED)


def test_an_unknown_kind_is_kept(handset: Handset, db: Session) -> None:
    (found,) = handset.results(item("rumour", body={"what": 1}))
    assert (found["status"], found["code"]) == ("rejected", "kind_unknown")
    kept = db.scalars(select(Quarantine)).one()
    assert (kept.kind, kept.content["received"]["body"]) == ("rumour", {"what": 1})


@pytest.mark.parametrize(
    "changes",
    [
        {"sent_at": None},
        {"sent_at": "1970-01-01T00:00:00Z"},
        {"items": []},
        {"items": [1] * 201},
        {"items": {}},
        {"batch_id": "x"},
        {"colour": "red"},
    ],
)
def test_a_malformed_envelope_is_refused_as_a_whole(
    handset: Handset, changes: dict[str, Any]
) -> None:
    answer = handset.push(item("visit"), **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.malformed")


def test_bodies_beyond_measure(handset: Handset) -> None:
    bomb = gzip.compress(b" " * 20_000_000)
    for content, headers, status in [
        (b" " * 10_000_000, {}, 413),
        (bomb, {"Content-Encoding": "gzip"}, 413),
        (bomb[:-20], {"Content-Encoding": "gzip"}, 413),
        (b"\x1f\x8b nonsense", {"Content-Encoding": "gzip"}, 400),
        (b"[" * 50_000, {}, 422),
        (b'{"batch_id": ' + b"9" * 5000 + b"}", {}, 422),
    ]:
        answer = handset.post("/v1/push", content=content, headers={**JSON, **headers})
        assert answer.status_code in {status, 400 if status == 422 else status}, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


def test_after_a_restore_the_handset_is_told(handset: Handset, db: Session) -> None:
    answer = handset.push(item("visit"))
    epoch = answer.json()["server_epoch"]
    assert handset.push(item("visit"), server_epoch=epoch).status_code == 200
    db.execute(text("update server_epoch set epoch = gen_random_uuid()"))
    db.commit()
    refused = handset.push(item("visit"), server_epoch=epoch)
    assert (refused.status_code, refused.json()["code"]) == (409, "epoch_changed")
    assert refused.json()["facts"]["server_epoch"] != epoch


def test_what_was_captured_after_receipt_is_refused(handset: Handset) -> None:
    now = clock.now()
    ahead = (now + timedelta(minutes=5)).isoformat()
    assert handset.results(item("visit", captured_at=ahead))[0]["code"] == "capture.after_receipt"
    # A clock that is ten minutes fast says so when it sends: the record is dated rightly.
    fast = (now + timedelta(minutes=10)).isoformat()
    made = item("visit", captured_at=(now + timedelta(minutes=9)).isoformat())
    (found,) = handset.results(made, sent_at=fast)
    assert found["status"] == "created"
    late = clock.now() - timedelta(seconds=50)
    assert found["facts"]["corrected_at"] < late.isoformat()


def test_a_time_is_proven_by_an_anchor_of_the_same_boot(client: SignedIn, db: Session) -> None:
    handset, stranger = Handset(client, GRID), Handset(client, OTHER_GRID)
    tokens = {
        (sender.grid, boot): sender.post("/v1/time-anchors", json={"boot_id": boot}).json()
        for sender, boot in [(handset, "b-1"), (handset, "b-0"), (stranger, "b-1")]
    }
    wrong = (clock.now() - timedelta(days=40)).isoformat()
    cases = [((GRID, "b-1"), True), ((GRID, "b-0"), False), ((OTHER_GRID, "b-1"), False)]
    for key, proven in cases:
        anchor = {"token": tokens[key]["anchor"], "elapsed_ms": 1_000_000}
        (found,) = handset.results(
            item("visit", captured_at=wrong, elapsed_ms=1_000_000, anchor=anchor), sent_at=wrong
        )
        assert found["facts"]["time_proven"] is proven
    bearer = {"Authorization": f"Bearer {tokens[GRID, 'b-1']['anchor']}"}
    assert client.http.post("/v1/time-anchors", headers=bearer).status_code == 401
    visits = db.scalars(select(Visit).where(Visit.time_proven)).all()
    assert [visit.corrected_at.isoformat()[:19] for visit in visits] == [
        tokens[GRID, "b-1"]["server_time"][:19]
    ]


def test_a_forged_anchor_proves_nothing_and_loses_nothing(handset: Handset) -> None:
    anchor = {"token": "eyJhbGciOiJub25lIn0.e30.", "elapsed_ms": 1_000_000}
    (found,) = handset.results(item("visit", anchor=anchor))
    assert (found["status"], found["facts"]["time_proven"]) == ("created", False)


def test_without_a_post_a_record_is_kept_for_the_station(handset: Handset, db: Session) -> None:
    (found,) = handset.results(item("visit", captured_at="2024-03-04T10:00:00+08:00"))
    assert (found["status"], found["code"]) == ("out_of_scope", "people.no_post")
    (kept,) = db.scalars(select(Quarantine)).all()
    assert (kept.community_code, kept.kind) == (GRID[:12], "visit")


def test_before_the_regulation_nothing_is_judged(handset: Handset) -> None:
    (found,) = handset.results(item("visit", captured_at="2017-08-31T10:00:00+08:00"))
    assert (found["status"], found["code"]) == ("rejected", "capture.too_early")


def test_an_appointment_marks_its_own_date_stale(handset: Handset, db: Session) -> None:
    (found,) = handset.results(item("appointment", body=appointment(-2)))
    assert found["facts"]["day"] == appointment(-2)["starts_at"][:10]
    assert [str(day) for day in db.scalars(select(StaleDay.day))] == [found["facts"]["day"]]


@pytest.mark.parametrize(("days", "status"), [(30, "created"), (33, "rejected")])
def test_an_appointment_lies_near_its_record(handset: Handset, days: int, status: str) -> None:
    (found,) = handset.results(item("appointment", body=appointment(days)))
    assert found["status"] == status


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_record_is_what_push_would_make_of_it(handset: Handset, kind: str) -> None:
    record = item(kind)
    created = handset.alone(PATHS[kind], record)
    assert (created.status_code, created.json()["status"]) == (201, "created")
    again = handset.alone(PATHS[kind], record)
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    assert handset.results(record)[0]["status"] == "duplicate"


def test_a_refused_single_record_is_a_problem_document_and_kept(
    handset: Handset, db: Session
) -> None:
    record = item("visit")
    handset.alone("/v1/visits", record)
    refused = handset.alone("/v1/visits", {**record, "elapsed_ms": 5})
    assert (refused.status_code, refused.json()["code"]) == (409, "id_reused")
    unposted = handset.alone("/v1/visits", item("visit", captured_at="2024-03-04T10:00:00Z"))
    assert (unposted.status_code, unposted.json()["code"]) == (422, "people.no_post")
    assert counts(db)["quarantine"] == 2


def test_the_worker_sees_what_was_set_aside(client: SignedIn) -> None:
    handset = Handset(client)
    handset.results(*(item("rumour") for _ in range(3)))
    first = handset.get("/v1/me/quarantine", params={"limit": 2}).json()
    cursor = first["next_cursor"]
    rest = handset.get("/v1/me/quarantine", params={"limit": 2, "cursor": cursor}).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    assert {found["code"] for found in first["items"]} == {"kind_unknown"}
    other = Handset(client, OTHER_GRID).get("/v1/me/quarantine").json()
    assert other["items"] == []


@pytest.mark.parametrize("depth", [50, 99, 101, 300, 900])
def test_what_is_nested_too_deep_is_kept_and_shown_all_the_same(
    handset: Handset, depth: int
) -> None:
    nested: Any = "innermost"
    for _ in range(depth):
        nested = [nested]
    handset.results(item("visit", body={"place": nested}))
    shown = handset.get("/v1/me/quarantine")
    assert shown.status_code == 200, shown.text
    assert "innermost" in shown.text


def test_messages_come_in_the_language_asked_for(handset: Handset) -> None:
    handset.headers = {"Accept-Language": "en"}
    found = handset.results(item("visit"), item("rumour"))
    assert [result["message"] for result in found] == [
        "Recorded.",
        "This server does not know this kind of record; it is kept.",
    ]


def test_a_commit_that_fails_is_never_answered_with_success(handset: Handset, db: Session) -> None:
    db.execute(
        text("""
        create function fail_at_commit() returns trigger language plpgsql as $$
        begin raise serialization_failure; end $$;
        create constraint trigger fail after insert on visit deferrable initially deferred
            for each row execute function fail_at_commit();
        """)
    )
    db.commit()
    once = item("visit")
    assert handset.push(once).status_code == 503
    assert handset.alone("/v1/visits", once).status_code == 503
    assert (counts(db)["visit"], counts(db)["submission"]) == (0, 0)
    db.execute(text("drop trigger fail on visit"))
    db.commit()
    assert handset.results(once)[0]["status"] == "created"


def test_an_item_that_fails_for_now_is_to_be_sent_again(handset: Handset, db: Session) -> None:
    db.execute(
        text("""
        create function fail_now() returns trigger language plpgsql as $$
        begin raise lock_not_available; end $$;
        create trigger fail before insert on incident for each row execute function fail_now();
        """)
    )
    db.commit()
    sent = [item("visit"), item("incident"), item("visit")]
    results = handset.results(*sent)
    assert statuses(results) == ["created", "error", "created"]
    assert results[1]["retry"] == "later"
    assert handset.alone("/v1/incidents", sent[1]).status_code == 503
    db.execute(text("drop trigger fail on incident"))
    db.commit()
    assert statuses(handset.results(*sent)) == ["duplicate", "created", "duplicate"]


def test_ids_are_uuid7_of_any_time(handset: Handset) -> None:
    old = str(uuid7(clock.now() - timedelta(days=3000)))
    assert handset.results(item("visit", id=old))[0]["status"] == "created"
