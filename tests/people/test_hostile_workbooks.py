"""Workbooks that claim more than they hold, or are broken inside: refused, and at once."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from app.people.importing.columns import REGISTERS
from app.people.importing.problems import Findings
from app.people.importing.reading import read_table

SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEADINGS = "".join(f'<c r="{at}1" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in (
    ("A", "code"), ("B", "name"),
))  # fmt: skip


def workbook(sheet: str) -> bytes:
    """A workbook as the library writes it, with another sheet."""
    book, plain = Workbook(), io.BytesIO()
    book.save(plain)
    written = io.BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(written, "w", 8) as target:
        for name in source.namelist():
            target.writestr(name, sheet if name == SHEET else source.read(name))
    return written.getvalue()


def codes(content: bytes) -> list[str]:
    findings = Findings()
    read_table("list", content, REGISTERS, findings)
    return [found.code for found in findings.problems]


@pytest.mark.parametrize(
    "rows",
    [
        f'<dimension ref="A1:XFD1048576"/><sheetData><row r="1">{HEADINGS}</row>'
        '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>',
        f'<sheetData><row r="1">{HEADINGS}</row><row r="999999999999"><c><v>1</v></c></row>'
        "</sheetData>",
        "<sheetData>" + '<row><c r="ZZZ1"><v>1</v></c></row>' * 2_000 + "</sheetData>",
    ],
)
def test_a_sheet_that_claims_to_be_endless_is_refused(rows: str) -> None:
    content = workbook(f"<worksheet {MAIN}>{rows}</worksheet>")
    assert len(content) < 64 * 1024
    assert "import.file_unreadable" in codes(content)


@pytest.mark.parametrize(
    "sheet",
    [
        "<worksheet",
        f"<worksheet {MAIN}><sheetData><row><c><v>1</v></row></sheetData></worksheet>",
        f'<worksheet {MAIN}><sheetData><row><c t="s"><v>7</v></c></row></sheetData></worksheet>',
        f'<worksheet {MAIN}><sheetData><row><c r="A"><v>1</v></c></row></sheetData></worksheet>',
        '<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>',
    ],
)
def test_a_sheet_that_is_broken_inside_is_refused(sheet: str) -> None:
    assert set(codes(workbook(sheet))) <= {"import.file_unreadable", "import.no_rows"}
    assert codes(workbook(sheet)) != []
