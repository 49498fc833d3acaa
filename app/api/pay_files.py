"""Registers and reports as an office opens them: money as exact numbers that add up."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from pydantic import BaseModel
from starlette.responses import Response

from app.api.export import CSV, XLSX, Columns, Format, cell
from app.kit.language import Language
from app.kit.money import FEN

FileFormat = Literal["csv", "xlsx"]
TOTAL: Mapping[Language, str] = {"zh": "合计", "en": "Total"}
MONEY_FORMAT = "#,##0.00"
REGISTER: Columns = {
    "community_code": ("社区代码", "Community"),
    "worker_name": ("姓名", "Name"),
    "duty": ("应出勤日", "Duty dates"),
    "employed": ("在岗日", "Dates employed"),
    "result": ("考核结果", "Appraisal"),
    "base": ("基本工资（元）", "Base (yuan)"),
    "performance": ("绩效工资（元）", "Performance (yuan)"),
    "corrections": ("以前月份更正（元）", "Corrections of earlier months (yuan)"),
    "total": ("应发合计（元）", "Total (yuan)"),
    "worker_id": ("编号", "Key"),
}
REGISTER_SUMS = ("base", "performance", "corrections", "total")
REPORT: Columns = {
    "community_code": ("社区代码", "Community"),
    "worker_name": ("姓名", "Name"),
    "movements": ("变动", "Movement"),
    "first_day": ("本月上岗首日", "First date in the month"),
    "last_day": ("本月在岗末日", "Last date in the month"),
    "duty": ("应出勤日", "Duty dates"),
    "employed": ("在岗日", "Dates employed"),
    "absent": ("离岗日", "Dates absent"),
    "total": ("本月应发（元）", "Paid this month (yuan)"),
    "budget_change": ("本月预算增减（元）", "Budget change of the month (yuan)"),
    "clause": ("条款", "Clause"),
    "worker_id": ("编号", "Key"),
}
REPORT_SUMS = ("total", "budget_change")
Sheet = tuple[Sequence[BaseModel], Columns, Sequence[str]]
"""Rows, the columns to show, and those of them that are summed up."""
Value = str | int | float | Decimal | None


def money_file(sheet: Sheet, format_: Format, name: str, language: Language) -> Response:
    """A file with a row of sums at its end, headed in the caller's language."""
    lines = list(_lines(sheet, language))
    content, media_type = (_xlsx(lines), XLSX) if format_ == "xlsx" else (_csv(lines), CSV)
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{format_}"',
            "Content-Language": language,
            "Cache-Control": "private, no-store",
        },
    )


def _lines(sheet: Sheet, language: Language) -> Iterator[list[Value]]:
    rows, columns, sums = sheet
    yield [zh if language == "zh" else en for zh, en in columns.values()]
    for row in rows:
        yield [_value(getattr(row, name), row.model_dump(mode="json")[name]) for name in columns]
    yield [
        _sum(getattr(row, name) for row in rows)
        if name in sums
        else (TOTAL[language] if place == 0 else None)
        for place, name in enumerate(columns)
    ]


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0)).quantize(FEN)


def _value(exact: object, shown: Any) -> Value:
    """Money stays exact; all else as every other file has it."""
    return exact.quantize(FEN) if isinstance(exact, Decimal) else cell(shown)


def _csv(lines: Iterable[Sequence[Value]]) -> bytes:
    """With the mark by which spreadsheets know UTF-8."""
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    return written.getvalue().encode("utf-8-sig")


def _xlsx(lines: Sequence[Sequence[Value]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    ends = {0, len(lines) - 1}
    for number, line in enumerate(lines):
        sheet.append([_cell(sheet, value, bold=number in ends) for value in line])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(sheet: WriteOnlyWorksheet, value: Value, *, bold: bool) -> WriteOnlyCell:
    found = WriteOnlyCell(sheet, value=value)
    if isinstance(value, Decimal):
        found.number_format = MONEY_FORMAT
    if bold:
        found.font = Font(bold=True)
    return found
