"""Files as rows: CSV in UTF-8 or GB18030, XLSX, GeoJSON; told apart by what is in them."""

import csv
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from app.people.importing.columns import REGISTERS, Vocabulary
from app.people.importing.problems import Findings, Place

ZIP = b"PK\x03\x04"
DELIMITERS = ",\t;"
UNPACKED_AT_MOST = 64 * 1024 * 1024
LINES_AT_MOST = 100_000
CELLS_AT_MOST = 2_000_000
"""Of a workbook: a kilobyte can claim rows and columns by the thousand million."""
BROKEN = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    InvalidFileException,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zlib.error,
)
"""All that reading a damaged or a hostile workbook is known to raise."""


@dataclass(frozen=True)
class Row:
    """A line of a table, by column."""

    place: Place
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """Rows of one kind."""

    kind: str
    rows: list[Row]


@dataclass(frozen=True)
class Features:
    """The features of a GeoJSON file."""

    file: str
    features: list[Any]


def read(path: Path, findings: Findings) -> Table | Features | None:
    """A file's content, or None when the findings say why not."""
    place = Place(path.name, 0)
    try:
        content = path.read_bytes()
    except OSError as error:
        findings.add(place, "", "file_unreadable", why=error.strerror)
        return None
    if not content.startswith(ZIP):
        text = _text(place, content, findings)
        if text is None:
            return None
        if text.lstrip().startswith(("{", "[")):
            return _geojson(place, text, findings)
    return read_table(path.name, content, REGISTERS, findings)


def read_table(
    name: str, content: bytes, vocabulary: Vocabulary, findings: Findings
) -> Table | None:
    """The rows of a CSV file or of a workbook's first sheet; None when the findings say why not."""
    place = Place(name, 0)
    if content.startswith(ZIP):
        return _table(name, _sheet(place, content, findings), vocabulary, findings)
    text = _text(place, content, findings)
    if text is None:
        return None
    return _table(name, _lines(place, text, findings), vocabulary, findings)


def _text(place: Place, content: bytes, findings: Findings) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    findings.add(place, "", "encoding")
    return None


def _geojson(place: Place, text: str, findings: Findings) -> Features | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        findings.add(place, "", "file_unreadable", why=str(error)[:120])
        return None
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list):
        findings.add(place, "", "not_geojson")
        return None
    return Features(place.file, features)


def _lines(place: Place, text: str, findings: Findings) -> Iterator[Sequence[str]]:
    """The lines of a CSV file; the delimiter is the commonest one of the first line."""
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        findings.add(place, "", "file_unreadable", why=str(error))


def _sheet(place: Place, content: bytes, findings: Findings) -> Iterator[Sequence[str]]:
    """The lines of a workbook's first sheet."""
    try:
        with ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > UNPACKED_AT_MOST:
            findings.add(place, "", "file_unreadable", why="too large when unpacked")
            return
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        yield from _bounded(place, book.worksheets[0], findings)
    except BROKEN as error:
        findings.add(place, "", "file_unreadable", why=str(error)[:120])


def _bounded(place: Place, sheet: Any, findings: Findings) -> Iterator[Sequence[str]]:
    """As far as anybody writes by hand; what the sheet says of its own size is not believed."""
    sheet.reset_dimensions()
    cells = 0
    for number, line in enumerate(sheet.iter_rows(values_only=True), 1):
        cells += len(line)
        if number > LINES_AT_MOST or cells > CELLS_AT_MOST:
            findings.add(place, "", "file_unreadable", why="too many rows or columns")
            return
        yield [_cell(value) for value in line]


def _cell(value: object) -> str:
    """A spreadsheet's cell as text: codes kept as numbers lose their point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _table(
    file: str, lines: Iterable[Sequence[str]], vocabulary: Vocabulary, findings: Findings
) -> Table | None:
    """The rows below the headings."""
    numbered = [(n, line) for n, line in enumerate(lines, 1) if any(cell.strip() for cell in line)]
    if not numbered:
        if not any(found.place.file == file for found in findings.problems):
            findings.add(Place(file, 0), "", "no_rows")
        return None
    number, first = numbered[0]
    while first and not first[-1].strip():
        first = first[:-1]
    headings = [vocabulary.column(written) for written in first]
    kind = _kind(Place(file, number), headings, vocabulary, findings)
    if kind is None:
        return None
    if len(numbered) == 1:
        findings.add(Place(file, number), "", "no_rows")
    rows = [_row(Place(file, number), headings, line, findings) for number, line in numbered[1:]]
    return Table(kind, rows)


def _kind(
    place: Place, headings: list[str], vocabulary: Vocabulary, findings: Findings
) -> str | None:
    kind = vocabulary.kind_of(frozenset(headings))
    if kind is None:
        findings.add(place, "", "unknown_kind", headings=", ".join(headings)[:200])
        return None
    known = vocabulary.forms[kind].needed | vocabulary.forms[kind].optional
    for position, column in enumerate(headings):
        if column not in known:
            findings.add(place, column or f"#{position + 1}", "unknown_column")
        elif column in headings[:position]:
            findings.add(place, column, "repeated_column")
    return kind


def _row(place: Place, headings: list[str], line: Sequence[str], findings: Findings) -> Row:
    if any(cell.strip() for cell in line[len(headings) :]):
        findings.add(place, "", "too_many_cells")
    cells = [cell.strip() for cell in line]
    return Row(place, dict(zip(headings, cells, strict=False)))
