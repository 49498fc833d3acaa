"""A sign-in is recorded with its verdict at arrival (ATT-1 to ATT-4)."""

from dataclasses import replace
from datetime import UTC
from typing import Any
from uuid import UUID

from shapely import Point
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.attendance import queries
from app.attendance.refusals import IdReused
from app.attendance.schemas import CheckInIn, check_in_out
from app.db.models import CheckIn
from app.outbox.emit import emit, mark_stale, publish
from app.people.calendar import is_duty_date
from app.people.capture import AfterReceipt, Capture
from app.people.posts import station_on
from app.people.values import values_on
from app.rules import attendance as rules
from app.rules.geodesy import Position
from app.rules.parameters import Values
from app.rules.trusted_time import Captured, is_after_receipt


def record_check_in(session: Session, capture: Capture, body: CheckInIn) -> CheckIn:
    """Record a sign-in with its verdict at arrival; a repeat of its id is answered with the first.

    A window is filled by a valid sign-in, or by one that the station accepted. A correction
    request makes a window good without filling it: a true sign-in that arrives later still counts.
    """
    sign_in = _sign_in(capture, body)
    if is_after_receipt(sign_in.captured, capture.received_at):
        raise AfterReceipt(captured_at=capture.at, received_at=capture.received_at)
    queries.one_at_a_time(session, capture.worker_id, capture.day)
    post, values = post_for(session, capture), values_on(session, capture.day)
    written = _write(session, capture, sign_in, rules.judge_check_in(sign_in, post, values))
    if written is None:
        known = session.get(CheckIn, capture.id)
        if known is not None:
            return _repeated(known, capture)
        filled = queries.valid_check_ins(session, capture.worker_id, capture.day)
        again = rules.judge_check_in(sign_in, replace(post, filled=filled), values)
        written = _write(session, capture, sign_in, again)
    if written is None:
        raise IdReused(id=capture.id)
    _tell(session, capture.account_id, written)
    return written


def _sign_in(capture: Capture, body: CheckInIn) -> rules.CheckIn:
    return rules.CheckIn(
        captured=Captured(capture.at, capture.proven, capture.offset_s),
        received_at=capture.received_at,
        position=body.position(),
        accuracy_m=body.accuracy_m,
        mocked=body.mocked,
    )


def post_for(session: Session, record: Capture | CheckIn) -> rules.Post:
    """The station of the record's date, whether it is a duty date, and the windows filled."""
    station = station_on(session, record.community_code, record.day)
    return rules.Post(
        station=position_of(station.point) if station else None,
        on_duty=is_duty_date(session, record.community_code, record.day),
        filled=queries.valid_check_ins(session, record.worker_id, record.day),
    )


def position_of(point: object) -> Position:
    """A point as the rules know it."""
    assert isinstance(point, Point)
    return Position(point.x, point.y)


def _write(
    session: Session, capture: Capture, sign_in: rules.CheckIn, finding: rules.CheckInFinding
) -> CheckIn | None:
    """None if its window was filled, or its id taken, by another transaction meanwhile."""
    row = insert(CheckIn).values(_row(capture, sign_in, finding))
    return session.scalars(row.on_conflict_do_nothing().returning(CheckIn)).one_or_none()


def _row(capture: Capture, sign_in: rules.CheckIn, finding: rules.CheckInFinding) -> dict[str, Any]:
    return {
        "id": capture.id,
        "worker_id": capture.worker_id,
        "community_code": capture.community_code,
        "device_id": capture.device_id,
        "captured_at": capture.device_time.astimezone(UTC),
        "corrected_at": capture.at.astimezone(UTC),
        "received_at": capture.received_at,
        "time_proven": capture.proven,
        "offset_s": capture.offset_s,
        "lon": sign_in.position.lon,
        "lat": sign_in.position.lat,
        "accuracy_m": sign_in.accuracy_m,
        "mocked": sign_in.mocked,
        "day": capture.day,
        "window": finding.window,
        "verdict": finding.verdict,
        "distance_m": finding.distance_m,
        "because": {"rule": finding.rule, "clause": finding.clause, **finding.because},
    }


def judged(capture: Capture, body: CheckInIn, post: rules.Post, values: Values) -> dict[str, Any]:
    """The row of a sign-in with its verdict, for a caller who holds the locks and writes many."""
    sign_in = _sign_in(capture, body)
    return _row(capture, sign_in, rules.judge_check_in(sign_in, post, values))


def _repeated(known: CheckIn, capture: Capture) -> CheckIn:
    """The first of two with the same id, unless it is somebody else's."""
    if known.worker_id != capture.worker_id:
        raise IdReused(id=capture.id)
    return known


def _tell(session: Session, by: UUID, written: CheckIn) -> None:
    """Mark the worker's date stale, show the sign-in on the handset, and leave a trace."""
    mark_stale(session, written.worker_id, written.community_code, written.day)
    shown = check_in_out(written).model_dump(mode="json")
    publish(session, written.worker_id, "check_in", written.id, shown)
    emit(
        session,
        "check_in.recorded",
        by=by,
        unit_code=written.community_code,
        subject=("check_in", written.id),
        day=written.day.isoformat(),
        window=written.window,
        verdict=written.verdict.value,
    )
