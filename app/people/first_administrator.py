"""The first account of a city of one's own: who opens all the others."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Account, Unit
from app.kit.ids import uuid7
from app.outbox.emit import emit
from app.people.city_refusals import AdministratorExists, NoCity
from app.people.passwords import hash_password, one_time_password
from app.rules.divisions import UnitTier

ROLE = "system_administrator"


def open_first(session: Session, phone: str, name: str, now: datetime) -> str:
    """A system administrator of the whole city; returns the one-time password."""
    city = session.scalar(select(Unit.code).where(Unit.tier == UnitTier.CITY))
    if city is None:
        raise NoCity
    standing = select(Account.id).where(
        Account.roles.contains([ROLE]), Account.disabled_at.is_(None)
    )
    if session.scalar(standing.limit(1)) is not None:
        raise AdministratorExists
    password = one_time_password()
    account = Account(
        id=uuid7(now),
        phone=phone,
        name=name,
        unit_code=city,
        roles=[ROLE],
        password_hash=hash_password(password),
        must_change_password=True,
        created_at=now,
    )
    session.add(account)
    session.flush()
    emit(
        session,
        "account.opened",
        by=None,
        unit_code=city,
        subject=("account", account.id),
        roles=[ROLE],
    )
    return password
