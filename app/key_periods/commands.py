"""The centre opens a response and ends it (EMR-1)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import KeyPeriod, KeyPeriodUnit, Unit
from app.key_periods.area import concerned, span_of, units_of
from app.key_periods.duty import declare, give_back
from app.key_periods.refusals import (
    KeyPeriodClosed,
    KeyPeriodIdReused,
    KeyPeriodInThePast,
    KeyPeriodTooLong,
)
from app.key_periods.schemas import KeyPeriodIn
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.outbox.emit import emit, publish
from app.people.principal import Principal
from app.people.values import values_on
from app.rules.key_periods import KeyPeriodState, KeySpan, is_short_enough, state_of

EVERYWHERE = ""


def open_key_period(
    session: Session, asker: Principal, body: KeyPeriodIn, now: datetime
) -> KeyPeriod:
    """Open a response; its dates become duty dates, and whom it concerns is told."""
    _one_at_a_time(session)
    key = body.id or uuid7(now)
    known = session.get(KeyPeriod, key)
    if known is not None:
        return _same(session, known, body)
    _check(session, asker, body, now)
    period = KeyPeriod(
        id=key,
        opened_by=asker.account_id,
        opened_at=now,
        **body.model_dump(exclude={"id", "units"}),
    )
    session.add(period)
    session.flush()
    session.add_all(KeyPeriodUnit(key_period_id=key, unit_code=code) for code in body.units)
    session.flush()
    declare(session, asker, period, now)
    _tell(session, asker, period, "key_period.opened")
    return period


def _one_at_a_time(session: Session) -> None:
    """Responses are opened and ended one after the other: they share duty dates."""
    key = func.hashtextextended("key periods", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def _same(session: Session, known: KeyPeriod, body: KeyPeriodIn) -> KeyPeriod:
    asked = body.model_dump(exclude={"id", "units"})
    alike = asked == {name: getattr(known, name) for name in asked}
    if not alike or units_of(session, known.id) != sorted(body.units):
        raise KeyPeriodIdReused(id=known.id)
    return known


def _check(session: Session, asker: Principal, body: KeyPeriodIn, now: datetime) -> None:
    """Raises Forbidden, NotFound, KeyPeriodInThePast or KeyPeriodTooLong."""
    for code in body.units:
        asker.act(code)
    known = set(session.scalars(select(Unit.code).where(Unit.code.in_(body.units))))
    missing = sorted(set(body.units) - known)
    if missing:
        raise NotFound(units=missing)
    today = civil_day(now)
    if civil_day(body.starts_at) < today or body.ends_at <= now:
        raise KeyPeriodInThePast(today=today)
    span = KeySpan(body.starts_at, body.ends_at)
    if not is_short_enough(span, values_on(session, civil_day(body.starts_at))):
        raise KeyPeriodTooLong(starts_at=body.starts_at, ends_at=body.ends_at)


def end_key_period(
    session: Session, asker: Principal, key: UUID, reason: str, now: datetime
) -> KeyPeriod:
    """End a response before its time; dates after today that it declared are given back."""
    _one_at_a_time(session)
    period = session.get(KeyPeriod, key, with_for_update=True)
    if period is None:
        raise NotFound
    for code in units_of(session, key):
        asker.act(code)
    state = state_of(span_of(period), now)
    if state in (KeyPeriodState.ENDED, KeyPeriodState.OVER):
        raise KeyPeriodClosed(state=state.value)
    reached = _reached(session, period)
    period.ended_at, period.ended_by, period.end_reason = now, asker.account_id, reason
    give_back(session, asker, period, reason, now)
    _tell(session, asker, period, "key_period.ended", reached, reason=reason)
    return period


def _reached(session: Session, period: KeyPeriod) -> list[UUID]:
    query = concerned(units_of(session, period.id), span_of(period), EVERYWHERE)
    return [worker.id for worker, _ in session.execute(query)]


def _tell(
    session: Session,
    asker: Principal,
    period: KeyPeriod,
    event: str,
    reached: list[UUID] | None = None,
    **facts: Any,
) -> None:
    session.flush()
    units = units_of(session, period.id)
    workers = _reached(session, period) if reached is None else reached
    for worker_id in workers:
        publish(session, worker_id, "key_period", period.id, shown(period, units))
    emit(
        session,
        event,
        by=asker.account_id,
        unit_code=asker.unit_code,
        subject=("key_period", period.id),
        units=units,
        workers=len(workers),
        declared=_named(entry for entry in period.declared if not entry["given_back"]),
        given_back=_named(entry for entry in period.declared if entry["given_back"]),
        not_declared=_named(period.not_declared),
        **facts,
    )
    session.flush()


def _named(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    return [f"{entry['unit']} {entry['day']}" for entry in entries]


def shown(
    period: KeyPeriod, units: list[str], acknowledged_at: datetime | None = None
) -> dict[str, Any]:
    """A response as handsets see it."""
    return {
        "title": period.title,
        "instructions": period.instructions,
        "units": units,
        "starts_at": period.starts_at.isoformat(),
        "ends_at": period.ends_at.isoformat(),
        "ended_at": period.ended_at.isoformat() if period.ended_at else None,
        "end_reason": period.end_reason,
        "acknowledged_at": acknowledged_at.isoformat() if acknowledged_at else None,
    }
