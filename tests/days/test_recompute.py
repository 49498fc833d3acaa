"""Worker-days from facts on record: ATT-5, FLD-1 to FLD-5, ORG-2, ORG-4, ORG-6."""

from datetime import date, timedelta

import pytest
from shapely import MultiPolygon, box
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.days.commands import recompute
from app.days.evidence import day_of, evidence
from app.db.models import (
    Assignment,
    BoardVersion,
    Boundary,
    Change,
    Correction,
    ParameterValue,
    Posting,
    StaleDay,
    TrackBatch,
    WorkerDay,
)
from app.rules.attendance import Verdict
from app.rules.duty import Employment, Half
from app.rules.field_time import FieldVerdict
from app.rules.procedures import RequestState
from app.rules.version import RULES_VERSION
from app.rules.windows import WindowState
from tests.city import HEIGHT, SOUTH, WEST, WIDTH, City
from tests.days.facts import (
    COMMUNITY,
    DAY,
    EVENING,
    LATER,
    NEXT_NOON,
    at,
    columns,
    decided,
    middle,
    store_appointment,
    store_batch,
    store_check_in,
    store_correction,
    store_leave,
    store_walk,
    worker_of,
)

FULL_DAY = [("08:30", "11:00"), ("14:30", "16:45"), ("18:00", "20:00")]
"""2.5 h, 2.25 h and 2 h."""


def judged(db: Session, city: City, now: object = LATER) -> WorkerDay:
    db.flush()
    row = recompute(db, worker_of(city), DAY, now)  # type: ignore[arg-type]
    assert row is not None
    return row


def test_fld_1_a_full_day_is_met(db: Session, city: City) -> None:
    store_walk(db, worker_of(city), FULL_DAY)
    row = judged(db, city)
    assert row.field_verdict is FieldVerdict.MET
    assert (row.morning_s, row.afternoon_s, row.off_peak_s) == (9000, 8100, 7200)
    assert row.total_s == 24_300
    assert row.because["clause"] == "三(一)1 “6”"
    assert row.because["batches"] == 3
    assert row.because["grids"] == {
        "510185001001001": db.scalar(
            select(Boundary.id).where(Boundary.unit_code == "510185001001001")
        )
    }
    assert row.rules_version == RULES_VERSION


def test_fld_1_a_day_without_any_record_is_short_and_missed(db: Session, city: City) -> None:
    row = judged(db, city)
    assert row.field_verdict is FieldVerdict.SHORT
    assert row.short == {"total": 21600, "morning": 7200, "afternoon": 7200, "off_peak": 7200}
    day = day_of(db, worker_of(city), DAY, LATER)
    assert [window.state for window in day.windows] == [WindowState.MISSED] * 3
    assert {window.clause for window in day.windows} == {"三(二)2"}


def test_fld_2_time_in_another_grid_does_not_count(db: Session, city: City) -> None:
    store_walk(db, worker_of(city), FULL_DAY, column=4)
    assert judged(db, city).total_s == 0


def test_fld_2_two_devices_never_count_a_second_twice(db: Session, city: City) -> None:
    store_walk(db, worker_of(city), [("09:00", "10:00")])
    store_walk(db, worker_of(city), [("09:30", "10:30")])
    assert judged(db, city).total_s == 5400


def test_org_2_several_grids_are_one_area(db: Session, city: City) -> None:
    worker = worker_of(city)
    mine = db.scalar(select(Assignment).where(Assignment.worker_id == worker))
    assert mine is not None
    db.add(
        Assignment(
            id=mine.worker_id,
            worker_id=worker,
            level=1,
            grid_code="510185001002001",
            first_responsible=False,
            valid=Range(DAY, DAY + timedelta(days=1)),
        )
    )
    store_walk(db, worker, [("09:00", "10:00")], column=0)
    store_walk(db, worker, [("10:00", "11:00")], column=3)
    assert judged(db, city).total_s == 7200


def test_org_6_a_past_day_keeps_the_boundary_of_that_day(db: Session, city: City) -> None:
    worker = worker_of(city)
    store_walk(db, worker, [("09:00", "10:00")])
    store_batch(
        db,
        worker,
        columns(
            at("09:00", DAY + timedelta(days=1)), at("10:00", DAY + timedelta(days=1)), middle(0)
        ),
    )
    old = db.scalar(select(Boundary).where(Boundary.unit_code == "510185001001001"))
    assert old is not None
    old.valid = Range(date(2026, 1, 1), DAY + timedelta(days=1))
    db.flush()
    west = WEST - 5 * WIDTH
    moved = MultiPolygon([box(west, SOUTH, west + WIDTH, SOUTH + HEIGHT)])
    valid = Range(DAY + timedelta(days=1), None)
    db.add(Boundary(unit_code="510185001001001", area=moved, valid=valid, source="test"))
    assert judged(db, city).total_s == 3600
    next_day = recompute(db, worker, DAY + timedelta(days=1), LATER + timedelta(days=2))
    assert next_day is not None
    assert next_day.total_s == 0


def test_part_0_a_past_day_keeps_its_values(db: Session, city: City) -> None:
    by = decided(db, RequestState.APPROVED)["decided_by"]
    for effective_from, value in ((DAY, 30), (DAY + timedelta(days=1), 400)):
        db.add(
            ParameterValue(
                name="max_gap_s",
                value=value,
                effective_from=effective_from,
                reason="test",
                decided_by=by,
                decided_at=at("07:00"),
            )
        )
    store_walk(db, worker_of(city), [("09:00", "10:00")])
    row = judged(db, city)
    assert row.total_s == 0, "fixes a minute apart are too far apart when 30 s is the limit"
    assert row.because["thresholds"]["max_gap_s"] == 30
    named = {found.name: found for found in evidence(db, worker_of(city), DAY, LATER).parameters}
    assert named["max_gap_s"].since == DAY
    assert named["edge_tolerance_m"].since is None


def test_att_5_windows_by_what_is_on_record(db: Session, city: City) -> None:
    worker = worker_of(city)
    first = store_check_in(db, worker, 1)
    made_good = store_correction(db, worker, 2)
    store_check_in(db, worker, 3, Verdict.OFF_SITE)
    row = judged(db, city)
    assert (row.windows_filled, row.windows_excused) == (2, 0)
    windows = day_of(db, worker, DAY, LATER).windows
    assert [window.state for window in windows] == [
        WindowState.FILLED,
        WindowState.MADE_GOOD,
        WindowState.MISSED,
    ]
    assert [window.record_id for window in windows] == [first.id, made_good.id, None]
    assert [window.filled_by for window in windows] == ["check_in", "correction", None]


@pytest.mark.parametrize("state", [RequestState.WAITING, RequestState.REFUSED])
def test_att_5_a_request_that_is_not_approved_changes_nothing(
    db: Session, city: City, state: RequestState
) -> None:
    store_correction(db, worker_of(city), 2, state)
    store_leave(db, worker_of(city), Half.MORNING, Half.AFTERNOON, state)
    row = judged(db, city)
    assert (row.windows_filled, row.windows_excused) == (0, 0)
    assert row.field_verdict is FieldVerdict.SHORT


@pytest.mark.parametrize(
    ("clock", "states"),
    [
        ("08:29:59", ["upcoming", "upcoming", "upcoming"]),
        ("08:30:00", ["open", "upcoming", "upcoming"]),
        ("09:00:00", ["open", "upcoming", "upcoming"]),
        ("09:00:01", ["missed", "upcoming", "upcoming"]),
        ("16:59:00", ["missed", "missed", "open"]),
        ("17:00:01", ["missed", "missed", "missed"]),
    ],
)
def test_att_1_windows_by_the_clock(db: Session, city: City, clock: str, states: list[str]) -> None:
    judged(db, city, at("06:00"))
    windows = day_of(db, worker_of(city), DAY, at(clock)).windows
    assert [window.state for window in windows] == states


def test_att_5_leave_of_a_half(db: Session, city: City) -> None:
    store_leave(db, worker_of(city), Half.MORNING, Half.MORNING)
    store_walk(db, worker_of(city), [("14:30", "16:45"), ("18:00", "20:00")])
    row = judged(db, city)
    assert row.windows_excused == 1
    assert row.field_verdict is FieldVerdict.MET
    states = [window.state for window in day_of(db, worker_of(city), DAY, LATER).windows]
    assert states == [WindowState.EXCUSED, WindowState.MISSED, WindowState.MISSED]


def test_att_5_leave_of_the_whole_date(db: Session, city: City) -> None:
    store_leave(db, worker_of(city), Half.MORNING, Half.AFTERNOON)
    row = judged(db, city)
    assert row.windows_excused == 3
    assert row.field_verdict is FieldVerdict.EXCUSED


def test_att_6_nothing_is_owed_on_a_sunday(db: Session, city: City) -> None:
    sunday = date(2026, 3, 22)
    row = recompute(db, worker_of(city), sunday, LATER + timedelta(days=7))
    assert row is not None
    assert (row.on_duty, row.field_verdict) == (False, FieldVerdict.NOT_OWED)


def test_org_4_of_a_part_time_worker_records_count_but_nothing_is_owed(
    db: Session, city: City
) -> None:
    worker = worker_of(city)
    db.execute(
        update(Posting)
        .where(Posting.worker_id == worker)
        .values(employment=Employment.RURAL_PART_TIME)
    )
    store_check_in(db, worker, 1)
    store_walk(db, worker, [("09:00", "10:00")])
    row = judged(db, city)
    assert (row.bound, row.field_verdict, row.total_s) == (False, FieldVerdict.NOT_OWED, 3600)
    day = day_of(db, worker, DAY, LATER)
    assert [window.state for window in day.windows] == [
        WindowState.FILLED,
        WindowState.NOT_OWED,
        WindowState.NOT_OWED,
    ]
    assert (day.windows[1].rule, day.field_time.rule) == ("ORG-4", "ORG-4")


def test_without_a_post_there_is_no_row_and_an_old_one_goes(db: Session, city: City) -> None:
    assert recompute(db, worker_of(city), date(2025, 12, 31), LATER) is None
    judged(db, city)
    spans = Posting.worker_id == worker_of(city)
    db.execute(update(Posting).where(spans).values(valid=Range(date(2026, 1, 1), DAY)))
    assert recompute(db, worker_of(city), DAY, LATER) is None
    db.flush()
    assert db.scalar(select(func.count()).select_from(WorkerDay)) == 0


def test_fld_3_appointments_are_off_peak_beyond_the_two_hours(db: Session, city: City) -> None:
    store_walk(db, worker_of(city), [("08:30", "11:00")])
    store_appointment(db, worker_of(city), "10:00", "11:00")
    row = judged(db, city)
    assert (row.morning_s, row.off_peak_s) == (7200, 1800)


def test_fld_4_at_the_final_instant_itself_an_upload_counts(db: Session, city: City) -> None:
    store_walk(db, worker_of(city), [("09:00", "10:00")], received_at=NEXT_NOON)
    assert judged(db, city).total_s == 3600
    assert db.scalar(select(func.count()).select_from(Correction)) == 0


def test_fld_4_a_later_upload_asks_for_a_correction_and_counts_once_approved(
    db: Session, city: City
) -> None:
    worker = worker_of(city)
    store_walk(db, worker, [("09:00", "10:00")])
    assert judged(db, city).total_s == 3600
    late = NEXT_NOON + timedelta(seconds=1)
    store_walk(db, worker, [("14:30", "16:30")], received_at=late)
    row = judged(db, city, late)
    assert (row.total_s, row.because["late_batches"]) == (3600, 1)
    correction = db.scalars(select(Correction)).one()
    assert correction.figures is not None
    assert correction.figures["stands"]["counted_s"]["total"] == 3600
    assert correction.figures["proposed"]["counted_s"]["total"] == 10_800
    judged(db, city, LATER)
    assert len(db.scalars(select(Correction)).all()) == 1, "the same figures ask only once"
    correction.state = RequestState.APPROVED
    correction.decided_at = LATER
    correction.decided_by = decided(db, RequestState.APPROVED)["decided_by"]
    assert judged(db, city).total_s == 10_800


def test_fld_4_a_late_upload_that_changes_nothing_asks_for_nothing(db: Session, city: City) -> None:
    store_walk(db, worker_of(city), [("09:00", "10:00")], column=4, received_at=LATER)
    judged(db, city)
    assert db.scalar(select(func.count()).select_from(Correction)) == 0


def test_fld_5_doubtful_fixes_are_shown(db: Session, city: City) -> None:
    fixes = columns(at("09:00"), at("10:00"), middle(0))
    fixes.mocked[:6] = True
    fixes.accuracy_m[6:10] = 500.0
    store_batch(db, worker_of(city), fixes)
    quality = (judged(db, city).fixes, judged(db, city).fixes_set_aside)
    assert quality == (61, {"mocked": 6, "imprecise": 4, "superseded": 0, "teleports": 0})
    shown = day_of(db, worker_of(city), DAY, LATER).data_quality
    assert shown.doubtful_share == round(10 / 61, 4)


def version(db: Session, unit: str) -> int:
    found = db.scalar(
        select(BoardVersion.version).where(BoardVersion.unit_code == unit, BoardVersion.day == DAY)
    )
    return found or 0


def test_boards_and_handsets_are_told_only_of_what_changed(db: Session, city: City) -> None:
    judged(db, city)
    judged(db, city)
    units = (COMMUNITY, COMMUNITY[:9], COMMUNITY[:6])
    assert [version(db, unit) for unit in units] == [1, 1, 1]
    assert db.scalar(select(func.count()).where(Change.kind == "day")) == 1
    store_check_in(db, worker_of(city), 1)
    judged(db, city)
    assert [version(db, unit) for unit in units] == [2, 2, 2]
    assert version(db, "510185001002") == 0


def test_marks_are_removed_by_a_recompute(db: Session, city: City) -> None:
    store_check_in(db, worker_of(city), 1)
    db.flush()
    assert db.scalar(select(func.count()).select_from(StaleDay)) == 1
    judged(db, city)
    assert db.scalar(select(func.count()).select_from(StaleDay)) == 0


def test_evidence_names_every_record_and_why_it_does_not_count(db: Session, city: City) -> None:
    worker = worker_of(city)
    store_check_in(db, worker, 1)
    store_check_in(db, worker, 2, Verdict.MOCKED)
    store_walk(db, worker, [("09:00", "10:00")])
    store_walk(db, worker, [("15:00", "15:30")], received_at=LATER)
    store_appointment(db, worker, "09:30", "09:45")
    store_appointment(db, worker, "19:00", "19:30")
    store_leave(db, worker, Half.AFTERNOON, Half.AFTERNOON, RequestState.REFUSED)
    db.flush()
    found = evidence(db, worker, DAY, LATER)
    assert [(each.counts, each.why.code) for each in found.check_ins] == [
        (True, "valid"),
        (False, "mocked"),
    ]
    assert [(batch.late, batch.fixes) for batch in found.batches] == [(False, 61), (True, 31)]
    assert [(each.counts, each.counted_s) for each in found.appointments] == [
        (True, 900),
        (False, 0),
    ]
    assert [(leave.counts, leave.halves) for leave in found.leaves] == [(False, [Half.AFTERNOON])]
    assert [interval.seconds for interval in found.intervals] == [3600]
    assert found.calendar.by == "national_calendar"
    assert [boundary.grid_code for boundary in found.boundaries] == ["510185001001001"]
    assert [each.kind for each in found.corrections] == ["field_time"]
    assert EVENING < found.counts_until == NEXT_NOON


def test_a_date_keeps_its_figures_when_its_tracks_are_thinned_or_gone(
    db: Session, city: City
) -> None:
    worker = worker_of(city)
    store_walk(db, worker, FULL_DAY)
    assert judged(db, city).field_verdict is FieldVerdict.MET
    db.execute(delete(TrackBatch))
    store_check_in(db, worker, 1)
    row = judged(db, city, LATER + timedelta(days=181))
    assert (row.field_verdict, row.total_s, row.windows_filled) == (FieldVerdict.MET, 24_300, 1)
    assert judged(db, city, LATER + timedelta(days=170)).total_s == 0
