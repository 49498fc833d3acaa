"""Ending logins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.db.models import Login
from app.outbox.emit import emit
from app.people.principal import Principal


def sign_out(session: Session, asker: Principal, now: datetime) -> None:
    """End the asker's own login."""
    session.execute(
        update(Login)
        .where(Login.id == asker.login_id, Login.revoked_at.is_(None))
        .values(revoked_at=now, revoked_because="signed out")
    )
    emit(
        session,
        "auth.signed_out",
        by=asker.account_id,
        unit_code=asker.unit_code,
        subject=("login", asker.login_id),
    )


def revoke_logins(
    session: Session, account_id: UUID, why: str, now: datetime, but: UUID | None = None
) -> None:
    """End every login of an account, save one perhaps."""
    standing = (Login.account_id == account_id, Login.revoked_at.is_(None))
    others = (*standing, Login.id != but) if but else standing
    session.execute(update(Login).where(*others).values(revoked_at=now, revoked_because=why))
