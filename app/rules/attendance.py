"""Part ATT: three sign-ins a day at the community (三(一)1 “3”, 三(二)2)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.civil import CIVIL_TIME, civil_day
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.duty import ATT_6
from app.rules.finding import Finding
from app.rules.geodesy import Position, distance_m
from app.rules.parameters import Label, Parameter, Values, number
from app.rules.trusted_time import (
    ATT_4,
    LATE_SYNC_HOURS,
    LATE_UNPROVEN_S,
    MAX_CLOCK_SKEW_S,
    Captured,
    needs_review,
)

ATT_1 = Cite("ATT-1", "三(一)1 “3”")
ATT_2 = Cite("ATT-2", "三(一)1 “3”")
ATT_3 = Cite("ATT-3", "三(一)1 “3”", reading=True)

STATION_RADIUS_M = number(
    "station_radius_m", 200, "m", "ATT-2", (20, 2000), Label("签到半径", "Sign-in radius")
)
MAX_ACCURACY_M = number(
    "max_accuracy_m", 100, "m", "ATT-2", (5, 1000), Label("定位精度上限", "Accuracy limit")
)


@dataclass(frozen=True)
class Window:
    """Both ends belong to it."""

    number: int
    opens: time
    closes: time


WINDOWS = Dated(
    Since(
        IN_FORCE,
        (
            Window(1, time(8, 30), time(9, 0)),
            Window(2, time(14, 30), time(15, 0)),
            Window(3, time(16, 50), time(17, 0)),
        ),
        ATT_1,
    ),
)


class Verdict(StrEnum):
    VALID = "valid"
    DUPLICATE = "duplicate"
    EARLY = "early"
    LATE = "late"
    OFF_SITE = "off_site"
    IMPRECISE = "imprecise"
    MOCKED = "mocked"
    NEEDS_REVIEW = "needs_review"
    NO_DUTY = "no_duty"


@dataclass(frozen=True)
class CheckIn:
    """A sign-in as it arrived; without an accuracy it counts as imprecise."""

    captured: Captured
    received_at: datetime
    position: Position
    accuracy_m: float | None
    mocked: bool = False


@dataclass(frozen=True)
class Post:
    """Where the worker owes the sign-in; `filled` are the windows that have a valid one."""

    station: Position | None
    on_duty: bool
    filled: Collection[int] = ()


@dataclass(frozen=True, kw_only=True)
class CheckInFinding(Finding[Verdict]):
    window: int | None
    distance_m: float | None


@cites(ATT_1, ATT_3)
def nearest_window(day: date, clock_time: time) -> tuple[Window, Verdict]:
    """The window a time belongs to: within it, or late for the one closed or early for the next.

    Clocks are read to the whole second; between two windows the nearer one, and a tie is late.
    """
    windows = WINDOWS.on(day)
    moment = _second_of(clock_time)
    nearest, off = windows[0], Verdict.EARLY
    least = float("inf")
    for window in windows:
        opens, closes = _second_of(window.opens), _second_of(window.closes)
        if opens <= moment <= closes:
            return window, Verdict.VALID
        off_by = moment - closes if moment > closes else opens - moment
        if off_by < least:
            nearest, least = window, off_by
            off = Verdict.LATE if moment > closes else Verdict.EARLY
    return nearest, off


def _second_of(clock_time: time) -> int:
    return clock_time.hour * 3600 + clock_time.minute * 60 + clock_time.second


@cites(ATT_2)
def judge_place(
    check_in: CheckIn, distance: float | None, values: Values
) -> tuple[Verdict, str | None] | None:
    """What is wrong with the position, and why; None if the worker was at the station.

    Where no station is known there is nothing to measure from: a person must look.
    """
    if check_in.mocked:
        return Verdict.MOCKED, None
    if check_in.accuracy_m is None or not check_in.accuracy_m <= values[MAX_ACCURACY_M]:
        return Verdict.IMPRECISE, None
    if distance is None:
        return Verdict.NEEDS_REVIEW, "no_station"
    if not distance <= values[STATION_RADIUS_M]:
        return Verdict.OFF_SITE, None
    return None


@cites(ATT_1, ATT_2, ATT_3, ATT_4, ATT_6)
def judge_check_in(check_in: CheckIn, post: Post, values: Values) -> CheckInFinding:
    """The first verdict that applies, in the order of ATT-3; only `valid` fills a window."""
    judged_at = check_in.captured.at.astimezone(CIVIL_TIME)
    window, in_time = _window_of(judged_at, post)
    distance = distance_m(post.station, check_in.position) if post.station else None
    verdict, cite, reason = _first_verdict(check_in, post, distance, values)
    if verdict is Verdict.VALID and window:
        verdict = in_time
        if in_time is Verdict.VALID and window.number in post.filled:
            verdict, cite = Verdict.DUPLICATE, ATT_3
    because = {
        "window": window.number if window else None,
        "distance_m": None if distance is None else round(distance, 1),
        "accuracy_m": check_in.accuracy_m,
        "judged_at": judged_at.isoformat(),
        "arrived_after_s": (check_in.received_at - judged_at).total_seconds(),
        "proven": check_in.captured.proven,
        "offset_s": check_in.captured.offset_s,
        "thresholds": {used.name: values[used] for used in THRESHOLDS},
    }
    if reason:
        because["reason"] = reason
    return CheckInFinding(
        verdict=verdict,
        cite=cite,
        because=because,
        window=window.number if window else None,
        distance_m=distance,
    )


@cites(ATT_3, ATT_4)
def judge_accepted(check_in: CheckIn, post: Post, values: Values) -> CheckInFinding:
    """Once more for a sign-in that the station accepts, from ATT-4 on.

    The station vouches for what could not be shown: the time, and the place where no station is
    known. Everything else is judged as ever, so what is accepted may still be early or late.
    """
    vouched = replace(
        check_in,
        captured=replace(check_in.captured, proven=True),
        received_at=check_in.captured.at,
    )
    return judge_check_in(vouched, replace(post, station=post.station or check_in.position), values)


THRESHOLDS: tuple[Parameter[float], ...] = (
    STATION_RADIUS_M,
    MAX_ACCURACY_M,
    LATE_SYNC_HOURS,
    MAX_CLOCK_SKEW_S,
    LATE_UNPROVEN_S,
)


def _window_of(judged_at: datetime, post: Post) -> tuple[Window | None, Verdict]:
    """A date without duty has no windows."""
    if not post.on_duty:
        return None, Verdict.NO_DUTY
    return nearest_window(civil_day(judged_at), judged_at.timetz())


def _first_verdict(
    check_in: CheckIn, post: Post, distance: float | None, values: Values
) -> tuple[Verdict, Cite, str | None]:
    """The verdicts that come before the time of day: place, proof of time, duty."""
    misplaced = judge_place(check_in, distance, values)
    if misplaced:
        return misplaced[0], ATT_2, misplaced[1]
    doubt = needs_review(check_in.captured, check_in.received_at, values)
    if doubt:
        return Verdict.NEEDS_REVIEW, ATT_4, doubt
    if not post.on_duty:
        return Verdict.NO_DUTY, ATT_6, None
    return Verdict.VALID, ATT_1, None
