"""ATT-1 to ATT-4 as they are recorded: every verdict, both sides of every edge, once each."""

from datetime import date, timedelta
from typing import Literal

import numpy as np
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.attendance.refusals import IdReused
from app.attendance.schemas import CheckInIn
from app.db.models import Change, CheckIn, OutboxEvent, StaleDay
from app.kit.ids import uuid7
from app.people.capture import AfterReceipt
from app.rules.attendance import Verdict
from app.rules.coordinates import wgs84_to_gcj02
from tests.attendance.facts import SUNDAY, WEDNESDAY, Handset, at


@pytest.mark.parametrize(
    ("clock_time", "verdict", "window"),
    [
        ("08:29:59", Verdict.EARLY, 1),
        ("08:30", Verdict.VALID, 1),
        ("09:00", Verdict.VALID, 1),
        ("09:00:01", Verdict.LATE, 1),
        ("11:45", Verdict.LATE, 1),
        ("11:45:01", Verdict.EARLY, 2),
        ("14:30", Verdict.VALID, 2),
        ("15:00:01", Verdict.LATE, 2),
        ("16:49:59", Verdict.EARLY, 3),
        ("17:00", Verdict.VALID, 3),
        ("17:00:01", Verdict.LATE, 3),
    ],
)
def test_att_1_windows(handset: Handset, clock_time: str, verdict: Verdict, window: int) -> None:
    recorded = handset.sign_in(handset.captured(at(clock_time)))
    assert (recorded.verdict, recorded.window) == (verdict, window)


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ({"north_m": 199}, Verdict.VALID),
        ({"north_m": 201}, Verdict.OFF_SITE),
        ({"accuracy_m": 100}, Verdict.VALID),
        ({"accuracy_m": 100.5}, Verdict.IMPRECISE),
    ],
)
def test_att_2_at_the_station(handset: Handset, body: dict[str, float], verdict: Verdict) -> None:
    recorded = handset.sign_in(handset.captured(at("08:40")), handset.at_station(**body))
    assert recorded.verdict is verdict
    assert recorded.because["rule"] == ("ATT-1" if verdict is Verdict.VALID else "ATT-2")


def test_att_2_mocked_comes_before_imprecise(handset: Handset) -> None:
    body = CheckInIn(**{**handset.at_station(accuracy_m=500).model_dump(), "mocked": True})
    recorded = handset.sign_in(handset.captured(at("08:40")), body)
    assert (recorded.verdict, recorded.window) == (Verdict.MOCKED, 1)


@pytest.mark.parametrize(
    ("crs", "verdict"),
    [("gcj02", Verdict.VALID), ("wgs84", Verdict.OFF_SITE), ("bd09", Verdict.OFF_SITE)],
)
def test_att_2_positions_of_shifted_maps_are_put_right(
    handset: Handset, crs: Literal["wgs84", "gcj02", "bd09"], verdict: Verdict
) -> None:
    """The station as a GCJ-02 map shows it, some 400 m off."""
    true = handset.at_station()
    lon, lat = wgs84_to_gcj02(np.array([true.lon]), np.array([true.lat]))
    body = CheckInIn(lon=float(lon[0]), lat=float(lat[0]), accuracy_m=12, crs=crs)
    recorded = handset.sign_in(handset.captured(at("08:40")), body)
    assert recorded.verdict is verdict
    if crs == "gcj02":
        assert (recorded.lon, recorded.lat) == pytest.approx((true.lon, true.lat), abs=1e-8)


@pytest.mark.parametrize(
    ("after", "proven", "offset_s", "verdict"),
    [
        (timedelta(hours=71), True, 0.0, Verdict.VALID),
        (timedelta(hours=72), True, 0.0, Verdict.VALID),
        (timedelta(hours=73), True, 0.0, Verdict.NEEDS_REVIEW),
        (timedelta(hours=1), True, 4000.0, Verdict.VALID),
        (timedelta(seconds=300), False, 0.0, Verdict.VALID),
        (timedelta(seconds=301), False, 0.0, Verdict.NEEDS_REVIEW),
        (timedelta(seconds=1), False, 60.0, Verdict.VALID),
        (timedelta(seconds=1), False, -61.0, Verdict.NEEDS_REVIEW),
    ],
)
def test_att_4_late_and_unproven(
    handset: Handset, after: timedelta, proven: bool, offset_s: float, verdict: Verdict
) -> None:
    capture = handset.captured(at("08:40"), after=after, proven=proven, offset_s=offset_s)
    recorded = handset.sign_in(capture)
    assert (recorded.verdict, recorded.window) == (verdict, 1)
    assert recorded.captured_at == at("08:40") + timedelta(seconds=offset_s)


def test_att_4_captured_after_receipt_is_refused(handset: Handset) -> None:
    handset.sign_in(handset.captured(at("08:40"), after=timedelta(0)))
    with pytest.raises(AfterReceipt):
        handset.sign_in(handset.captured(at("14:40"), after=timedelta(seconds=-1)))


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        (SUNDAY, Verdict.NO_DUTY),
        (date(2026, 2, 14), Verdict.VALID),  # a Saturday worked to make up for Spring Festival
        (date(2026, 2, 16), Verdict.NO_DUTY),
    ],
)
def test_att_6_duty_dates(handset: Handset, day: date, verdict: Verdict) -> None:
    recorded = handset.sign_in(handset.captured(at("08:40", day)))
    assert recorded.verdict is verdict
    assert recorded.window == (1 if verdict is Verdict.VALID else None)


def test_att_3_a_repeat_is_a_duplicate_and_each_window_has_its_own(handset: Handset) -> None:
    times = ["08:40", "08:41", "14:31", "16:55", "16:56"]
    verdicts = [handset.sign_in(handset.captured(at(moment))).verdict for moment in times]
    assert verdicts == ["valid", "duplicate", "valid", "valid", "duplicate"]


def test_the_same_id_again_changes_nothing(handset: Handset, db: Session) -> None:
    capture = handset.captured(at("08:40"))
    first = handset.sign_in(capture)
    again = handset.sign_in(capture)
    assert (again.id, again.verdict) == (first.id, Verdict.VALID)
    db.flush()
    assert db.scalar(select(func.count()).select_from(CheckIn)) == 1
    assert db.scalar(select(func.count()).select_from(Change)) == 1


def test_an_id_of_somebody_else_is_refused(handset: Handset) -> None:
    key = uuid7(at("08:40"))
    handset.sign_in(handset.captured(at("08:40"), key=key))
    other = Handset(handset.db, handset.city, "510185001001002")
    with pytest.raises(IdReused):
        other.sign_in(other.captured(at("08:40"), key=key))


def test_a_sign_in_leaves_a_trace_a_change_and_a_stale_day(handset: Handset, db: Session) -> None:
    recorded = handset.sign_in(handset.captured(at("08:40")))
    db.flush()
    event = db.scalars(select(OutboxEvent)).one()
    assert (event.name, event.account_id) == ("check_in.recorded", handset.account_id)
    assert (event.subject_id, event.unit_code) == (str(recorded.id), "510185001001")
    change = db.scalars(select(Change)).one()
    assert (change.worker_id, change.kind) == (handset.worker_id, "check_in")
    assert change.body is not None
    assert (change.body["verdict"], change.body["counts"]) == ("valid", True)
    stale = db.scalars(select(StaleDay)).one()
    assert (stale.worker_id, stale.day) == (handset.worker_id, WEDNESDAY)


@pytest.mark.parametrize("act", ["update check_in set verdict = 'valid'", "delete from check_in"])
def test_a_sign_in_is_never_edited(handset: Handset, db: Session, act: str) -> None:
    handset.sign_in(handset.captured(at("09:01")))
    with pytest.raises(ProgrammingError, match="append-only"):
        db.execute(text(act))
