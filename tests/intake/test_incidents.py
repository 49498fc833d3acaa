"""EVT-1 from handsets: reports and acts pushed, held, refused, repeated and pulled."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Assignment, Held, IncidentCase, Quarantine
from app.kit import clock
from app.kit.ids import uuid7
from app.rules.incidents import Act, State
from tests.city import SINCE
from tests.conftest import SignedIn
from tests.incidents.facts import report, said
from tests.intake.handset import GRID, OTHER_GRID, Handset, item
from tests.intake.test_pull import pull_all

PATH = "/v1/incident-acts"


@pytest.fixture
def key() -> UUID:
    """An event's."""
    return uuid7(clock.now())


def filed(key: UUID, **changes: Any) -> dict[str, Any]:
    """A report under a key, made ten minutes ago."""
    return item("incident", id=str(key), body=report(**changes)) | _ago(10)


def done(key: UUID, act: Act, **changes: Any) -> dict[str, Any]:
    """An act, made a few minutes ago."""
    body = {"incident_id": str(key), **said(act, **changes)}
    return item("incident_action", body=body) | _ago(4)


def _ago(minutes: int) -> dict[str, Any]:
    captured = clock.now() - timedelta(minutes=minutes)
    return {"captured_at": captured.isoformat(), "boot_id": None, "elapsed_ms": None}


def case(db: Session, key: UUID) -> IncidentCase:
    db.rollback()
    return db.get_one(IncidentCase, key, populate_existing=True)


def statuses(results: list[dict[str, Any]]) -> list[str]:
    return [found["status"] for found in results]


def test_a_report_and_acts_of_one_push(handset: Handset, db: Session, key: UUID) -> None:
    results = handset.results(filed(key), done(key, Act.TAKE_UP), done(key, Act.CLOSE))
    assert statuses(results) == ["created"] * 3
    assert results[0]["facts"]["state"] == "held"
    assert (results[2]["facts"]["state"], results[2]["facts"]["number"]) == ("closed", 3)
    assert results[2]["facts"]["allowed"] == ["verify"]
    assert case(db, key).state is State.CLOSED


def test_an_act_that_comes_before_its_event_is_held_for_it(
    handset: Handset, db: Session, key: UUID
) -> None:
    close = done(key, Act.CLOSE)
    [held] = handset.results(close)
    assert (held["status"], held["facts"]) == ("held", {"waits_for": str(key)})
    assert statuses(handset.results(filed(key))) == ["created"]
    assert case(db, key).state is State.CLOSED
    assert db.scalars(select(Held)).all() == []
    assert statuses(handset.results(close)) == ["duplicate"]
    assert case(db, key).acts == 2


def test_evt_1_what_no_longer_fits_is_kept_in_quarantine_and_shown(
    handset: Handset, db: Session, key: UUID
) -> None:
    handset.results(filed(key), done(key, Act.ESCALATE))
    late = done(key, Act.CLOSE)
    [refused] = handset.results(late)
    assert (refused["status"], refused["code"]) == ("rejected", "incident.act_not_allowed")
    assert refused["facts"] == {
        "state": "held", "held_by": ["community"], "allowed": ["withdraw"],
    }  # fmt: skip
    db.rollback()
    kept = db.scalars(select(Quarantine)).one()
    assert (str(kept.item_id), kept.code) == (late["id"], "incident.act_not_allowed")
    shown = handset.get("/v1/me/quarantine").json()["items"]
    assert [found["code"] for found in shown] == ["incident.act_not_allowed"]


def test_a_report_of_no_category_is_kept_in_quarantine(handset: Handset, key: UUID) -> None:
    [refused] = handset.results(filed(key, category="nothing_we_know"))
    assert (refused["status"], refused["code"]) == ("rejected", "incident.category_unknown")


def test_acts_on_events_of_others_are_out_of_scope(
    handset: Handset, client: SignedIn, key: UUID
) -> None:
    handset.results(filed(key))
    [refused] = Handset(client, OTHER_GRID).results(done(key, Act.CLOSE))
    assert (refused["status"], refused["code"]) == ("out_of_scope", "incident.of_others")


def test_an_act_by_itself(handset: Handset, db: Session, key: UUID) -> None:
    handset.results(filed(key))
    taken = done(key, Act.TAKE_UP)
    assert handset.alone(PATH, taken).status_code == 201
    assert handset.alone(PATH, taken).status_code == 200
    again = handset.alone(PATH, done(key, Act.TAKE_UP))
    assert (again.status_code, again.json()["code"]) == (409, "incident.act_not_allowed")
    lacking = handset.alone(PATH, done(key, Act.CLOSE, result=None))
    assert (lacking.status_code, lacking.json()["code"]) == (422, "incident.act_fields_wrong")
    assert lacking.json()["facts"]["missing"] == ["result"]
    assert case(db, key).acts == 2


def test_one_id_for_a_report_and_an_act_is_refused(handset: Handset, key: UUID) -> None:
    handset.results(filed(key))
    again = done(key, Act.CLOSE) | {"id": str(key)}
    [refused] = handset.results(again)
    assert (refused["status"], refused["code"]) == ("rejected", "id_reused")


def test_an_act_with_the_id_of_an_office_s_act_is_refused(
    handset: Handset, client: SignedIn, key: UUID
) -> None:
    handset.results(filed(key, severity="major"))
    body = {"id": str(uuid7(clock.now())), **said(Act.TAKE_UP)}
    path = f"/v1/incidents/{key}/acts"
    answer = client.http.post(path, headers=client.as_("station_lead"), json=body)
    assert answer.status_code == 201
    [refused] = handset.results(done(key, Act.WITHDRAW) | {"id": body["id"]})
    assert (refused["status"], refused["code"]) == ("rejected", "incident.act_id_reused")


def test_handsets_pull_how_events_stand(handset: Handset, client: SignedIn, key: UUID) -> None:
    """From the beginning the state, from a cursor on what changed."""
    handset.results(filed(key, severity="major"))
    first = handset.get("/v1/pull").json()
    [found] = [one for one in first["changes"] if one["kind"] == "incident"]
    assert found["body"]["held_by"] == ["community", "township"]
    assert found["body"]["allowed"] == ["withdraw"]
    body = {"id": str(uuid7(clock.now())), **said(Act.CLOSE)}
    path = f"/v1/incidents/{key}/acts"
    answer = client.http.post(path, headers=client.as_("station_lead"), json=body)
    assert answer.status_code == 201
    [stands] = held_by(handset)
    assert (stands["state"], stands["allowed"]) == ("closed", ["verify"])


def held_by(handset: Handset) -> list[dict[str, Any]]:
    """The events that a handset holds when it starts anew."""
    changes, _ = pull_all(handset)
    latest = {one["id"]: one["body"] for one in changes if one["kind"] == "incident"}
    return list(latest.values())


def test_evt_1_whoever_shares_the_grid_holds_its_events_until_they_are_done(
    handset: Handset, db: Session, client: SignedIn, key: UUID
) -> None:
    other = Handset(client, OTHER_GRID)
    handset.results(filed(key))
    assert held_by(other) == []
    shared = Assignment(
        id=uuid7(clock.now()),
        worker_id=client.city.workers[OTHER_GRID],
        level=1,
        grid_code=GRID,
        first_responsible=False,
        valid=Range(SINCE, None),
    )
    db.add(shared)
    db.commit()
    [found] = held_by(other)
    assert (found["state"], found["held_by"]) == ("held", ["grid"])
    assert "close" in found["allowed"]
    assert "withdraw" not in found["allowed"]
    handset.results(done(key, Act.WITHDRAW))
    assert [one["state"] for one in held_by(handset)] == ["withdrawn"]
    assert [one["state"] for one in held_by(other)] in ([], ["withdrawn"])
