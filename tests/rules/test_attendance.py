"""ATT-1 to ATT-4: the verdict of one sign-in (三(一)1 “3”)."""

from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.attendance import CheckIn, Post, Verdict, judge_check_in
from app.rules.parameters import Values
from app.rules.trusted_time import Captured
from tests.rules.facts import ON_DUTY, STATION, WEDNESDAY, at, check_in

DEFAULTS = Values.defaults()
EARLY, VALID, LATE = Verdict.EARLY, Verdict.VALID, Verdict.LATE


@pytest.mark.parametrize(
    ("clock", "verdict", "window"),
    [
        ("00:00:00", EARLY, 1),
        ("08:29:59", EARLY, 1),
        ("08:29:59.900", EARLY, 1),
        ("08:30:00", VALID, 1),
        ("09:00:00", VALID, 1),
        ("09:00:00.900", VALID, 1),
        ("09:00:01", LATE, 1),
        ("11:45:00", LATE, 1),
        ("11:45:00.999", LATE, 1),
        ("11:45:01", EARLY, 2),
        ("14:29:59", EARLY, 2),
        ("14:30:00", VALID, 2),
        ("15:00:00", VALID, 2),
        ("15:00:01", LATE, 2),
        ("15:55:00", LATE, 2),
        ("15:55:01", EARLY, 3),
        ("16:49:59", EARLY, 3),
        ("16:50:00", VALID, 3),
        ("17:00:00", VALID, 3),
        ("17:00:01", LATE, 3),
        ("23:59:59", LATE, 3),
    ],
)
def test_att_1_and_3_windows(clock: str, verdict: Verdict, window: int) -> None:
    found = judge_check_in(check_in(clock), ON_DUTY, DEFAULTS)
    assert (found.verdict, found.window) == (verdict, window)
    assert (found.rule, found.clause) == ("ATT-1", "三(一)1 “3”")


@pytest.mark.parametrize(
    ("distance_m", "verdict"), [(0, VALID), (199.9, VALID), (200.1, Verdict.OFF_SITE)]
)
def test_att_2_radius(distance_m: float, verdict: Verdict) -> None:
    found = judge_check_in(check_in(distance_m=distance_m), ON_DUTY, DEFAULTS)
    assert found.verdict is verdict
    assert found.distance_m == pytest.approx(distance_m, abs=0.05)


@pytest.mark.parametrize(
    ("accuracy_m", "verdict"),
    [
        (100.0, VALID),
        (100.1, Verdict.IMPRECISE),
        (None, Verdict.IMPRECISE),
        (float("nan"), Verdict.IMPRECISE),
    ],
)
def test_att_2_accuracy(accuracy_m: float | None, verdict: Verdict) -> None:
    assert judge_check_in(check_in(accuracy_m=accuracy_m), ON_DUTY, DEFAULTS).verdict is verdict


def test_att_2_the_city_can_narrow_the_radius() -> None:
    narrowed = Values((("station_radius_m", 50.0),))
    assert judge_check_in(check_in(distance_m=60), ON_DUTY, DEFAULTS).verdict is VALID
    assert judge_check_in(check_in(distance_m=60), ON_DUTY, narrowed).verdict is Verdict.OFF_SITE


def test_att_2_without_a_station_a_person_looks() -> None:
    found = judge_check_in(check_in(), Post(None, on_duty=True), DEFAULTS)
    assert (found.verdict, found.because["reason"]) == (Verdict.NEEDS_REVIEW, "no_station")
    assert found.distance_m is None


def test_att_3_order_of_verdicts() -> None:
    """Everything is wrong at once; each thing put right uncovers the next verdict."""
    off_duty = replace(ON_DUTY, on_duty=False, filled=(1,))
    sign_in = check_in(
        "09:30:00", distance_m=900, accuracy_m=500, mocked=True, arrives_after=timedelta(hours=73)
    )
    uncovered = [judge_check_in(sign_in, off_duty, DEFAULTS)]
    for repair in (
        {"mocked": False},
        {"accuracy_m": 12.0},
        {"position": STATION},
        {"received_at": sign_in.captured.at},
    ):
        sign_in = replace(sign_in, **repair)
        uncovered.append(judge_check_in(sign_in, off_duty, DEFAULTS))
    on_duty = replace(off_duty, on_duty=True)
    uncovered.append(judge_check_in(sign_in, on_duty, DEFAULTS))
    uncovered.append(judge_check_in(check_in(), on_duty, DEFAULTS))
    uncovered.append(judge_check_in(check_in(), ON_DUTY, DEFAULTS))
    assert [found.verdict.value for found in uncovered] == [
        "mocked", "imprecise", "off_site", "needs_review", "no_duty", "late", "duplicate", "valid",
    ]  # fmt: skip
    assert [found.rule for found in uncovered] == [
        "ATT-2", "ATT-2", "ATT-2", "ATT-4", "ATT-6", "ATT-1", "ATT-3", "ATT-1",
    ]  # fmt: skip


def test_att_3_only_a_filled_window_makes_a_duplicate() -> None:
    filled = replace(ON_DUTY, filled=(1,))
    assert judge_check_in(check_in("08:45:00"), filled, DEFAULTS).verdict is Verdict.DUPLICATE
    assert judge_check_in(check_in("14:45:00"), filled, DEFAULTS).verdict is VALID
    assert judge_check_in(check_in("09:00:01"), filled, DEFAULTS).verdict is LATE


@pytest.mark.parametrize("mocked", [True, False])
def test_att_6_a_date_without_duty_has_no_window(mocked: bool) -> None:
    found = judge_check_in(check_in(mocked=mocked), replace(ON_DUTY, on_duty=False), DEFAULTS)
    assert found.window is None
    assert found.because["window"] is None


def test_att_4_the_civil_date_is_that_of_shanghai() -> None:
    """00:40 UTC is 08:40 there."""
    sign_in = check_in()
    in_utc = replace(
        sign_in, captured=replace(sign_in.captured, at=sign_in.captured.at.astimezone(UTC))
    )
    assert judge_check_in(in_utc, ON_DUTY, DEFAULTS).verdict is VALID


def test_9_before_the_regulation_there_is_nothing_to_judge_by() -> None:
    before, first = date(2017, 8, 31), date(2017, 9, 1)
    assert judge_check_in(check_in(day=first), ON_DUTY, DEFAULTS).verdict is VALID
    with pytest.raises(LookupError):
        judge_check_in(check_in(day=before), ON_DUTY, DEFAULTS)


def test_because_names_the_values_used() -> None:
    because = judge_check_in(check_in(), ON_DUTY, Values((("station_radius_m", 150.0),))).because
    assert because["thresholds"] == {
        "station_radius_m": 150.0,
        "max_accuracy_m": 100.0,
        "late_sync_hours": 72.0,
        "max_clock_skew_s": 60.0,
        "late_unproven_s": 300.0,
    }
    assert because["judged_at"] == "2026-03-18T08:40:00+08:00"


def arriving(seconds: int, *, proven: bool, offset_s: float) -> CheckIn:
    moment = at("08:40:00", WEDNESDAY)
    return replace(
        check_in(),
        captured=Captured(moment, proven, offset_s),
        received_at=moment + timedelta(seconds=seconds),
    )


@given(st.integers(0, 400_000), st.integers(0, 400_000), st.booleans(), st.floats(-120.0, 120.0))
def test_att_4_arriving_later_never_turns_a_review_into_a_valid_sign_in(
    a: int, b: int, proven: bool, offset_s: float
) -> None:
    sooner, later = (
        judge_check_in(arriving(seconds, proven=proven, offset_s=offset_s), ON_DUTY, DEFAULTS)
        for seconds in sorted((a, b))
    )
    assert sooner.verdict in {VALID, Verdict.NEEDS_REVIEW}
    assert not (sooner.verdict is Verdict.NEEDS_REVIEW and later.verdict is VALID)


@given(st.floats(0.0, 1000.0), st.floats(0.0, 1000.0))
def test_att_2_coming_nearer_never_harms(a: float, b: float) -> None:
    nearer, farther = (
        judge_check_in(check_in(distance_m=metres), ON_DUTY, DEFAULTS).verdict
        for metres in sorted((a, b))
    )
    assert not (nearer is Verdict.OFF_SITE and farther is VALID)
