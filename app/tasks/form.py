"""The sheet as a form with cells: what the page and the workbook both draw (TSK-2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from app.kit.clock import SHANGHAI
from app.kit.language import Language
from app.tasks.schemas import SheetOut
from app.tasks.words import WEEKDAYS, called, in_

WIDTH = 24
"""Columns of the form; the cells of a row fill them."""

TITLE = ("网格员每日任务清单表", "Grid worker's daily task sheet")
CITY = ("简阳市", "Jianyang")
NOTHING = ("无", "none")


@dataclass(frozen=True)
class Cell:
    """A text over some columns; `lacking` stands out."""

    text: str
    span: int
    kind: Literal["head", "text", "number"] = "text"
    lacking: bool = False


Row = Sequence[Cell]


@dataclass(frozen=True)
class Band:
    """Rows under one mark at the left: “3”, “4”, “5”, “6”."""

    mark: str
    heading: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Form:
    """A sheet ready to be drawn."""

    language: Language
    title: str
    identity: Row
    fields: Sequence[Row]
    bands: Sequence[Band]
    remarks: Sequence[str]
    signatures: Sequence[str]
    footer: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Pen:
    """Writes in one language."""

    language: Language

    def __call__(self, zh: str, en: str) -> str:
        """The words in that language."""
        return in_(self.language, (zh, en))

    def clock(self, at: datetime | None) -> str:
        """Civil time to the minute."""
        return at.astimezone(SHANGHAI).strftime("%H:%M") if at else "—"

    def moment(self, at: datetime) -> str:
        """Civil date and time."""
        return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")

    def day(self, day: date) -> str:
        """A date with its weekday."""
        weekday = in_(self.language, WEEKDAYS[day.weekday()])
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日　{weekday}"
        return f"{weekday}, {day.isoformat()}"

    def listed(self, parts: Sequence[str]) -> str:
        """Parts one after the other; a word where there is none."""
        return ("；" if self.language == "zh" else "; ").join(parts) or in_(self.language, NOTHING)

    def noted(self, text: str, *notes: str) -> str:
        """A text with notes in brackets."""
        said = [note for note in notes if note]
        if not said:
            return text
        if self.language == "zh":
            return f"{text}（{'，'.join(said)}）"
        return f"{text} ({', '.join(said)})"


def head(text: str, span: int) -> Cell:
    """A heading within a row."""
    return Cell(text, span, "head")


def titled(pen: Pen) -> str:
    """The name of the form with its city."""
    gap = "" if pen.language == "zh" else " · "
    return in_(pen.language, CITY) + gap + in_(pen.language, TITLE)


def identity(sheet: SheetOut, pen: Pen) -> Row:
    """Who and when: at the top of every page."""
    return (
        head(pen("网格员", "Worker"), 3),
        Cell(
            pen.noted(sheet.worker_name, called(sheet.employment, pen.language)),
            9,
        ),
        head(pen("日期", "Date"), 3),
        Cell(pen.day(sheet.day), 9),
    )


def fields(sheet: SheetOut, pen: Pen) -> Sequence[Row]:
    """Unit, grids, duty, leave."""
    gap = "" if pen.language == "zh" else " / "
    leaves = [
        pen.noted(
            called(leave.kind, pen.language),
            *(called(half, pen.language) for half in leave.halves),
        )
        for leave in sheet.leaves
    ]
    return (
        (
            head(pen("单位", "Unit"), 3),
            Cell(gap.join(unit.name for unit in sheet.units), 9),
            head(pen("工作日", "Duty date"), 3),
            Cell(on_duty(sheet, pen), 9),
        ),
        (
            head(pen("网格", "Grids"), 3),
            Cell(pen.listed([f"{grid.name} {grid.code}" for grid in sheet.grids]), 9),
            head(pen("请假", "Leave"), 3),
            Cell(pen.listed(leaves), 9),
        ),
    )


DUTY_BY = {
    "national_calendar": ("国家工作日历", "national calendar"),
    "weekday": ("按星期", "by weekday"),
    "declared": ("指挥中心宣布", "declared by the centre"),
    "exempted": ("指挥中心免除", "exempted by the centre"),
}


def on_duty(sheet: SheetOut, pen: Pen) -> str:
    """Whether it is a duty date, and why."""
    duty = sheet.duty
    said = pen("是", "Yes") if duty.on_duty else pen("否", "No")
    return pen.noted(said, in_(pen.language, DUTY_BY[duty.by]), duty.reason or "")


def remarks(sheet: SheetOut, pen: Pen) -> Sequence[str]:
    """What a reader of the paper has to know."""
    said = [
        pen(
            "本表各项由系统依据留存记录生成，不得手工勾选；各数据后为《简阳市网格员管理办法（试行）》条款。",
            "Every entry rests on records that the system holds, never on a tick box; the clause"
            " of the regulation stands beside it.",
        ),
        pen(
            "“已走访”计至当日；同一对象在一个周期内计一次。",
            "Paid visits are counted up to the date; a place counts once a period.",
        ),
    ]
    if any(visit.withheld == "special_group" for visit in sheet.visits):
        said.append(
            pen(
                "特殊人群走访对象只印代号：是否属于特殊人群为敏感个人信息，纸质表他人可见，故不印姓名和地址；"
                "网格员可凭代号在手持终端查对。",
                "Places of special groups are printed by a code: belonging to one is sensitive"
                " personal information, and others see this paper. The worker's handset knows"
                " the code.",
            )
        )
    if any(visit.withheld == "tier" for visit in sheet.visits):
        said.append(
            pen(
                "走访对象名称只向网格员本人和所在站点显示。",
                "Names of places are shown to the worker and the station alone.",
            )
        )
    return said


def signatures(pen: Pen) -> Sequence[str]:
    """Who signs."""
    return (
        pen("网格员（签名）", "Worker (signature)"),
        pen("站长（签名）", "Station lead (signature)"),
        pen("日期", "Date"),
    )


def footer(sheet: SheetOut, pen: Pen) -> Sequence[tuple[str, str]]:
    """By what rules, when, and the code by which a print is compared with the system."""
    return (
        (pen("核验码", "Verification code"), sheet.code),
        (pen("状态", "Standing"), called(sheet.standing, pen.language)),
        (pen("生成时间", "Computed at"), pen.moment(sheet.computed_at)),
        (pen("规则版本", "Rules version"), sheet.rules_version),
    )
