"""Several files as one set: judged as a whole, written as a whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import CalendarDay
from app.outbox.emit import emit
from app.people.duty_calendar import write_national
from app.people.importing.problems import Findings, LineProblem
from app.people.importing.reading import read
from app.people.importing.records import Record, records
from app.people.importing.writing import Writing, write
from app.people.national_calendar import NATIONAL, known


@dataclass(frozen=True)
class Report:
    """What an import found: problems, or what it wrote."""

    problems: Sequence[LineProblem]
    written: Mapping[str, int]
    unchanged: int


def import_files(session: Session, paths: Sequence[Path], now: datetime, *, keep: bool) -> Report:
    """Read, judge and write a set of files; nothing stays with problems or without `keep`.

    Rows are judged against each other and against what is there, in a savepoint that is undone
    unless every row was good: a problem of one line never hides those of the others.
    """
    findings = Findings()
    every: list[Record] = []
    for path in paths:
        content = read(path, findings)
        if content is not None:
            every += records(content, findings)
    writing = Writing(session, now, findings)
    whole = session.begin_nested()
    write(writing, every)
    problems = sorted(
        findings.problems, key=lambda found: (found.place.file, found.place.line, found.column)
    )
    if problems or not keep:
        whole.rollback()
        return Report(problems, {} if problems else writing.written, writing.unchanged)
    note(session, paths, writing)
    whole.commit()
    return Report((), writing.written, writing.unchanged)


def note(session: Session, paths: Sequence[Path], writing: Writing) -> None:
    """The audit row, and the national calendar for a city that has none yet."""
    if session.scalar(select(CalendarDay.day).limit(1)) is None:
        write_national(session, known(), NATIONAL)
    emit(
        session,
        "city.imported",
        by=None,
        unit_code=None,
        subject=("import", ", ".join(path.name for path in paths)),
        written=writing.written,
        unchanged=writing.unchanged,
    )
