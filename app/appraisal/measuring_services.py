"""What residents said of errands, and who came to meetings and training (SVC-1, MTG-1, TRN-1)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appraisal.pieces import Piece, Pieces, Whose, gathered
from app.db.models import Errand, ErrandAct
from app.meetings.figures import lines_between
from app.meetings.presence import Line
from app.rules.appraisal import Part
from app.rules.errands import ErrandStep
from app.rules.meetings import Presence

BEST = 5
"""Of a rating."""


def services(session: Session, whose: Whose) -> Pieces:
    """Ratings given in the month, to whoever accepted the errand: points of five each."""
    rows = session.execute(
        select(Errand.worker_id, Errand.id, ErrandAct.rating, ErrandAct.day)
        .join(ErrandAct, ErrandAct.errand_id == Errand.id)
        .where(
            Errand.worker_id.in_(whose.keys),
            ErrandAct.step == ErrandStep.RATED,
            ErrandAct.rating.is_not(None),
            ErrandAct.day.between(whose.month, whose.last),
        )
    )
    return gathered(
        (
            worker_id,
            Piece(Part.RATINGS, "errand", str(key), day, rating, BEST, {"rating": rating}),
        )
        for worker_id, key, rating, day in rows
        if rating is not None
    )


def meetings(session: Session, whose: Whose) -> Pieces:
    """Meetings and training attended, of those held where one was posted and not excused."""
    found = lines_between(session, "", whose.keys, whose.month, whose.last)
    return gathered(
        (worker_id, _piece(line))
        for worker_id, lines in found.items()
        for line in lines
        if line.bound and whose.full_time(worker_id, line.meeting.held_on)
    )


def _piece(line: Line) -> Piece:
    return Piece(
        part=Part.PRESENCES,
        kind="meeting",
        key=str(line.meeting.id),
        day=line.meeting.held_on,
        done=int(line.presence is Presence.PRESENT),
        owed=int(line.presence is not Presence.EXCUSED),
        says={
            "meeting_kind": line.meeting.kind.value,
            "presence": line.presence.value,
            "contradicted": line.contradicted,
        },
    )
