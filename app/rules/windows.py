"""ATT-5: what became of each window of a date (三(二)2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.rules.attendance import ATT_1, WINDOWS, Window
from app.rules.cite import Cite, cites
from app.rules.civil import instant_of
from app.rules.duty import ATT_6, Half
from app.rules.finding import Finding
from app.rules.parameters import Label, Values, number

ATT_5 = Cite("ATT-5", "三(二)2")

CORRECTION_DAYS = number(
    "correction_days",
    5,
    "d",
    "ATT-5",
    (0, 31),
    Label("补签申请期限", "Days to ask for a correction"),
)


class WindowState(StrEnum):
    FILLED = "filled"
    MADE_GOOD = "made_good"
    EXCUSED = "excused"
    MISSED = "missed"
    OPEN = "open"
    UPCOMING = "upcoming"
    NOT_OWED = "not_owed"


@dataclass(frozen=True)
class DayRecords:
    """What is on record for a worker's date; the two mappings go from window to record id."""

    on_duty: bool
    valid: Mapping[int, object] = field(default_factory=dict)
    made_good: Mapping[int, object] = field(default_factory=dict)
    leave: frozenset[Half] = frozenset()


@dataclass(frozen=True, kw_only=True)
class WindowFinding(Finding[WindowState]):
    window: Window


def half_of(window: Window) -> Half:
    """Leave of the morning excuses the first window, leave of the afternoon the other two."""
    return Half.MORNING if window.closes.hour < 12 else Half.AFTERNOON


@cites(ATT_5)
def judge_windows(day: date, records: DayRecords, now: datetime) -> tuple[WindowFinding, ...]:
    """Each window in turn; one that ended unfilled is missed unless excused or made good."""
    return tuple(_judge_window(window, day, records, now) for window in WINDOWS.on(day))


def _judge_window(window: Window, day: date, records: DayRecords, now: datetime) -> WindowFinding:
    state, cite, because = _on_record(window, records) or _by_the_clock(window, day, now)
    return WindowFinding(verdict=state, cite=cite, because=because, window=window)


def _on_record(
    window: Window, records: DayRecords
) -> tuple[WindowState, Cite, Mapping[str, object]] | None:
    if not records.on_duty:
        return WindowState.NOT_OWED, ATT_6, {}
    if window.number in records.valid:
        return WindowState.FILLED, ATT_1, {"record": str(records.valid[window.number])}
    if window.number in records.made_good:
        return WindowState.MADE_GOOD, ATT_5, {"record": str(records.made_good[window.number])}
    if half_of(window) in records.leave:
        return WindowState.EXCUSED, ATT_5, {"leave": half_of(window).value}
    return None


def _by_the_clock(
    window: Window, day: date, now: datetime
) -> tuple[WindowState, Cite, Mapping[str, object]]:
    """The closing second itself still belongs to the window."""
    if now < instant_of(day, window.opens):
        return WindowState.UPCOMING, ATT_1, {}
    if now < instant_of(day, window.closes) + timedelta(seconds=1):
        return WindowState.OPEN, ATT_1, {}
    return WindowState.MISSED, ATT_5, {}


@cites(ATT_5)
def may_request_correction(day: date, requested_on: date, values: Values) -> bool:
    """From the date itself to `correction_days` after it."""
    return day <= requested_on <= day + timedelta(days=values[CORRECTION_DAYS])
