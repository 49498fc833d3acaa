"""Lists as an office opens them: CSV and XLSX, with no text that a spreadsheet would run."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Protocol, TypeVar

from fastapi import Query
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from pydantic import BaseModel
from starlette.responses import Response

from app.kit.language import Language

Format = Literal["json", "csv", "xlsx"]
AskedFormat = Annotated[
    Format, Query(alias="format", description="JSON, or a file that a spreadsheet opens")
]
Columns = Mapping[str, tuple[str, str]]
"""From where a value is found in a row to its heading in Chinese and English: `minutes.total`, or
`cards.colour` for that of all parts of a list."""

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            CSV: {"schema": {"type": "string"}},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
        }
    }
}
"""For an endpoint's `responses`: that it answers with files too."""

RUNS_AS_FORMULA = re.compile(r"^[\s\x00]*[=+\-@\t\r|%＝＋－＠]")
"""In full width too: spreadsheets set to Chinese read those signs alike."""


class Items(Protocol):
    """A page of rows."""

    @property
    def items(self) -> Sequence[BaseModel]:
        """The rows."""


Listing = TypeVar("Listing", bound=Items)


def as_asked(
    page: Listing, columns: Columns, format_: Format, name: str, language: Language
) -> Listing | Response:
    """The page itself, or a file of its rows with the next page's cursor in a header."""
    if format_ == "json":
        return page
    answer = table(page.items, columns, format_, name, language)
    cursor = getattr(page, "next_cursor", None)
    if cursor:
        answer.headers["X-Next-Cursor"] = cursor
    return answer


def table(
    rows: Sequence[BaseModel | Mapping[str, Any]],
    columns: Columns,
    format_: Format,
    name: str,
    language: Language = "zh",
) -> Response:
    """Rows as a file named `name`, headed in the caller's language."""
    headings = [zh if language == "zh" else en for zh, en in columns.values()]
    lines: list[Sequence[object]] = [headings]
    lines += [[cell(_found(row, path)) for path in columns] for row in map(_plain, rows)]
    content, media_type = (_xlsx(lines), XLSX) if format_ == "xlsx" else (_csv(lines), CSV)
    extension = "xlsx" if format_ == "xlsx" else "csv"
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{extension}"',
            "Content-Language": language,
            "Cache-Control": "private, no-store",
        },
    )


def _plain(row: BaseModel | Mapping[str, Any]) -> Mapping[str, Any]:
    return row.model_dump(mode="json") if isinstance(row, BaseModel) else row


def _found(row: Any, path: str) -> Any:
    for step in path.split("."):
        if row is None:
            return None
        row = _step(row, step)
    return row


def _step(row: Any, step: str) -> Any:
    """Of a list one place, or what all its parts have under a name."""
    if isinstance(row, list):
        return row[int(step)] if step.isdigit() else [_step(part, step) for part in row]
    return row.get(step)


def cell(value: Any) -> str | int | float | None:
    """Numbers stay numbers; text that a spreadsheet would take for a formula is quoted."""
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, list):
        value = "; ".join(str(part) for part in value)
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    return f"'{text}" if RUNS_AS_FORMULA.match(text) else text


def _csv(lines: Sequence[Sequence[object]]) -> bytes:
    """With the mark by which spreadsheets know UTF-8."""
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    return written.getvalue().encode("utf-8-sig")


def _xlsx(lines: Sequence[Sequence[object]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        sheet.append(line)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
