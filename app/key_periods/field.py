"""What workers send in a key period: that they have read it, and how it stands (EMR-1)."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db.models import Acknowledgement, KeyPeriod, KeyPeriodReport
from app.key_periods.area import concerns, span_of, units_of, units_of_all
from app.key_periods.commands import shown
from app.key_periods.schemas import AcknowledgementIn, KeyPeriodReportIn
from app.kit.clock import day_start
from app.outbox.emit import emit, publish
from app.people.capture import Capture, NotYet
from app.people.photos import Subject, link_photos


@dataclass(frozen=True)
class Written:
    """What became of it, and what the handset is told."""

    status: Literal["created", "duplicate", "out_of_scope"]
    facts: dict[str, Any]


def record_acknowledgement(session: Session, capture: Capture, body: AcknowledgementIn) -> Written:
    """A worker has read it, once; from outside its area it is kept and not counted.

    Raises NotYet.
    """
    period = _period_of(session, body.key_period_id)
    units = units_of(session, period.id)
    row = {**capture.columns(), "key_period_id": period.id}
    written = session.scalar(
        insert(Acknowledgement)
        .values(row)
        .on_conflict_do_nothing(index_elements=["key_period_id", "worker_id"])
        .returning(Acknowledgement.id)
    )
    first = _acknowledgement_of(session, period.id, capture.worker_id)
    assert first is not None
    if written is None:
        return Written("duplicate", acknowledgement_shown(first))
    publish(
        session,
        capture.worker_id,
        "key_period",
        period.id,
        shown(period, units, first.corrected_at),
    )
    _tell(session, capture, "key_period.acknowledged", period)
    inside = concerns(session, units, span_of(period), capture.worker_id)
    return Written("created" if inside else "out_of_scope", acknowledgement_shown(first))


def record_report(session: Session, capture: Capture, body: KeyPeriodReportIn) -> Written:
    """A worker reports; from outside its area it is kept and not counted. Raises NotYet."""
    period = _period_of(session, body.key_period_id)
    report = KeyPeriodReport(**capture.columns(), **body.model_dump())
    session.add(report)
    session.flush()
    subject = Subject("key_period_report", report.id, capture.community_code, capture.worker_id)
    link_photos(session, subject, body.photos, capture.received_at)
    publish(session, capture.worker_id, "key_period_report", report.id, report_shown(report))
    _tell(session, capture, "key_period.reported", period, all_well=body.all_well)
    inside = concerns(session, units_of(session, period.id), span_of(period), capture.worker_id)
    return Written("created" if inside else "out_of_scope", report_shown(report))


def _period_of(session: Session, key: UUID) -> KeyPeriod:
    period = session.get(KeyPeriod, key)
    if period is None:
        raise NotYet(waits_for=key)
    return period


def _acknowledgement_of(
    session: Session, key_period_id: UUID, worker_id: UUID
) -> Acknowledgement | None:
    return session.scalar(
        select(Acknowledgement).where(
            Acknowledgement.key_period_id == key_period_id,
            Acknowledgement.worker_id == worker_id,
        )
    )


def _tell(
    session: Session, capture: Capture, event: str, period: KeyPeriod, **facts: object
) -> None:
    emit(
        session,
        event,
        by=capture.account_id,
        unit_code=capture.community_code,
        subject=("key_period", period.id),
        record=str(capture.id),
        **facts,
    )


def acknowledgement_shown(row: Acknowledgement) -> dict[str, Any]:
    """An acknowledgement as the handset gets it back."""
    return {
        "id": str(row.id),
        "key_period_id": str(row.key_period_id),
        "corrected_at": row.corrected_at.isoformat(),
        "time_proven": row.time_proven,
    }


def report_shown(row: KeyPeriodReport) -> dict[str, Any]:
    """A report as the handset gets it back."""
    return {
        "key_period_id": str(row.key_period_id),
        "all_well": row.all_well,
        "said": row.said,
        "photos": row.photos,
        "corrected_at": row.corrected_at.isoformat(),
        "time_proven": row.time_proven,
    }


def current(
    session: Session, worker_id: UUID, today: date, after: UUID, limit: int
) -> list[tuple[UUID, dict[str, Any]]]:
    """The responses of today and later that concern a worker, by key: for a handset's state."""
    closes = func.coalesce(KeyPeriod.ended_at, KeyPeriod.ends_at)
    periods = session.scalars(
        select(KeyPeriod)
        .where(closes >= day_start(today), KeyPeriod.id > after)
        .order_by(KeyPeriod.id)
    ).all()
    units = units_of_all(session, [period.id for period in periods])
    found: list[tuple[UUID, dict[str, Any]]] = []
    for period in periods:
        if len(found) < limit and concerns(session, units[period.id], span_of(period), worker_id):
            first = _acknowledgement_of(session, period.id, worker_id)
            body = shown(period, units[period.id], first.corrected_at if first else None)
            found.append((period.id, body))
    return found
