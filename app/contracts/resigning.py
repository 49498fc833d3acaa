"""Resignation: in writing, in advance, and approved (CON-4)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.asking import ask
from app.approvals.cases import Subject, open_case_of, withdraw_case
from app.contracts.feed import tell_resignation
from app.contracts.queries import begun_by, ends_on
from app.contracts.refusals import (
    EndsBefore,
    NotFullTime,
    NotInAdvance,
    ResignationClosed,
    ResignationOpen,
)
from app.contracts.schemas import ResignationIn
from app.contracts.shown import tell_worker
from app.db.models import Resignation, Worker
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.capture import Capture
from app.people.posts import post_of
from app.people.principal import Principal
from app.rules.approvals import Procedure
from app.rules.contract_terms import Resigning, judge_resignation
from app.rules.duty import Employment
from app.rules.hiring import ApplicationState


def record_resignation(session: Session, capture: Capture, body: ResignationIn) -> Resignation:
    """A worker resigns from the handset; an unproven time counts from its receipt."""
    session.get_one(Worker, capture.worker_id, with_for_update=True)
    at = capture.at if capture.proven else capture.received_at
    community = _check(session, capture.worker_id, body, civil_day(at))
    resignation = Resignation(
        id=capture.id,
        worker_id=capture.worker_id,
        community_code=community,
        said=body.said,
        last_day=body.last_day,
        asked_at=at,
        received_at=capture.received_at,
        state=ApplicationState.OPEN,
    )
    session.add(resignation)
    session.flush()
    subject = Subject(Procedure.RESIGNATION, resignation.id, community, worker_id=capture.worker_id)
    ask(session, subject, capture.account_id, capture.received_at)
    tell(session, resignation, "contract.resigned", capture.account_id)
    return resignation


def _check(session: Session, worker_id: UUID, body: ResignationIn, asked_on: date) -> str:
    """The community that is asked; raises what stands in the way."""
    post = post_of(session, worker_id, asked_on)
    if post.employment is not Employment.FULL_TIME:
        raise NotFullTime
    if judge_resignation(asked_on, body.last_day).verdict is Resigning.TOO_LATE:
        raise NotInAdvance(asked_on=asked_on, last_day=body.last_day)
    pending = open_of(session, worker_id)
    if pending is not None:
        raise ResignationOpen(id=pending.id, last_day=pending.last_day)
    contract = begun_by(session, worker_id, body.last_day)
    if contract is not None and ends_on(contract) <= body.last_day:
        raise EndsBefore(ends_on=ends_on(contract))
    return post.community_code


def open_of(session: Session, worker_id: UUID) -> Resignation | None:
    """The resignation of a worker that is being decided."""
    return session.scalar(
        select(Resignation).where(
            Resignation.worker_id == worker_id, Resignation.state == ApplicationState.OPEN
        )
    )


def withdraw_resignation(
    session: Session, asker: Principal, key: UUID, reason: str, now: datetime
) -> Resignation:
    """A worker takes back the own resignation while it is being decided."""
    resignation = session.get(Resignation, key, with_for_update=True)
    if resignation is None or resignation.worker_id != asker.as_worker():
        raise NotFound(resignation=key)
    if resignation.state is not ApplicationState.OPEN:
        raise ResignationClosed(state=resignation.state.value)
    case = open_case_of(session, Procedure.RESIGNATION, key)
    if case is not None:
        session.refresh(case, with_for_update=True)
        withdraw_case(session, asker, case, reason, now)
    resignation.state = ApplicationState.WITHDRAWN
    tell(session, resignation, "contract.resignation_withdrawn", asker.account_id)
    return resignation


def tell(session: Session, resignation: Resignation, event: str, by: UUID | None) -> None:
    """The trace of an act, and what the worker's handset shows of it."""
    session.flush()
    tell_resignation(session, resignation)
    contract = begun_by(session, resignation.worker_id, resignation.last_day)
    if contract is not None:
        tell_worker(session, contract)
    emit(
        session,
        event,
        by=by,
        unit_code=resignation.community_code,
        subject=("resignation", resignation.id),
        worker=str(resignation.worker_id),
        last_day=resignation.last_day.isoformat(),
        state=resignation.state.value,
    )
