"""Why a record counts or does not, in the words of people."""

from app.days.records import Said
from app.db.models import CheckIn, CheckInReview
from app.rules.attendance import ATT_1, ATT_2, ATT_3, Verdict
from app.rules.cite import Cite
from app.rules.duty import ATT_6
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
DOUBTS: dict[str, tuple[str, str]] = {
    "late_upload": ("上传过晚，待站点复核", "It arrived too late: the station decides"),
    "clock_skew": ("手机时钟偏差过大，待站点复核", "The clock was wrong: the station decides"),
    "no_station": ("当日站点位置不明，待站点复核", "No station is known: the station decides"),
}
"""What else than an unproven time a sign-in can need a review for (ATT-2, ATT-4)."""

REFUSED = ("站点复核不予认定", "The station did not accept it")
BY_REVIEW: dict[Verdict, Cite] = {
    Verdict.VALID: ATT_1,
    Verdict.EARLY: ATT_1,
    Verdict.LATE: ATT_1,
    Verdict.DUPLICATE: ATT_3,
    Verdict.NO_DUTY: ATT_6,
}
"""The rule of a second verdict; a position that no longer passes is ATT-2."""

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


def why(check_in: CheckIn, review: CheckInReview | None) -> Said:
    """Why a sign-in counts or not, as things stand."""
    if review is not None:
        if not review.accepted:
            return said("refused", REFUSED)
        return said(review.verdict.value, CHECK_IN_REASONS[review.verdict])
    doubt = DOUBTS.get(str(check_in.because.get("reason")))
    return said(check_in.verdict.value, doubt or CHECK_IN_REASONS[check_in.verdict])


def cited(check_in: CheckIn, review: CheckInReview | None) -> tuple[str, str]:
    """Rule and clause of a sign-in's verdict, as things stand."""
    if review is not None and review.accepted:
        cite = BY_REVIEW.get(review.verdict, ATT_2)
        return cite.rule, cite.clause
    return str(check_in.because["rule"]), str(check_in.because["clause"])


def said(code: str, words: tuple[str, str]) -> Said:
    """A reason with its code."""
    return Said(code=code, zh=words[0], en=words[1])
