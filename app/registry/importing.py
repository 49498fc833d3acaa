"""Records from a spreadsheet, a line a record: entered by the office, all or none (INF-1)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.db.models import Assignment, Record, Worker
from app.db.sealed import key_from_content
from app.kit.clock import civil_day
from app.people.importing.columns import YES_OR_NO, Form, Vocabulary
from app.people.importing.fields import Cells
from app.people.importing.lists import Imported, Sheet, import_list
from app.people.importing.problems import LineProblem
from app.people.posts import under
from app.people.principal import Principal
from app.registry.entering import enter_paper
from app.registry.fields import Field, FieldProblem, FieldType
from app.registry.forms import missing, present, read_fields
from app.registry.schemas import PaperIn
from app.rules.information import RecordKind, RecordSource
from app.rules.organisation import GRID_DIGITS

CIRCUMSTANCES: Mapping[str, tuple[str, ...]] = {
    "grid_code": ("网格编码", "网格代码", "grid"),
    "collected_on": ("采集日期", "collected on"),
    "worker_phone": ("采集人电话", "网格员电话", "worker's phone"),
    "lon": ("经度", "longitude"),
    "lat": ("纬度", "latitude"),
}
NEEDED = frozenset({"grid_code", "collected_on"})
POINT = "point"


def import_records(
    session: Session,
    asker: Principal,
    kind: RecordKind,
    content: bytes,
    now: datetime,
    *,
    keep: bool,
) -> Imported:
    """All lines of a CSV or XLSX file, or none; the same line again changes nothing.

    Raises ListTooLong or ImportRefused.
    """
    lines = Lines(session, asker, kind, now)
    sheet = Sheet(content, vocabulary_of(kind))
    return import_list(session, sheet, {kind.value: lines.write}, keep=keep)


def vocabulary_of(kind: RecordKind) -> Vocabulary:
    """A form's fields by their names and labels, and who collected what where and when."""
    fields = [field for field in present(kind).fields if field.type is not FieldType.POINT]
    headings = {field.name: (field.zh, field.en.lower()) for field in fields}
    needed = NEEDED | {field.name for field in fields if field.required}
    every = frozenset(headings) | frozenset(CIRCUMSTANCES)
    return Vocabulary({**headings, **CIRCUMSTANCES}, {kind.value: Form(needed, every - needed)})


@dataclass
class Lines:
    """The lines of one file of one kind."""

    session: Session
    asker: Principal
    kind: RecordKind
    now: datetime

    def write(self, cells: Cells) -> bool:
        """Enter the record of a line; whether it is new."""
        before = len(cells.findings.problems)
        values = self._values(cells)
        grid_code = cells.code("grid_code", GRID_DIGITS)
        collected_on = cells.day("collected_on")
        if not cells.row.cells.get("collected_on"):
            cells.wrong("collected_on", "missing")
        worker_id = self._worker(cells, grid_code)
        if len(cells.findings.problems) > before:
            return False
        said = sorted((name, repr(value)) for name, value in values.items())
        key = key_from_content(self.session, "record", [self.kind.value, grid_code, said])
        if self.session.get(Record, key) is not None:
            return False
        body = PaperIn.model_validate(
            {
                "id": key,
                "kind": self.kind,
                "form_version": present(self.kind).version,
                "grid_code": grid_code,
                "worker_id": worker_id,
                "collected_on": collected_on,
                "fields": values,
            }
        )
        enter_paper(self.session, self.asker, body, self.now, RecordSource.IMPORT)
        return True

    def _values(self, cells: Cells) -> dict[str, Any]:
        """The fields of the form; what they don't take is a problem of its column."""
        form = present(self.kind)
        said = {
            field.name: spoken(field, cells.row.cells[field.name])
            for field in form.fields
            if cells.row.cells.get(field.name)
        }
        if form.field(POINT) and (cells.row.cells.get("lon") or cells.row.cells.get("lat")):
            lon, lat = cells.number("lon", -180, 180), cells.number("lat", -90, 90)
            if lon is not None and lat is not None:
                said[POINT] = {"lon": lon, "lat": lat}
        values, problems = read_fields(form, said)
        self._note(cells, [*problems, *missing(self.kind, said)])
        return values

    @staticmethod
    def _note(cells: Cells, problems: Iterable[FieldProblem]) -> None:
        for found in problems:
            cells.findings.problems.append(
                LineProblem(
                    cells.row.place, found.field, f"import.{found.code}", found.zh, found.en
                )
            )

    def _worker(self, cells: Cells, grid_code: str | None) -> UUID | None:
        """Who collected it: by phone, else the grid's first responsible worker of today."""
        if cells.row.cells.get("worker_phone"):
            phone = cells.phone("worker_phone")
            whose: ColumnElement[bool] = Worker.phone == phone
        else:
            whose = Assignment.first_responsible.is_(True)
        found = self.session.scalar(
            select(Worker.id)
            .join(Assignment, Assignment.worker_id == Worker.id)
            .where(
                whose,
                Assignment.valid.contains(civil_day(self.now)),
                under(Assignment.grid_code, self.asker.unit_code),
                Assignment.grid_code == grid_code,
            )
            .limit(1)
        )
        if found is None and grid_code is not None:
            cells.wrong("worker_phone", "nobody_there", grid=grid_code)
        return found


def spoken(field: Field, cell: str) -> object:
    """A cell as a handset would send it; what it can't be stays a text and is refused by name."""
    reader = SPOKEN.get(field.type)
    return reader(field, cell) if reader else cell


def _choice(field: Field, cell: str) -> object:
    words = {word: choice.value for choice in field.choices for word in (choice.zh, choice.en)}
    return words.get(cell, cell)


def _number(field: Field, cell: str) -> object:
    del field
    try:
        return float(cell)
    except ValueError:
        return cell


def _yes_no(field: Field, cell: str) -> object:
    del field
    return YES_OR_NO.get(cell.lower(), cell)


SPOKEN: Mapping[FieldType, Callable[[Field, str], object]] = {
    FieldType.CHOICE: _choice,
    FieldType.NUMBER: _number,
    FieldType.YES_NO: _yes_no,
}
