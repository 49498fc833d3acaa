"""Contracts as they stand on a date."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.db.models import Contract


def ends_on(contract: Contract) -> date:
    """The last date: what was decided, the fixed term or retirement, whichever comes first."""
    ends = (contract.last_day, contract.term_ends_on, contract.retires_on)
    return min(end for end in ends if end is not None)


def last_date() -> ColumnElement[date]:
    """The same of a row."""
    return func.least(Contract.last_day, Contract.term_ends_on, Contract.retires_on)


def contract_on(session: Session, worker_id: UUID, day: date) -> Contract | None:
    """The contract in force on a date."""
    return session.scalar(
        select(Contract).where(
            Contract.worker_id == worker_id, Contract.first_day <= day, last_date() >= day
        )
    )


def contracts_of(session: Session, worker_id: UUID) -> Sequence[Contract]:
    """All contracts of a worker, the latest first."""
    return session.scalars(
        select(Contract).where(Contract.worker_id == worker_id).order_by(Contract.first_day.desc())
    ).all()


def begun_by(session: Session, worker_id: UUID, day: date) -> Contract | None:
    """The latest contract that began on or before a date, ended or not."""
    return session.scalar(
        select(Contract)
        .where(Contract.worker_id == worker_id, Contract.first_day <= day)
        .order_by(Contract.first_day.desc())
        .limit(1)
    )


def follows(session: Session, worker_id: UUID, day: date) -> Sequence[Contract]:
    """Contracts that begin after a date, the last first."""
    return session.scalars(
        select(Contract)
        .where(Contract.worker_id == worker_id, Contract.first_day > day)
        .order_by(Contract.first_day.desc())
    ).all()
