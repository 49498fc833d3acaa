"""Why a record counts or does not, in the words of people."""

from app.days.records import Said
from app.rules.attendance import Verdict
from app.rules.fixes import Disposition

CHECK_IN_REASONS: dict[Verdict, tuple[str, str]] = {
    Verdict.VALID: ("有效签到，计入本时段", "Valid: it fills its window"),
    Verdict.DUPLICATE: ("本时段已有有效签到", "The window already had a valid sign-in"),
    Verdict.EARLY: ("早于签到时段", "Before the window opened"),
    Verdict.LATE: ("晚于签到时段", "After the window closed"),
    Verdict.OFF_SITE: ("不在站点签到半径内", "Too far from the station"),
    Verdict.IMPRECISE: ("定位精度不足", "The position was not precise enough"),
    Verdict.MOCKED: ("使用了模拟位置", "The position came from a mocked provider"),
    Verdict.NEEDS_REVIEW: (
        "签到时间未经证明，待站点复核",
        "Its time is not proven: the station decides",
    ),
    Verdict.NO_DUTY: ("非工作日", "Not a duty date"),
}

DISPOSITION_REASONS: dict[Disposition, tuple[str, str]] = {
    Disposition.USED: ("可用", "Usable"),
    Disposition.MOCKED: ("模拟位置，未采用", "Mocked: set aside"),
    Disposition.IMPRECISE: ("定位精度不足，未采用", "Not precise enough: set aside"),
    Disposition.SUPERSEDED: ("同一时刻有更精确的定位", "A more accurate fix has the same time"),
    Disposition.TELEPORT: ("移动速度不可能，未采用", "Impossibly fast: set aside"),
}

APPOINTMENT_COUNTS = (
    "计入错时服务",
    "Counted time in it is off-peak as far as the half has its two hours",
)
APPOINTMENT_EMPTY = ("该时间内没有网格内时间", "No counted time in the grid lies within it")
APPOINTMENT_LATE = ("定稿后收到，未计入", "Received after the final instant: it does not count")


def said(code: str, words: tuple[str, str]) -> Said:
    """A reason with its code."""
    return Said(code=code, zh=words[0], en=words[1])
