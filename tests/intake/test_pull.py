"""Pull: nothing lost, nothing out of order, whatever transactions run meanwhile."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kit import clock
from app.kit.paging import encode
from app.outbox.emit import publish, withdraw
from app.outbox.feed import changes_after, horizon
from tests.conftest import SignedIn
from tests.intake.handset import GRID, OTHER_GRID, Handset, item


def pull(handset: Handset, cursor: str | None = None, limit: int = 200) -> dict[str, Any]:
    asked: dict[str, Any] = {"limit": limit} | ({"cursor": cursor} if cursor else {})
    answer = handset.get("/v1/pull", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def pull_all(handset: Handset, cursor: str | None = None, limit: int = 200) -> tuple[Any, str]:
    changes, more = [], True
    while more:
        page = pull(handset, cursor, limit)
        assert len(page["changes"]) <= limit
        changes += page["changes"]
        cursor, more = page["next_cursor"], page["more"]
    assert cursor is not None
    return changes, cursor


def settle(api: FastAPI) -> None:
    """Wait until all that is committed is decided: other databases of the server hold it back."""
    with api.state.sessions.begin() as session:
        mine = session.scalar(text("select pg_current_xact_id()::text::bigint"))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with api.state.sessions() as session:
            if horizon(session) > mine:
                return
        time.sleep(0.02)
    pytest.fail("a transaction somewhere on the server does not end")


@pytest.fixture
def worker_id(handset: Handset) -> UUID:
    return handset.client.city.workers[GRID]


def test_the_first_pull_gives_the_state_and_then_the_feed(handset: Handset, api: FastAPI) -> None:
    sent = [item(kind) for kind in ("check_in", "visit", "incident", "appointment")]
    handset.results(*sent)
    settle(api)
    first = pull(handset)
    assert (first["snapshot"], first["fresh"]) == (True, True)
    kinds = [(found["kind"], found["id"]) for found in first["changes"]]
    assert kinds[0] == ("grid", GRID)
    assert {(made["kind"], made["id"]) for made in sent} <= set(kinds)
    _, cursor = pull_all(handset, first["next_cursor"])
    assert pull(handset, cursor)["changes"] == []
    late = item("visit")
    handset.results(late)
    settle(api)
    found = pull(handset, cursor)
    assert [change["id"] for change in found["changes"]] == [late["id"]]
    assert (found["snapshot"], found["fresh"], found["more"]) == (False, False, False)


def test_pages_of_any_size_show_the_same_state(handset: Handset) -> None:
    handset.results(*(item(kind) for kind in ("visit", "visit", "visit", "incident")))
    whole, _ = pull_all(handset)
    assert len(whole) >= 5
    for limit in (1, 2, 3):
        changes, _ = pull_all(handset, limit=limit)
        known = {(found["kind"], found["id"]) for found in changes}
        assert known == {(found["kind"], found["id"]) for found in whole}


def test_a_change_that_commits_late_is_neither_lost_nor_passed_over(
    handset: Handset, api: FastAPI, worker_id: UUID
) -> None:
    _, cursor = pull_all(handset)
    with api.state.sessions() as slow, api.state.sessions() as quick:
        publish(slow, worker_id, "note", "slow", {})
        slow.flush()
        publish(quick, worker_id, "note", "quick", {})
        quick.commit()
        waiting = pull(handset, cursor)
        assert waiting["changes"] == []
        slow.commit()
    settle(api)
    found = pull(handset, waiting["next_cursor"])["changes"]
    assert [change["id"] for change in found] == ["slow", "quick"]


def test_a_snapshot_misses_nothing_that_was_under_way(
    handset: Handset, api: FastAPI, worker_id: UUID
) -> None:
    with api.state.sessions() as slow:
        publish(slow, worker_id, "note", "slow", {})
        slow.flush()
        cursor = pull(handset)["next_cursor"]
        slow.commit()
    settle(api)
    changes, _ = pull_all(handset, cursor)
    assert "slow" in [change["id"] for change in changes]


def test_what_is_gone_says_why(
    handset: Handset, api: FastAPI, db: Session, worker_id: UUID
) -> None:
    _, cursor = pull_all(handset)
    withdraw(db, worker_id, "grid", GRID, "out_of_scope")
    db.commit()
    settle(api)
    (found,) = pull(handset, cursor)["changes"]
    assert found == {"kind": "grid", "id": GRID, "gone": "out_of_scope", "body": None}


def test_nobody_sees_another_s_changes(client: SignedIn, api: FastAPI) -> None:
    mine, other = Handset(client, GRID), Handset(client, OTHER_GRID)
    _, cursor = pull_all(other)
    mine.results(item("visit"))
    settle(api)
    assert pull(other, cursor)["changes"] == []


def test_a_cursor_of_another_epoch_starts_anew(handset: Handset, db: Session) -> None:
    _, cursor = pull_all(handset)
    db.execute(text("update server_epoch set epoch = gen_random_uuid()"))
    db.commit()
    assert pull(handset, cursor)["fresh"] is True


@pytest.mark.parametrize(("days", "fresh"), [(29, False), (31, True)])
def test_an_old_cursor_starts_anew(handset: Handset, db: Session, days: int, fresh: bool) -> None:
    epoch = pull(handset)["server_epoch"]
    issued = clock.now() - timedelta(days=days)
    cursor = encode(epoch, horizon(db), 0, int(issued.timestamp()))
    assert pull(handset, cursor)["fresh"] is fresh


BAD = ["x", "!", encode("a"), encode("a", 1, 2), encode("a", -1, 0, 0), encode("a", 2**63, 0, 0)]


def test_a_cursor_that_is_not_ours_is_refused(handset: Handset) -> None:
    epoch = pull(handset)["server_epoch"]
    forged = [encode(epoch, 1, 0, "\ud800"), encode(epoch, 1, 1, "x"), encode(epoch, 1, 7, "x")]
    for cursor in [*BAD, *forged]:
        answer = handset.get("/v1/pull", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (422, "request.bad_cursor"), cursor


@pytest.fixture
def writers(api: FastAPI, handset: Handset) -> Iterator[list[Session]]:
    """Opened after the service and closed before it."""
    del handset
    sessions = [api.state.sessions() for _ in range(3)]
    yield sessions
    for session in sessions:
        session.close()


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["write", "commit", "roll back", "read"]), st.integers(0, 2)),
        max_size=40,
    )
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_however_transactions_interleave_a_reader_sees_each_commit_once(
    api: FastAPI, writers: list[Session], worker_id: UUID, steps: list[tuple[str, int]]
) -> None:
    """Every committed change exactly once, and the changes of one transaction in their order."""
    written: list[list[str]] = [[], [], []]
    committed: list[list[str]] = []
    seen: list[str] = []
    settle(api)
    with api.state.sessions() as reader:
        place = (horizon(reader), 0)
    for number, (step, who) in enumerate([*steps, *(("roll back", who) for who in range(3))]):
        if step == "read":
            place = read(api, worker_id, place, seen)
        elif step == "write":
            publish(writers[who], worker_id, "note", number, {})
            writers[who].flush()
            written[who].append(str(number))
        else:
            if step == "commit":
                writers[who].commit()
                committed.append(written[who])
            writers[who].rollback()
            written[who] = []
    settle(api)
    read(api, worker_id, place, seen)
    assert sorted(seen) == sorted(key for keys in committed for key in keys)
    for keys in committed:
        assert [key for key in seen if key in keys] == keys


def read(api: FastAPI, worker_id: UUID, place: tuple[int, int], seen: list[str]) -> tuple[int, int]:
    """Read what is decided, two at a time."""
    while True:
        with api.state.sessions() as session:
            found = changes_after(session, worker_id, *place, 2)
        if not found:
            return place
        seen += [change.subject_id for change in found]
        place = (found[-1].xid, found[-1].id)


def test_part_8_places_of_a_lost_grid_are_not_told_again(
    handset: Handset, api: FastAPI, worker_id: UUID, db: Session
) -> None:
    """An old cursor brings no household back to a worker who no longer holds its grid."""

    def body(grid: str, *moves: str) -> dict[str, Any]:
        steps = [{"grid_code": step, "label": "和平路"} for step in moves]
        return {"grid_code": grid, "label": "和平路", "moves": steps, "targets": []}

    _, cursor = pull_all(handset)
    publish(db, worker_id, "visit_place", "kept", body(GRID))
    publish(db, worker_id, "visit_place", "comes", body(OTHER_GRID, GRID))
    publish(db, worker_id, "visit_place", "lost", body(OTHER_GRID))
    db.commit()
    settle(api)
    told = {found["id"]: found for found in pull(handset, cursor)["changes"]}
    assert {key: found["gone"] for key, found in told.items()} == {
        "kept": None,
        "comes": None,
        "lost": "out_of_scope",
    }
    assert told["lost"]["body"] is None
    assert told["kept"]["body"]["label"] == "和平路"
