"""Tracks: what is stored, what is known, what is kept aside, what is refused (handset.md)."""

import gzip
import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Posting, Quarantine, StaleDay, TrackBatch
from app.kit import clock
from app.kit.clock import civil_day
from app.patrol.queries import batches_of
from app.rules.coordinates import wgs84_to_gcj02
from tests.conftest import SignedIn
from tests.intake.handset import GRID, OTHER_GRID, Handset, batch

LATER_S = 4_102_444_800.0
NOTHING = {"mocked": 0, "imprecise": 0, "impossible": 0}


def told(handset: Handset, body: dict[str, Any]) -> dict[str, Any]:
    answer = handset.post("/v1/tracks", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert found["batch_id"] == body["batch_id"]
    return found


def stored(db: Session, handset: Handset) -> list[Any]:
    return batches_of(db, handset.client.city.workers[handset.grid], 0, LATER_S)


def kept_codes(db: Session) -> list[str]:
    return list(db.scalars(select(Quarantine.code).order_by(Quarantine.id)))


def test_a_batch_is_stored_as_it_was_sent(handset: Handset, db: Session) -> None:
    body = batch(speed=[1.25] * 60)
    assert told(handset, body) == {
        "batch_id": body["batch_id"],
        "status": "created",
        "code": None,
        "accepted": 60,
        "set_aside": NOTHING,
    }
    (found,) = stored(db, handset)
    assert found.fixes.t_s.tolist() == [t / 1000 for t in body["t"]]
    assert found.fixes.lon.tolist() == body["lon"]
    assert found.fixes.lat.tolist() == body["lat"]
    assert found.fixes.accuracy_m.tolist() == [8.0] * 60
    assert not found.fixes.mocked.any()
    assert db.scalars(select(TrackBatch.speed_cmps)).one() == [125] * 60


def test_the_same_batch_again_is_a_duplicate(handset: Handset, db: Session) -> None:
    body = batch(accuracy=[8.0] * 50 + [500.0] * 10)
    first, again = told(handset, body), told(handset, body)
    assert (first["status"], again["status"]) == ("created", "duplicate")
    assert first["accepted"] == again["accepted"] == 50
    assert first["set_aside"] == again["set_aside"] == {**NOTHING, "imprecise": 10}
    assert len(stored(db, handset)) == 1


def test_objects_say_the_same_as_columns(handset: Handset, db: Session) -> None:
    columns = batch(5)
    parts = zip(columns["t"], columns["lon"], columns["lat"], columns["accuracy"], strict=True)
    fixes = [dict(zip(("t", "lon", "lat", "accuracy"), part, strict=True)) for part in parts]
    assert told(handset, columns)["status"] == "created"
    objects = {"batch_id": columns["batch_id"], "fixes": fixes}
    assert told(handset, objects)["status"] == "duplicate"
    assert len(stored(db, handset)) == 1


def test_the_same_id_with_other_content_is_rejected_and_both_are_kept(
    handset: Handset, db: Session
) -> None:
    body = batch(3)
    told(handset, body)
    answer = told(handset, {**body, "lat": [30.413] * 3})
    assert (answer["status"], answer["code"], answer["accepted"]) == ("rejected", "id_reused", 0)
    assert stored(db, handset)[0].fixes.lat.tolist() == [30.412] * 3
    assert kept_codes(db) == ["id_reused"]
    assert db.scalars(select(Quarantine.content)).one()["received"]["lat"] == [30.413] * 3


def test_two_handsets_may_use_one_id(client: SignedIn, db: Session) -> None:
    body = batch(3)
    for grid in (GRID, OTHER_GRID):
        assert told(Handset(client, grid), body)["status"] == "created"


def test_fixes_in_any_order_are_stored_in_order(handset: Handset, db: Session) -> None:
    body = batch(5)
    for column in ("t", "lon", "lat", "accuracy"):
        body[column] = body[column][::-1]
    told(handset, body)
    (found,) = stored(db, handset)
    assert (np.diff(found.fixes.t_s) > 0).all()
    assert (np.diff(found.fixes.lon) > 0).all()


def test_a_single_fix_is_a_batch(handset: Handset, db: Session) -> None:
    assert told(handset, batch(1))["accepted"] == 1
    assert len(stored(db, handset)[0].fixes) == 1


def test_gcj02_is_converted_once_at_the_door(handset: Handset, db: Session) -> None:
    body = batch(10)
    lon, lat = wgs84_to_gcj02(np.array(body["lon"]), np.array(body["lat"]))
    told(handset, {**body, "lon": lon.tolist(), "lat": lat.tolist(), "crs": "gcj02"})
    (found,) = stored(db, handset)
    assert found.fixes.lon.tolist() == pytest.approx(body["lon"], abs=1e-9)
    assert found.fixes.lat.tolist() == pytest.approx(body["lat"], abs=1e-9)
    assert db.scalars(select(TrackBatch.crs)).one() == 1


def test_doubtful_fixes_are_counted_and_kept(handset: Handset, db: Session) -> None:
    body = batch(10, flags=[1, *[0] * 9], accuracy=[8, 100.1, None, *[100.0] * 7])
    body["lon"][5] += 0.5
    answer = told(handset, body)
    assert answer["set_aside"] == {"mocked": 1, "imprecise": 2, "impossible": 1}
    assert answer["accepted"] == 6
    (found,) = stored(db, handset)
    assert found.fixes.mocked.tolist() == [True] + [False] * 9
    assert np.isnan(found.fixes.accuracy_m[2])


def test_a_batch_makes_the_dates_it_can_change_stale(handset: Handset, db: Session) -> None:
    midnight = clock.day_start(civil_day(clock.now()) - timedelta(days=3))
    just_before = int((midnight - timedelta(seconds=50)).timestamp() * 1000)
    told(handset, batch(1, t=[just_before]))
    days = set(db.scalars(select(StaleDay.day)))
    assert {civil_day(midnight) - timedelta(days=1), civil_day(midnight)} <= days


def test_midday_makes_one_date_stale(handset: Handset, db: Session) -> None:
    day = civil_day(clock.now()) - timedelta(days=3)
    noon = int((clock.day_start(day) + timedelta(hours=12)).timestamp() * 1000)
    told(handset, batch(1, t=[noon]))
    assert db.scalars(select(StaleDay.day)).all() == [day]
    told(handset, batch(1, t=[noon + 5]))
    assert db.scalars(select(StaleDay.day)).all() == [day, day]


@pytest.mark.parametrize(("ahead_s", "status"), [(50, "created"), (70, "rejected")])
def test_a_fix_from_the_future_is_kept_aside(
    handset: Handset, db: Session, ahead_s: int, status: str
) -> None:
    ahead = int((clock.now() + timedelta(seconds=ahead_s)).timestamp() * 1000)
    answer = told(handset, batch(1, t=[ahead]))
    assert answer["status"] == status
    assert kept_codes(db) == ([] if status == "created" else ["capture.after_receipt"])


def test_without_a_post_nothing_is_stored_but_kept_aside(handset: Handset, db: Session) -> None:
    long_ago = [1_500_000_000_000]
    answer = told(handset, batch(1, t=long_ago))
    assert (answer["status"], answer["code"]) == ("out_of_scope", "people.no_post")
    assert stored(db, handset) == []
    assert kept_codes(db) == ["people.no_post"]


def test_fixes_of_dates_without_a_post_are_dropped(handset: Handset, db: Session) -> None:
    today = civil_day(clock.now())
    posting = db.scalars(
        select(Posting).where(Posting.worker_id == handset.client.city.workers[GRID])
    ).one()
    posting.valid = Range(posting.valid.lower, today)
    db.commit()
    midnight = int(clock.day_start(today).timestamp() * 1000)
    body = batch(3, t=[midnight - 20_000, midnight - 10_000, midnight])
    assert told(handset, body)["accepted"] == 2
    assert stored(db, handset)[0].fixes.t_s[-1] == midnight / 1000 - 10
    assert told(handset, body)["status"] == "duplicate"


def test_gzip_is_unpacked(handset: Handset) -> None:
    packed = gzip.compress(json.dumps(batch(100)).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = handset.post("/v1/tracks", content=packed, headers=headers)
    assert answer.json()["accepted"] == 100


def test_a_thousand_fixes_are_taken_and_one_more_is_refused(handset: Handset) -> None:
    assert told(handset, batch(1000))["accepted"] == 1000
    assert handset.post("/v1/tracks", json=batch(1001)).status_code == 422


BAD: dict[str, dict[str, Any]] = {
    "no fixes": {"t": [], "lon": [], "lat": [], "accuracy": []},
    "unequal columns": {"lat": [30.4]},
    "unequal speed": {"speed": [1.0]},
    "unequal flags": {"flags": [0]},
    "columns and objects": {"fixes": [{"t": 1, "lon": 1, "lat": 1, "accuracy": 1}]},
    "a column missing": {"accuracy": None},
    "1970": {"t": [0, 1, 2]},
    "1999": {"t": [946_684_799_999, 946_684_800_000, 946_684_800_001]},
    "2100": {"t": [4_102_444_800_000] * 3},
    "seconds for milliseconds": {"t": [1_772_414_400] * 3},
    "huge time": {"t": [10**30] * 3},
    "text for time": {"t": ["1", "2", "3"]},
    "east of the earth": {"lon": [180.1, 104.5, 104.5]},
    "north of the earth": {"lat": [90.1, 30.4, 30.4]},
    "null position": {"lat": [None, 30.4, 30.4]},
    "negative accuracy": {"accuracy": [-1.0, 8.0, 8.0]},
    "flags beyond a byte": {"flags": [256, 0, 0]},
    "unknown system": {"crs": "epsg3857"},
    "unknown field": {"colour": "red"},
    "no id": {"batch_id": None},
    "an id of another version": {"batch_id": "8c2b4bb4-8d4c-4b8c-9d6e-3f8d3b9a1f11"},
}


def test_bad_input_is_a_problem_document_and_nothing_is_stored(
    handset: Handset, db: Session
) -> None:
    for name, changes in BAD.items():
        answer = handset.post("/v1/tracks", json=batch(3) | changes)
        assert answer.status_code == 422, (name, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "request.malformed"
    assert stored(db, handset) == []
    assert kept_codes(db) == []


RAW: dict[str, tuple[bytes, dict[str, str], int]] = {
    "empty": (b"", {}, 422),
    "not json": (b"{", {}, 422),
    "array": (b"[]", {}, 422),
    "not utf-8": (b'{"batch_id": "\xff"}', {}, 422),
    "nan": (json.dumps(batch(1, lon=[float("nan")])).encode(), {}, 422),
    "infinity": (json.dumps(batch(1, lon=[float("inf")])).encode(), {}, 422),
    "beyond a double": (json.dumps(batch(1)).replace("104.548", "1e999").encode(), {}, 422),
    "deep": (b"[" * 100_000, {}, 422),
    "too large": (b" " * 10_000_000, {}, 413),
    "broken gzip": (gzip.compress(b"{}" * 100)[:-9], {"Content-Encoding": "gzip"}, 400),
    "bomb": (gzip.compress(b" " * 20_000_000), {"Content-Encoding": "gzip"}, 413),
    "unknown packing": (b"{}", {"Content-Encoding": "br"}, 400),
}


def test_raw_bad_bodies_are_problem_documents(handset: Handset, db: Session) -> None:
    for name, (content, headers, status) in RAW.items():
        answer = handset.post("/v1/tracks", content=content, headers=headers)
        assert answer.status_code == status, (name, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
    assert stored(db, handset) == []


def test_only_a_worker_s_handset_may_send(client: SignedIn) -> None:
    body = batch(1)
    lead = client.as_("station_lead")
    assert client.http.post("/v1/tracks", json=body).status_code == 401
    assert client.http.post("/v1/tracks", json=body, headers=lead).status_code == 403
    forged = {"Authorization": client.as_(GRID)["Authorization"][:-3] + "abc"}
    assert client.http.post("/v1/tracks", json=body, headers=forged).status_code == 401


def test_an_old_app_is_told_to_update(handset: Handset) -> None:
    for version, status in [("0.9.9", 426), ("1.0.0", 200)]:
        answer = handset.post("/v1/tracks", json=batch(1), headers={"X-App-Version": version})
        assert answer.status_code == status


def test_a_commit_that_fails_is_never_answered_with_success(handset: Handset, db: Session) -> None:
    db.execute(
        text("""
        create function fail_at_commit() returns trigger language plpgsql as $$
        begin raise exception 'no room'; end $$;
        create constraint trigger fail after insert on stale_day deferrable initially deferred
            for each row execute function fail_at_commit();
        """)
    )
    db.commit()
    body = batch(3)
    assert handset.post("/v1/tracks", json=body).status_code == 503
    assert stored(db, handset) == []
    db.execute(text("drop trigger fail on stale_day"))
    db.commit()
    assert told(handset, body)["status"] == "created"
