"""Post, grids, contract, resignation and leave of a date."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from app.db.models import ApprovalCase, Assignment, Contract, Leave, Resignation
from app.history.asking import AsOf
from app.history.schemas import (
    StoodContractOut,
    StoodGridOut,
    StoodLeaveOut,
    StoodPostOut,
    StoodResignationOut,
)
from app.people.posts import posting_on
from app.rules.approvals import Procedure
from app.rules.hiring import ApplicationState
from app.rules.procedures import RequestState


def post(asked: AsOf) -> StoodPostOut | None:
    """Where the worker stood."""
    found = posting_on(asked.session, asked.worker_id, asked.on)
    if found is None:
        return None
    return StoodPostOut(
        community_code=found.community_code,
        employment=found.employment,
        first_day=found.valid.lower,
        last_day=_last(found.valid),
    )


def _last(span: Range[date]) -> date | None:
    return None if span.upper is None else span.upper - timedelta(days=1)


def grids(asked: AsOf) -> list[StoodGridOut]:
    """Which grids the worker held."""
    rows = asked.session.scalars(
        select(Assignment)
        .where(Assignment.worker_id == asked.worker_id, Assignment.valid.contains(asked.on))
        .order_by(Assignment.grid_code)
    )
    return [
        StoodGridOut(grid_code=row.grid_code, first_responsible=row.first_responsible)
        for row in rows
    ]


def contract(asked: AsOf) -> StoodContractOut | None:
    """The contract in force; its end only as far as it had been decided."""
    rows = asked.session.scalars(
        select(Contract)
        .where(
            Contract.worker_id == asked.worker_id,
            Contract.recorded_at <= asked.known_at,
            Contract.first_day <= asked.on,
        )
        .order_by(Contract.first_day.desc())
    )
    shown = (_contract(asked, row) for row in rows)
    return next((one for one in shown if one.ends_on >= asked.on), None)


def _contract(asked: AsOf, row: Contract) -> StoodContractOut:
    decided = row.ended_at is not None and row.ended_at <= asked.known_at
    ends = (row.last_day if decided else None, row.term_ends_on, row.retires_on)
    return StoodContractOut(
        id=row.id,
        community_code=row.community_code,
        origin=row.origin,
        first_day=row.first_day,
        ends_on=min(end for end in ends if end is not None),
        end_cause=row.end_cause if decided else None,
    )


def resignation(asked: AsOf) -> StoodResignationOut | None:
    """The last that had been handed in: open until its case was closed."""
    found = asked.session.execute(
        select(Resignation, ApprovalCase.closed_at)
        .outerjoin(
            ApprovalCase,
            (ApprovalCase.subject_id == Resignation.id)
            & (ApprovalCase.procedure == Procedure.RESIGNATION),
        )
        .where(
            Resignation.worker_id == asked.worker_id,
            Resignation.received_at <= asked.known_at,
        )
        .order_by(Resignation.received_at.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    row, closed_at = found
    closed = closed_at is not None and closed_at <= asked.known_at
    return StoodResignationOut(
        id=row.id,
        last_day=row.last_day,
        asked_at=row.asked_at,
        state=row.state if closed else ApplicationState.OPEN,
    )


def leave(asked: AsOf) -> StoodLeaveOut | None:
    """Leave over the date that had been approved."""
    found = asked.session.scalars(
        select(Leave)
        .where(
            Leave.worker_id == asked.worker_id,
            Leave.state == RequestState.APPROVED,
            Leave.decided_at <= asked.known_at,
            Leave.first_day <= asked.on,
            Leave.last_day >= asked.on,
        )
        .order_by(Leave.first_day, Leave.first_half.desc(), Leave.id)
        .limit(1)
    ).first()
    return None if found is None else StoodLeaveOut.model_validate(found)
