"""What an office looks through: the sign-ins of a date, and requests."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    SQLColumnExpression,
    Tuple,
    Uuid,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from app.attendance.deciding import Request
from app.attendance.request_schemas import (
    CorrectionOut,
    CorrectionPage,
    CorrectionRow,
    LeaveOut,
    LeavePage,
    LeaveRow,
)
from app.attendance.schemas import CheckInOut, CheckInPage, check_in_out
from app.db.models import CheckIn, CheckInReview, Correction, Leave, Worker
from app.kit.errors import BadCursor, NotFound
from app.kit.paging import Page, decode, encode
from app.people.posts import postings_under, under
from app.people.principal import Principal
from app.rules.attendance import Verdict
from app.rules.procedures import RequestState

Asked = tuple[str | None, int]
"""The cursor and how many rows at most."""
Place = tuple[datetime, UUID]
Columns = tuple[SQLColumnExpression[Any], SQLColumnExpression[Any]]


def place_in(cursor: str) -> Place:
    """The instant and key after which a page goes on; raises BadCursor."""
    at, key = decode(cursor, str, str)
    try:
        place = datetime.fromisoformat(str(at)), UUID(str(key))
    except ValueError:
        raise BadCursor from None
    if place[0].tzinfo is None:
        raise BadCursor
    return place


def cursor_of(place: Place) -> str:
    """The cursor of a place."""
    return encode(place[0].isoformat(), str(place[1]))


def places(columns: Columns, place: Place) -> tuple[Tuple, Tuple]:
    """Two columns and a place in their order, to be compared."""
    at, key = columns
    return tuple_(at, key), tuple_(
        literal(place[0], DateTime(timezone=True)), literal(place[1], Uuid)
    )


def check_in_of(session: Session, asker: Principal, key: UUID) -> CheckInOut:
    """One sign-in within the asker's unit."""
    check_in = session.get(CheckIn, key)
    if check_in is None:
        raise NotFound
    asker.look(check_in.community_code)
    return check_in_out(check_in, session.get(CheckInReview, key))


def check_ins_under(
    session: Session, unit_code: str, day: date, verdict: Verdict | None, asked: Asked
) -> CheckInPage:
    """The sign-ins of those who stood in a unit on a date."""
    stood = postings_under(unit_code, day).subquery()
    query = select(CheckIn, CheckInReview).where(
        CheckIn.day == day, CheckIn.worker_id.in_(select(stood.c.worker_id))
    )
    return _check_ins(
        session, query if verdict is None else query.where(CheckIn.verdict == verdict), asked
    )


def check_ins_by(session: Session, worker_id: UUID, day: date, asked: Asked) -> CheckInPage:
    """A worker's own sign-ins of a date."""
    mine = select(CheckIn, CheckInReview).where(CheckIn.worker_id == worker_id, CheckIn.day == day)
    return _check_ins(session, mine, asked)


def _check_ins(
    session: Session, query: Select[CheckIn, CheckInReview], asked: Asked
) -> CheckInPage:
    cursor, limit = asked
    if cursor:
        columns, place = places((CheckIn.corrected_at, CheckIn.id), place_in(cursor))
        query = query.where(columns > place)
    rows = session.execute(
        query.outerjoin(CheckInReview, CheckInReview.check_in_id == CheckIn.id)
        .order_by(CheckIn.corrected_at, CheckIn.id)
        .limit(limit + 1)
    ).all()
    shown = [check_in_out(check_in, review) for check_in, review in rows[:limit]]
    more = len(rows) > limit
    last = shown[-1] if more else None
    return CheckInPage(
        items=shown, next_cursor=cursor_of((last.corrected_at, last.id)) if last else None
    )


def correction_of(session: Session, asker: Principal, key: UUID) -> Correction:
    """One correction request within the asker's unit."""
    found = session.get(Correction, key)
    if found is None:
        raise NotFound
    asker.look(found.community_code)
    return found


def leave_of(session: Session, asker: Principal, key: UUID) -> Leave:
    """One leave within the asker's unit."""
    found = session.get(Leave, key)
    if found is None:
        raise NotFound
    asker.look(found.community_code)
    return found


def corrections_where(
    session: Session, where: Iterable[ColumnElement[bool]], asked: Asked
) -> CorrectionPage:
    """Correction requests, latest first."""
    page = _latest(session, Correction, where, asked)
    return CorrectionPage(
        items=[
            CorrectionRow(**CorrectionOut.model_validate(found).model_dump(), worker_name=name)
            for found, name in page.items
        ],
        next_cursor=page.next_cursor,
    )


def leaves_where(session: Session, where: Iterable[ColumnElement[bool]], asked: Asked) -> LeavePage:
    """Leaves, latest request first."""
    page = _latest(session, Leave, where, asked)
    return LeavePage(
        items=[
            LeaveRow(**LeaveOut.model_validate(found).model_dump(), worker_name=name)
            for found, name in page.items
        ],
        next_cursor=page.next_cursor,
    )


def of_unit(
    kind: type[Request], unit_code: str, state: RequestState | None
) -> Sequence[ColumnElement[bool]]:
    """The requests of a unit, in a state or in any."""
    scope = under(kind.community_code, unit_code)
    return [scope] if state is None else [scope, kind.state == state]


def of_worker(kind: type[Request], worker_id: UUID) -> Sequence[ColumnElement[bool]]:
    """A worker's own requests."""
    return [kind.worker_id == worker_id]


def _latest(
    session: Session, kind: type[Request], where: Iterable[ColumnElement[bool]], asked: Asked
) -> Page[tuple[Request, str]]:
    cursor, limit = asked
    query = (
        select(kind, Worker.name)
        .join(Worker, Worker.id == kind.worker_id)
        .where(*where)
        .order_by(kind.requested_at.desc(), kind.id.desc())
        .limit(limit + 1)
    )
    if cursor:
        columns, place = places((kind.requested_at, kind.id), place_in(cursor))
        query = query.where(columns < place)
    rows = [(found, name) for found, name in session.execute(query)]
    shown, last = rows[:limit], rows[limit - 1][0] if len(rows) > limit else None
    return Page(shown, cursor_of((last.requested_at, last.id)) if last else None)
