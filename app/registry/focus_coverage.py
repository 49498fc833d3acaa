"""How many of those of whom all must be known are recorded (INF-4)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import exists, func, select, true
from sqlalchemy.orm import Session

from app.db.models import FocusListing, Record, RecordFocus, RecordKey
from app.people.posts import under
from app.registry.focus_schemas import FocusCoverageOut, FocusRow
from app.registry.listings import answering, has_left
from app.registry.scopes import alive, records_in
from app.rules.accuracy import judge_focus_coverage
from app.rules.information import FocusKind


def coverage(
    session: Session, unit_code: str, focuses: Sequence[FocusKind], day: date
) -> FocusCoverageOut:
    """Of each kind: listed or on record, and of these, entered."""
    return FocusCoverageOut(items=[_row(session, unit_code, focus, day) for focus in focuses])


def _row(session: Session, unit_code: str, focus: FocusKind, day: date) -> FocusRow:
    marked, marked_entered = _marked(session, unit_code, focus)
    others, others_entered, unanswered = _listed(session, unit_code, focus)
    known = marked + others + unanswered
    recorded = marked_entered + others_entered
    finding = judge_focus_coverage(recorded, known, day)
    return FocusRow(
        unit_code=unit_code,
        focus=focus,
        known=known,
        recorded=recorded,
        missing=known - recorded,
        not_marked=others_entered,
        share=round(recorded / known, 6) if known else None,
        asked_percent=int(str(finding.because["asked_percent"])),
        verdict=finding.verdict,
        rule=finding.rule,
        clause=finding.clause,
    )


def _marked(session: Session, unit_code: str, focus: FocusKind) -> tuple[int, int]:
    """Records that say that they are of the kind: how many, and how many of them are entered."""
    entered = func.count(Record.entered_version)
    row = session.execute(
        select(func.count(), entered)
        .join(RecordFocus, RecordFocus.record_id == Record.id)
        .where(
            RecordFocus.digest == focus.value,
            records_in(unit_code),
            alive(),
            Record.ended_on.is_(None),
        )
    ).one()
    return row[0], row[1]


def _listed(session: Session, unit_code: str, focus: FocusKind) -> tuple[int, int, int]:
    """Of the listings that no marked record answers to: how many records answer to them, how many
    of these are entered, and how many listings nothing answers to."""
    standing = (
        under(FocusListing.unit_code, unit_code),
        FocusListing.focus == focus.value,
        FocusListing.withdrawn_at.is_(None),
    )
    marked = exists().where(RecordFocus.record_id == Record.id, RecordFocus.digest == focus.value)
    answers: Any = (
        select(Record.id, Record.entered_version, marked.label("marked"))
        .select_from(RecordKey)
        .join(Record, Record.id == RecordKey.record_id)
        .where(*answering())
        .correlate(FocusListing)
        .order_by(marked.desc(), Record.entered_version.is_(None), Record.id)
        .limit(1)
        .lateral()
    )
    others: Any = (
        select(answers.c.id, func.bool_or(answers.c.entered_version.is_not(None)).label("entered"))
        .select_from(FocusListing)
        .join(answers, true())
        .where(*standing, ~answers.c.marked)
        .group_by(answers.c.id)
        .subquery()
    )
    counted = session.execute(
        select(func.count(), func.count().filter(others.c.entered)).select_from(others)
    ).one()
    unanswered = session.scalar(
        select(func.count())
        .select_from(FocusListing)
        .where(*standing, ~exists().where(*answering()).correlate(FocusListing), ~has_left())
    )
    return counted[0], counted[1], unanswered or 0
