"""Looking at accounts, devices and the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.db.models import Account, Device, OutboxEvent
from app.kit.errors import BadCursor
from app.kit.paging import Page, decode, encode
from app.people.posts import under
from app.people.principal import Principal
from app.rules.divisions import UnitTier

Keyed = TypeVar("Keyed", Account, Device)


@dataclass(frozen=True)
class EventFilter:
    """Which acts are asked for."""

    account_id: UUID | None
    name: str | None
    subject_id: str | None
    since: datetime | None
    until: datetime | None


def accounts_under(
    session: Session, unit_code: str, role: str | None, cursor: str | None, limit: int
) -> Page[Account]:
    """The accounts of a unit in the order of their ids."""
    query = select(Account).where(under(Account.unit_code, unit_code))
    if role:
        query = query.where(Account.roles.contains([role]))
    if cursor:
        query = query.where(Account.id > _key(cursor))
    rows = session.scalars(query.order_by(Account.id).limit(limit + 1)).all()
    return _page(rows, limit)


def devices_under(
    session: Session, asker: Principal, worker_id: UUID | None, cursor: str | None, limit: int
) -> Page[Device]:
    """The devices of a unit's accounts in the order of their ids."""
    query = select(Device).join(Account, Account.id == Device.account_id)
    query = query.where(under(Account.unit_code, asker.unit_code))
    if worker_id:
        query = query.where(Account.worker_id == worker_id)
    if cursor:
        query = query.where(Device.id > _key(cursor))
    rows = session.scalars(query.order_by(Device.id).limit(limit + 1)).all()
    return _page(rows, limit)


def events(
    session: Session, asker: Principal, asked: EventFilter, cursor: str | None, limit: int
) -> Page[OutboxEvent]:
    """Acts within one's unit, newest first; those of no unit are shown at the city only."""
    within: ColumnElement[bool] = OutboxEvent.unit_code.like(f"{asker.unit_code}%")
    if asker.tier is UnitTier.CITY:
        within = or_(within, OutboxEvent.unit_code.is_(None))
    query = select(OutboxEvent).where(within, *_asked(asked))
    if cursor:
        query = query.where(OutboxEvent.id < decode(cursor, int)[0])
    rows = session.scalars(query.order_by(OutboxEvent.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    return Page(shown, encode(shown[-1].id) if len(rows) > limit else None)


def _asked(asked: EventFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for column, value in (
        (OutboxEvent.account_id, asked.account_id),
        (OutboxEvent.name, asked.name),
        (OutboxEvent.subject_id, asked.subject_id),
    ):
        if value is not None:
            conditions.append(column == value)
    if asked.since:
        conditions.append(OutboxEvent.at >= asked.since)
    if asked.until:
        conditions.append(OutboxEvent.at < asked.until)
    return conditions


def _key(cursor: str) -> UUID:
    try:
        return UUID(str(decode(cursor, str)[0]))
    except ValueError:
        raise BadCursor from None


def _page(rows: Sequence[Keyed], limit: int) -> Page[Keyed]:
    shown = rows[:limit]
    return Page(shown, encode(str(shown[-1].id)) if len(rows) > limit else None)
