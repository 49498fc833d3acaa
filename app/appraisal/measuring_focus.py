"""Of those of whom all must be known, how many are entered at the month's end, by grid (INF-4).

Nothing but numbers leaves this module: which records they are would tell of whom it is known.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from app.appraisal.pieces import Piece, Whose
from app.appraisal.responsible import Responsible
from app.db.models import FocusListing, Record, RecordFocus, RecordKey
from app.registry.listings import answering, has_left
from app.registry.scopes import alive
from app.rules.appraisal import Part

Counts = dict[str, list[int]]
"""Entered and known, by grid."""


def focus(session: Session, whose: Whose, answers_for: Responsible) -> Iterator[tuple[UUID, Piece]]:
    """Charged to whoever answered for the grid on the month's last date."""
    grids = {
        grid: worker_id
        for grid in answers_for.of
        if (worker_id := answers_for.on(grid, whose.last)) is not None
    }
    counts: Counts = defaultdict(lambda: [0, 0])
    if grids:
        _marked(session, whose, list(grids), counts)
        _listed(session, whose, list(grids), counts)
    for grid, (entered, known) in sorted(counts.items()):
        says = {"grid": grid, "known": known, "entered": entered, "missing": known - entered}
        yield grids[grid], Piece(Part.FOCUS, "grid", grid, whose.last, entered, known, says)


def _entered(whose: Whose) -> ColumnElement[bool]:
    """By the month's end."""
    return Record.entered_at.is_not(None) & (Record.entered_at < whose.ends)


def _living(whose: Whose) -> ColumnElement[bool]:
    return or_(Record.ended_on.is_(None), Record.ended_on > whose.last)


def _marked(session: Session, whose: Whose, grids: Sequence[str], counts: Counts) -> None:
    """Records that say that they are of a kind."""
    rows = session.execute(
        select(Record.grid_code, func.count(), func.count().filter(_entered(whose)))
        .join(RecordFocus, RecordFocus.record_id == Record.id)
        .where(
            Record.community_code.in_({grid[:-3] for grid in grids}),
            Record.grid_code.in_(grids),
            Record.collected_at < whose.ends,
            alive(),
            _living(whose),
        )
        .group_by(Record.grid_code)
    )
    for grid, known, entered in rows:
        counts[grid][0] += entered
        counts[grid][1] += known


def _listed(session: Session, whose: Whose, grids: Sequence[str], counts: Counts) -> None:
    """Listings of a grid that no marked record answers to; several of one kind may be answered by
    one record, which then counts once."""
    marked = (
        exists()
        .where(RecordFocus.record_id == Record.id, RecordFocus.digest == FocusListing.focus)
        .correlate(Record, FocusListing)
    )
    answers: Any = (
        select(Record.id, _entered(whose).label("entered"), marked.label("marked"))
        .select_from(RecordKey)
        .join(Record, Record.id == RecordKey.record_id)
        .where(*answering())
        .correlate(FocusListing)
        .order_by(marked.desc(), _entered(whose).desc(), Record.id)
        .limit(1)
        .lateral()
    )
    rows = session.execute(
        select(
            FocusListing.unit_code,
            FocusListing.focus,
            func.coalesce(answers.c.id, FocusListing.id).label("who"),
            func.bool_or(func.coalesce(answers.c.entered, false())).label("entered"),
        )
        .select_from(FocusListing)
        .outerjoin(answers, true())
        .where(
            FocusListing.unit_code.in_(grids),
            FocusListing.listed_on <= whose.last,
            or_(FocusListing.withdrawn_at.is_(None), FocusListing.withdrawn_at >= whose.ends),
            func.coalesce(~answers.c.marked, true()),
            or_(answers.c.id.is_not(None), ~has_left()),
        )
        .group_by(FocusListing.unit_code, FocusListing.focus, "who")
    )
    for grid, _, _, entered in rows:
        counts[grid][0] += int(entered)
        counts[grid][1] += 1
