"""The day's sheet as a workbook laid out like the paper form (TSK-2)."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from app.api.export import cell
from app.kit.language import Language
from app.tasks.bands import form_of
from app.tasks.form import WIDTH, Band, Cell, Form, Pen, Row, titled
from app.tasks.schemas import SheetOut, SheetsOut
from app.tasks.words import called

BAND_COLUMN = 1
FIRST = 2
"""The band's mark stands in the first column, the form's cells follow."""
LAST = FIRST + WIDTH - 1
COLUMN_WIDTH = 3.9
BAND_WIDTH = 7.0
LINE_HEIGHT = 13.5
A4 = 9
NOT_IN_A_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f']")

LINE = Side(style="thin", color="555555")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
GREY = PatternFill("solid", fgColor="EDEDED")
TITLE_FONT = Font(size=15, bold=True)
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(vertical="center", wrap_text=True)
PLAIN, BOLD, RED = Font(size=9), Font(size=9, bold=True), Font(size=9, bold=True, color="9C0006")

STYLES: Mapping[str, Mapping[str, Any]] = {
    "form head": {"font": BOLD, "alignment": CENTRED, "border": BOX, "fill": GREY},
    "form text": {"font": PLAIN, "alignment": LEFT, "border": BOX},
    "form number": {"font": PLAIN, "alignment": CENTRED, "border": BOX},
    "form text lacking": {"font": RED, "alignment": LEFT, "border": BOX},
    "form number lacking": {"font": RED, "alignment": CENTRED, "border": BOX},
    "form title": {"font": TITLE_FONT, "alignment": CENTRED},
    "form remark": {"font": Font(size=8, color="444444"), "alignment": LEFT},
    "form signature": {"font": Font(size=10), "alignment": LEFT},
}
"""By name: a style is compared once a workbook, not once a cell."""


def workbook_of(sheet: SheetOut, language: Language) -> bytes:
    """One worker's sheet."""
    book = _empty()
    _draw(book, form_of(sheet, language), sheet.worker_name)
    return _written(book)


def workbook_of_unit(sheets: SheetsOut, language: Language) -> bytes:
    """A summary, then a sheet for each worker."""
    book = _empty()
    _summarise(book, sheets, Pen(language))
    for sheet in sheets.items:
        _draw(book, form_of(sheet, language), sheet.worker_name)
    return _written(book)


def _empty() -> Workbook:
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, parts in STYLES.items():
        book.add_named_style(NamedStyle(name=name, **parts))
    return book


def _written(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _page(book: Workbook, title: str) -> Worksheet:
    """A worksheet that prints on A4, one page wide."""
    known = {page.title.lower() for page in book.worksheets}
    plain = NOT_IN_A_TITLE.sub("_", title)[:24] or "_"
    names = [plain, *(f"{plain} ({number})" for number in range(2, len(known) + 2))]
    page = book.create_sheet(next(name for name in names if name.lower() not in known))
    page.page_setup.paperSize = A4
    page.page_setup.orientation = "portrait"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_options.horizontalCentered = True
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top = page.page_margins.bottom = 0.45
    page.sheet_view.showGridLines = False
    return page


@dataclass
class Drawing:
    """A form half drawn: the row that comes next."""

    page: Worksheet
    at: int = 1

    def cell(self, text: str, first: int, last: int, style: str) -> None:
        """A text over some columns of the row, neutralised; its box is drawn around all of them."""
        for column in range(first, last + 1):
            self.page.cell(self.at, column).style = style
        self.page.cell(self.at, first).value = cell(text)
        if last > first:
            self.merge(first, self.at, last, self.at)

    def merge(self, left: int, top: int, right: int, bottom: int) -> None:
        """Make one of some cells that are styled already."""
        self.page.merged_cells.add(
            CellRange(min_col=left, min_row=top, max_col=right, max_row=bottom)
        )

    def row(self, cells: Row, first: int) -> None:
        """A row of the form, as high as its longest cell needs."""
        column = first
        for index, each in enumerate(cells):
            last = LAST if index == len(cells) - 1 else column + each.span - 1
            self.cell(each.text, column, last, _style(each))
            column = last + 1
        lines = max(_lines(each) for each in cells)
        self.page.row_dimensions[self.at].height = LINE_HEIGHT * lines + 3
        self.at += 1

    def line(self, text: str, style: str, height: float) -> None:
        """A text over the whole width."""
        self.cell(text, BAND_COLUMN, LAST, style)
        self.page.row_dimensions[self.at].height = height
        self.at += 1


def _style(drawn: Cell) -> str:
    return f"form {drawn.kind} lacking" if drawn.lacking else f"form {drawn.kind}"


def _lines(drawn: Cell) -> int:
    """How many lines a text takes in its cell: wide signs count twice."""
    room = drawn.span * COLUMN_WIDTH * 1.15
    return sum(max(1, -int(-_breadth(line) // room)) for line in drawn.text.split("\n"))


def _breadth(text: str) -> float:
    return sum(2.0 if east_asian_width(sign) in "WF" else 1.0 for sign in text)


def _draw(book: Workbook, form: Form, title: str) -> None:
    page = _page(book, title)
    for column in range(BAND_COLUMN, LAST + 1):
        width = BAND_WIDTH if column == BAND_COLUMN else COLUMN_WIDTH
        page.column_dimensions[get_column_letter(column)].width = width
    drawing = Drawing(page)
    drawing.line(form.title, "form title", 28)
    for row in (form.identity, *form.fields):
        drawing.row(_labelled(row), BAND_COLUMN)
    for band in form.bands:
        _band(drawing, band)
    _foot(drawing, form)
    page.print_area = f"A1:{get_column_letter(LAST)}{drawing.at - 1}"
    page.print_title_rows = "1:2"


def _labelled(row: Row) -> Row:
    """The first label of a row takes the column of the marks, its value the room that is left."""
    label, value, *others = row
    return Cell(label.text, 1, "head"), Cell(value.text, label.span + value.span), *others


def _band(drawing: Drawing, band: Band) -> None:
    """The mark at the left, over all rows of the band."""
    first = drawing.at
    for row in band.rows:
        drawing.row(row, FIRST)
    last = drawing.at - 1
    for at in range(first, last + 1):
        drawing.page.cell(at, BAND_COLUMN).style = "form head"
    drawing.page.cell(first, BAND_COLUMN).value = cell(f"{band.mark}\n{band.heading}".strip())
    drawing.merge(BAND_COLUMN, first, BAND_COLUMN, last)


def _foot(drawing: Drawing, form: Form) -> None:
    for remark in form.remarks:
        lines = _lines(Cell(remark, WIDTH + 2))
        drawing.line(remark, "form remark", 12.0 * lines)
    signed = "　　　　　　".join(f"{each}：＿＿＿＿＿＿＿" for each in form.signatures)
    drawing.line(signed, "form signature", 34)
    facts = "　　".join(f"{name} {value}" for name, value in form.footer)
    drawing.line(facts, "form remark", 14)


def _summarise(book: Workbook, sheets: SheetsOut, pen: Pen) -> None:
    """One row a worker: where to look first."""
    page = _page(book, pen("汇总", "Summary"))
    page.page_setup.orientation = "landscape"
    page.append([cell(f"{titled(pen)}　{sheets.unit.name}　{pen.day(sheets.day)}")])
    page.append([pen(*words) for words, _ in SUMMARY])
    for sheet in sheets.items:
        page.append([cell(found) for found in _summary(sheet, pen)])
    for row in page.iter_rows(min_row=2):
        for written in row:
            written.style = "form text"
    for written in page[2]:
        written.style = "form head"
    page["A1"].style = "form title"
    page.merged_cells.add(CellRange(min_col=1, min_row=1, max_col=len(SUMMARY), max_row=1))
    for column, (_, width) in enumerate(SUMMARY, 1):
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = "A3"
    page.print_title_rows = "1:2"


SUMMARY: Sequence[tuple[tuple[str, str], float]] = (
    (("网格员", "Worker"), 12),
    (("网格", "Grids"), 18),
    (("工作日", "Duty date"), 8),
    (("签到", "Sign-ins"), 9),
    (("登录账号", "Accounts"), 10),
    (("采集信息", "Information"), 10),
    (("巡查网格", "Patrol"), 10),
    (("流转事件", "Events"), 10),
    (("当日走访", "Visits"), 9),
    (("本期应走访", "Owed"), 10),
    (("本期已走访", "Paid"), 10),
    (("在格分钟", "Minutes"), 9),
    (("不足分钟", "Short"), 9),
    (("结论", "Verdict"), 9),
    (("核验码", "Code"), 23),
)


def _summary(sheet: SheetOut, pen: Pen) -> list[object]:
    signed_in = sum(window.at is not None for window in sheet.windows)
    return [
        sheet.worker_name,
        "; ".join(grid.name for grid in sheet.grids),
        pen("是", "Yes") if sheet.duty.on_duty else pen("否", "No"),
        f"{signed_in} / {len(sheet.windows)}",
        *(called(task.verdict, pen.language) for task in sheet.tasks),
        len(sheet.visits),
        sum(kind.owed for kind in sheet.visits_owed),
        sum(kind.paid for kind in sheet.visits_owed),
        sheet.field_time.counted.total,
        sheet.field_time.short.total,
        called(sheet.field_time.verdict, pen.language),
        sheet.code,
    ]
