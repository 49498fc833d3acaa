"""The server's epoch: another one after every restore from a backup."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import ServerEpoch


def epoch_of(session: Session) -> UUID:
    """The epoch that handsets must know."""
    return session.scalars(select(ServerEpoch.epoch)).one()
