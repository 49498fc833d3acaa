"""What a worker sees of himself or herself: the day at a glance."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.days.evidence import check_ins, day_of
from app.days.own_standing import standing_messages
from app.days.records import IncidentOut, MessageOut, MyDayOut, VisitOut
from app.db.models import CheckIn, CheckInReview, Correction, Incident, Leave, Quarantine, Visit
from app.incidents.labels import category_words, named
from app.kit.clock import day_end, day_start
from app.visits.lists import labels_of

MESSAGES_SHOWN = 20


def my_day(session: Session, worker_id: UUID, day: date, now: datetime) -> MyDayOut:
    """Windows and what fills them, minutes by half, records of the date, decisions."""
    return MyDayOut(
        day=day_of(session, worker_id, day, now),
        check_ins=check_ins(session, worker_id, day),
        visits=_visits(session, worker_id, day),
        incidents=_incidents(session, worker_id, day),
        messages=messages(session, worker_id),
        set_aside=_set_aside(session, worker_id, day),
    )


def _visits(session: Session, worker_id: UUID, day: date) -> list[VisitOut]:
    visits = session.scalars(
        select(Visit)
        .where(Visit.worker_id == worker_id, Visit.day == day)
        .order_by(Visit.corrected_at, Visit.id)
    ).all()
    labels = labels_of(session, visits)
    return [_visit(visit, labels.get(visit.id)) for visit in visits]


def _visit(visit: Visit, label: str | None) -> VisitOut:
    return VisitOut(
        id=visit.id,
        kind=visit.kind,
        grid_code=visit.grid_code,
        place_id=visit.place_id,
        place=label or (visit.words["place"] if visit.words else None),
        manner=visit.manner,
        outcome=visit.outcome,
        verdict=visit.verdict,
        corrected_at=visit.corrected_at,
    )


def _incidents(session: Session, worker_id: UUID, day: date) -> list[IncidentOut]:
    rows = session.scalars(
        select(Incident)
        .where(Incident.worker_id == worker_id, Incident.day == day)
        .order_by(Incident.corrected_at, Incident.id)
    ).all()
    words = category_words(session, {row.category for row in rows})
    return [
        IncidentOut(
            id=row.id,
            **named(row.category, words),
            severity=row.severity,
            grid_code=row.grid_code,
            description=row.description,
            corrected_at=row.corrected_at,
        )
        for row in rows
    ]


def messages(session: Session, worker_id: UUID) -> list[MessageOut]:
    """The last decisions about the worker, and what is held against one, newest first."""
    found = [*_corrections(session, worker_id), *_leaves(session, worker_id)]
    found += _reviews(session, worker_id)
    found += standing_messages(session, worker_id, MESSAGES_SHOWN)
    return sorted(found, key=lambda message: message.at, reverse=True)[:MESSAGES_SHOWN]


def _corrections(session: Session, worker_id: UUID) -> Sequence[MessageOut]:
    rows = session.scalars(
        select(Correction)
        .where(Correction.worker_id == worker_id, Correction.decided_at.is_not(None))
        .order_by(Correction.decided_at.desc())
        .limit(MESSAGES_SHOWN)
    )
    return [
        MessageOut(
            kind="correction",
            subject_id=row.id,
            day=row.day,
            outcome=row.state.value,
            reason=row.decision_reason,
            at=row.decided_at or row.requested_at,
        )
        for row in rows
    ]


def _leaves(session: Session, worker_id: UUID) -> Sequence[MessageOut]:
    rows = session.scalars(
        select(Leave)
        .where(Leave.worker_id == worker_id, Leave.decided_at.is_not(None))
        .order_by(Leave.decided_at.desc())
        .limit(MESSAGES_SHOWN)
    )
    return [
        MessageOut(
            kind="leave",
            subject_id=row.id,
            day=row.first_day,
            outcome=row.state.value,
            reason=row.decision_reason,
            at=row.decided_at or row.requested_at,
        )
        for row in rows
    ]


def _reviews(session: Session, worker_id: UUID) -> Sequence[MessageOut]:
    """By the index on the worker's sign-ins."""
    rows = session.scalars(
        select(CheckInReview)
        .join(CheckIn, CheckIn.id == CheckInReview.check_in_id)
        .where(CheckIn.worker_id == worker_id)
        .order_by(CheckInReview.decided_at.desc())
        .limit(MESSAGES_SHOWN)
    )
    return [
        MessageOut(
            kind="check_in_review",
            subject_id=row.check_in_id,
            day=row.day,
            outcome="accepted" if row.accepted else "refused",
            reason=row.reason,
            at=row.decided_at,
        )
        for row in rows
    ]


def _set_aside(session: Session, worker_id: UUID, day: date) -> int:
    """Records that came in on the date and are kept in quarantine."""
    count = select(func.count()).where(
        Quarantine.worker_id == worker_id,
        Quarantine.received_at >= day_start(day),
        Quarantine.received_at < day_end(day),
    )
    return session.scalar(count) or 0
