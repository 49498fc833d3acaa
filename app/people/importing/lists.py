"""A list from an office's spreadsheet: every line judged, all of them written or none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from app.kit.errors import Conflict, Refusal
from app.people.importing.columns import Vocabulary
from app.people.importing.fields import Cells
from app.people.importing.problems import Findings, LineProblem
from app.people.importing.reading import read_table

ROWS_AT_MOST = 5000
PROBLEMS_SHOWN = 500
WriteRow = Callable[[Cells], bool]
"""Writes what a row says and answers whether that is new; a cell that can't be read is noted."""


class ImportRefused(Refusal):
    """Nothing was imported: every line that is wrong is named."""

    code = "import.refused"
    status = 422
    zh = "未导入任何数据：有问题的行均已列出。"


class ListTooLong(Refusal):
    """The list has too many lines: send it in parts."""

    code = "import.too_long"
    status = 422
    zh = "名单行数过多，请分批导入。"


@dataclass(frozen=True)
class Imported:
    """How many lines were new, and how many were there already."""

    written: int
    unchanged: int


@dataclass(frozen=True)
class Sheet:
    """A file as it came, and how its headings are understood."""

    name: ClassVar[str] = "list"
    content: bytes
    vocabulary: Vocabulary


def import_list(
    session: Session, sheet: Sheet, writers: Mapping[str, WriteRow], *, keep: bool
) -> Imported:
    """Every line in a savepoint of its own inside one that stays only if all are good.

    Without `keep` nothing stays. Raises ListTooLong, or ImportRefused with each line and column
    that is wrong.
    """
    findings = Findings()
    table = read_table(sheet.name, sheet.content, sheet.vocabulary, findings)
    rows = table.rows if table else []
    if len(rows) > ROWS_AT_MOST:
        raise ListTooLong(lines=len(rows), most=ROWS_AT_MOST)
    whole = session.begin_nested()
    write = writers[table.kind] if table else None
    done = [_row(session, Cells(row, findings), write) for row in rows if write]
    if findings.problems:
        whole.rollback()
        raise ImportRefused(problems=shown(findings.problems), total=len(findings.problems))
    if keep:
        whole.commit()
    else:
        whole.rollback()
    return Imported(done.count(True), done.count(False))


def _row(session: Session, cells: Cells, write: WriteRow) -> bool | None:
    """None where the row is wrong, as the findings then say."""
    before = len(cells.findings.problems)
    refusal: Refusal
    try:
        with session.begin_nested():
            new = write(cells)
            session.flush()
    except Refusal as refused:
        refusal = refused
    except (IntegrityError, DataError):
        refusal = Conflict()
    else:
        return new if len(cells.findings.problems) == before else None
    cells.findings.refuse(cells.row.place, "", refusal)
    return None


def shown(problems: Sequence[LineProblem]) -> list[dict[str, object]]:
    """In the order of the lines, in both languages."""
    ordered = sorted(problems, key=lambda found: (found.place.line, found.column))
    return [
        {
            "line": found.place.line,
            "column": found.column,
            "code": found.code,
            "zh": found.zh,
            "en": found.en,
        }
        for found in ordered[:PROBLEMS_SHOWN]
    ]
