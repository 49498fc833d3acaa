"""Boards, summaries, lists."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.api.asked import AskedManner, AskedPlace, AskedRange, Manner
from app.api.deps import BoardsReader, Db
from app.api.etags import not_modified, tagged, unchanged
from app.api.export import FILES, Columns, Listing, as_asked
from app.api.problems import refusals
from app.days import boards, lists, summaries
from app.days.boards import Place
from app.days.schemas import BoardOut, SummaryOut
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day

router = APIRouter(prefix="/v1", tags=["supervision"])

BoardUnit = Annotated[
    str,
    Path(
        pattern="^([0-9]{6}|[0-9]{9}|[0-9]{12})$",
        description="Division code of a city, township or community",
        examples=["510185001001"],
    ),
]
BoardDay = Annotated[Day, Path(description="A date in Asia/Shanghai", examples=["2026-03-18"])]
ListDay = Annotated[Day, Query(alias="date", description="A date in Asia/Shanghai")]
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The board is what the tag in If-None-Match stands for"}
}

DAY_COLUMNS = {
    "day": ("日期", "Date"),
    "community_code": ("社区代码", "Community"),
    "grid_codes": ("网格代码", "Grids"),
    "worker_name": ("网格员", "Worker"),
    "on_duty": ("工作日", "Duty date"),
    "windows.0.state": ("第一次签到", "First sign-in"),
    "windows.1.state": ("第二次签到", "Second sign-in"),
    "windows.2.state": ("第三次签到", "Third sign-in"),
    "field_time.counted.total": ("在格分钟", "Minutes in the grid"),
    "field_time.counted.morning": ("上午分钟", "Morning"),
    "field_time.counted.afternoon": ("下午分钟", "Afternoon"),
    "field_time.counted.off_peak": ("错时分钟", "Off-peak"),
    "field_time.short.total": ("缺少分钟", "Minutes short"),
    "field_time.verdict": ("结论", "Verdict"),
    "field_time.clause": ("条款", "Clause"),
    "data_quality.fixes": ("定位点数", "Fixes"),
    "data_quality.doubtful_share": ("可疑比例", "Doubtful share"),
    "standing": ("状态", "Standing"),
    "stale": ("待重算", "Stale"),
}

SUMMARY_COLUMNS = {
    "code": ("代码", "Code"),
    "name": ("名称", "Name"),
    "posted_days": ("在岗人日", "Posted days"),
    "computed_days": ("已计算人日", "Computed days"),
    "uncomputed_days": ("未计算人日", "Uncomputed days"),
    "stale_days": ("待重算人日", "Stale days"),
    "provisional_days": ("未定稿人日", "Provisional days"),
    "duty_days": ("应出勤人日", "Duty days"),
    "windows_owed": ("应签到", "Windows owed"),
    "windows_filled": ("已签到", "Windows filled"),
    "windows_excused": ("准假", "Windows excused"),
    "windows_missed": ("缺签", "Windows missed"),
    "days_met": ("达标人日", "Days met"),
    "days_short": ("不足人日", "Days short"),
    "days_excused": ("准假人日", "Days excused"),
    "minutes.total": ("在格分钟", "Minutes in the grid"),
    "minutes.morning": ("上午分钟", "Morning"),
    "minutes.afternoon": ("下午分钟", "Afternoon"),
    "minutes.off_peak": ("错时分钟", "Off-peak"),
    "coverage": ("覆盖率", "Coverage"),
}

MISSING_COLUMNS = {
    "window": ("时段", "Window"),
    "opens": ("开始", "Opens"),
    "closes": ("结束", "Closes"),
    "worker_name": ("网格员", "Worker"),
    "phone": ("电话", "Phone"),
    "community_code": ("社区代码", "Community"),
    "grid_codes": ("网格代码", "Grids"),
    "rule": ("规则", "Rule"),
    "clause": ("条款", "Clause"),
}

LATE_COLUMNS = {
    "corrected_at": ("签到时间", "Signed in at"),
    "received_at": ("收到时间", "Received at"),
    "worker_name": ("网格员", "Worker"),
    "community_code": ("社区代码", "Community"),
    "window": ("时段", "Window"),
    "distance_m": ("距站点（米）", "Metres from the station"),
    "accuracy_m": ("精度（米）", "Accuracy in metres"),
    "verdict": ("结论", "Verdict"),
    "why.zh": ("原因", "Reason in Chinese"),
    "why.en": ("原因（英文）", "Reason"),
    "clause": ("条款", "Clause"),
}


@router.get(
    "/boards/{code}/{day}",
    response_model=BoardOut,
    responses=refusals(NotFound, BadCursor) | FILES | NOT_MODIFIED,
)
def board(
    db: Db,
    asker: BoardsReader,
    code: BoardUnit,
    day: BoardDay,
    place: AskedPlace,
    manner: AskedManner,
) -> BoardOut | Response:
    """The workers of a unit on a date: windows, minutes by half, verdicts with their clauses.

    Poll with If-None-Match: an unchanged board is a 304.
    """
    asker.look(code)
    which = (code, day)
    tag = _tag(db, which, place, manner)
    if manner.format_ == "json" and tag and unchanged(manner.request, tag):
        return not_modified(tag)
    unit = boards.unit_out(db, code)
    boards.bring_board_up_to_date(db, unit, day, manner.now)
    # The tag is taken before the rows: what changes between them gets another one.
    tag = _tag(db, which, place, manner)
    shown = boards.board(db, unit, day, manner.now, place)
    if manner.format_ != "json":
        return as_file(shown, DAY_COLUMNS, f"board-{code}-{day}", manner)
    return tagged(manner.request, tag, manner.language, shown)


def _tag(db: Session, which: tuple[str, date], place: Place, manner: Manner) -> str | None:
    code, day = which
    asked = (place.limit, place.cursor, manner.language)
    return boards.tag(db, code, day, manner.now, *asked)


@router.get(
    "/units/{code}/summary",
    response_model=SummaryOut,
    responses=refusals(NotFound, summaries.RangeTooLong) | FILES,
)
def summary(
    db: Db, asker: BoardsReader, code: BoardUnit, asked: AskedRange, manner: AskedManner
) -> SummaryOut | Response:
    """What a unit's worker-days come to over a range, and each of its children's."""
    asker.look(code)
    found = summaries.summary(db, boards.unit_out(db, code), asked, manner.now)
    name = f"summary-{code}-{asked.first}-{asked.last}"
    return as_file(found, SUMMARY_COLUMNS, name, manner)


@router.get(
    "/units/{code}/missing",
    response_model=lists.MissingPage,
    responses=refusals(NotFound, BadCursor) | FILES,
)
def missing(
    db: Db,
    asker: BoardsReader,
    code: BoardUnit,
    day: ListDay,
    place: AskedPlace,
    manner: AskedManner,
) -> lists.MissingPage | Response:
    """Sign-in windows of a date that ended unfilled and without excuse (ATT-5)."""
    asker.look(code)
    boards.bring_board_up_to_date(db, boards.unit_out(db, code), day, manner.now)
    found = lists.missing(db, code, day, manner.now, place)
    return as_file(found, MISSING_COLUMNS, f"missing-{code}-{day}", manner)


@router.get(
    "/units/{code}/late",
    response_model=lists.LatePage,
    responses=refusals(NotFound, BadCursor) | FILES,
)
def late(
    db: Db,
    asker: BoardsReader,
    code: BoardUnit,
    day: ListDay,
    place: AskedPlace,
    manner: AskedManner,
) -> lists.LatePage | Response:
    """Sign-ins of a date that fill no window: early, late, off site and the rest (ATT-3)."""
    asker.look(code)
    boards.unit_out(db, code)
    found = lists.late(db, code, day, place)
    return as_file(found, LATE_COLUMNS, f"late-{code}-{day}", manner)


def as_file(page: Listing, columns: Columns, name: str, manner: Manner) -> Listing | Response:
    """The page, or the file that was asked for."""
    return as_asked(page, columns, manner.format_, name, manner.language)
