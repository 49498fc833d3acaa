"""A dismissal that was overturned never counted: the contract goes on as if it had not ended."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.contracts.ending import Ending, end_contract
from app.contracts.leaving import A_DAY
from app.contracts.queries import follows
from app.contracts.shown import tell_worker
from app.db.models import (
    Account,
    ApprovalCase,
    Assignment,
    Contract,
    Leave,
    Posting,
    Resignation,
    Worker,
)
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.outbox.emit import emit, mark_visits
from app.people.marks import mark_worker, publish_grid
from app.people.spans import starts
from app.rules.contract_terms import resigned_from
from app.rules.duty import Half
from app.rules.hiring import ApplicationState, ContractEnd
from app.rules.procedures import LeaveKind, RequestState

OVERTURNED = "辞退决定已撤销，期间视为公假"


def resume_contract(
    session: Session, worker_id: UUID, ended_on: date, *, by: UUID, now: datetime
) -> Contract | None:
    """Undo what a dismissal ended on a date: contract, post, grids that nobody else took since.

    The dates between are official leave: they are paid, and nothing was owed on them [reading].
    Who was hired again meanwhile stays where he or she is; who had resigned leaves as approved.
    None where no contract was recorded.
    """
    session.get_one(Worker, worker_id, with_for_update=True)
    contract = session.scalar(
        select(Contract).where(
            Contract.worker_id == worker_id,
            Contract.last_day == ended_on,
        )
    )
    if contract is not None and contract.end_cause is not ContractEnd.DISMISSAL:
        return None
    first, today = ended_on + A_DAY, civil_day(now)
    if follows(session, worker_id, ended_on) or not _post_goes_on(session, worker_id, first):
        return contract
    if contract is not None:
        _open_again(session, contract, by)
    resigned = _resigned_after(session, worker_id, ended_on)
    until = min(today, resigned.last_day) if resigned else today
    _excuse(session, worker_id, (first, until), by, now)
    if until == today:
        _hold_again(session, worker_id, first, max(first, today), now)
    _let_in(session, worker_id)
    mark_worker(session, worker_id, first, today)
    if resigned is not None:
        _leave_as_approved(session, worker_id, resigned, now)
    return contract


def _resigned_after(session: Session, worker_id: UUID, day: date) -> Ending | None:
    """The end after a date that an approved resignation had set: it stands on its own (CON-4)."""
    row = session.execute(
        select(Resignation, ApprovalCase.id, ApprovalCase.closed_at)
        .outerjoin(ApprovalCase, ApprovalCase.subject_id == Resignation.id)
        .where(
            Resignation.worker_id == worker_id,
            Resignation.state == ApplicationState.APPROVED,
            Resignation.last_day > day,
        )
        .order_by(Resignation.last_day)
        .limit(1)
    ).first()
    if row is None:
        return None
    found, case_id, decided_at = row
    approved_on = civil_day(decided_at) if decided_at else found.last_day
    last_day = resigned_from(found.last_day, approved_on)
    return Ending(last_day, ContractEnd.RESIGNATION, None, found.said, case_id)


def _leave_as_approved(session: Session, worker_id: UUID, ending: Ending, now: datetime) -> None:
    end_contract(
        session,
        worker_id,
        ending.last_day,
        ending.cause,
        by=ending.by,
        reason=ending.reason,
        case_id=ending.case_id,
        now=now,
    )


def _open_again(session: Session, contract: Contract, by: UUID) -> None:
    contract.last_day = contract.end_cause = contract.end_reason = None
    contract.end_case_id = contract.ended_at = contract.ended_by = None
    tell_worker(session, contract)
    emit(
        session,
        "contract.resumed",
        by=by,
        unit_code=contract.community_code,
        subject=("contract", contract.id),
        worker=str(contract.worker_id),
    )


def _post_goes_on(session: Session, worker_id: UUID, first: date) -> bool:
    """The post that was cut has no end again; whether there is one, and none after it."""
    later = select(Posting.id).where(
        Posting.worker_id == worker_id, Posting.valid.overlaps(Range(first, None))
    )
    post = session.scalar(
        select(Posting).where(Posting.worker_id == worker_id, func.upper(Posting.valid) == first)
    )
    if post is None or session.scalar(later.limit(1)) is not None:
        return False
    post.valid = Range(starts(post.valid), None)
    session.flush()
    mark_visits(session, post.community_code, first)
    return True


def _excuse(
    session: Session, worker_id: UUID, span: tuple[date, date], by: UUID, now: datetime
) -> None:
    """Official leave for the dates on which one could not serve, unless other leave covers some."""
    first, last = span
    session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"leave {worker_id}", 0)))
    )
    covered = select(Leave.id).where(
        Leave.worker_id == worker_id,
        Leave.state == RequestState.APPROVED,
        Leave.first_day <= last,
        Leave.last_day >= first,
    )
    if last < first or session.scalar(covered.limit(1)) is not None:
        return
    post = session.execute(
        select(Posting.community_code).where(
            Posting.worker_id == worker_id, Posting.valid.contains(last)
        )
    ).scalar_one()
    session.add(
        Leave(
            id=uuid7(now),
            worker_id=worker_id,
            community_code=post,
            kind=LeaveKind.OFFICIAL,
            first_day=first,
            first_half=Half.MORNING,
            last_day=last,
            last_half=Half.AFTERNOON,
            reason=OVERTURNED,
            requested_at=now,
            state=RequestState.APPROVED,
            decided_by=by,
            decided_at=now,
        )
    )
    session.flush()


def _hold_again(session: Session, worker_id: UUID, first: date, day: date, now: datetime) -> None:
    """From a date on the grids of before, where nobody else came first meanwhile."""
    held = session.scalars(
        select(Assignment).where(
            Assignment.worker_id == worker_id, func.upper(Assignment.valid) == first
        )
    ).all()
    for one in held:
        taken = select(Assignment.id).where(
            Assignment.grid_code == one.grid_code,
            Assignment.first_responsible,
            Assignment.valid.overlaps(Range(day, None)),
        )
        if one.first_responsible and session.scalar(taken.limit(1)) is not None:
            continue
        session.add(
            Assignment(
                id=uuid7(now),
                worker_id=worker_id,
                level=one.level,
                grid_code=one.grid_code,
                first_responsible=one.first_responsible,
                valid=Range(day, None),
            )
        )
        session.flush()
        publish_grid(session, worker_id, one.grid_code)
        mark_visits(session, one.grid_code, day)


def _let_in(session: Session, worker_id: UUID) -> None:
    """The account is open again, should it have been closed meanwhile."""
    account = session.scalar(
        select(Account).where(Account.worker_id == worker_id, Account.disabled_at.is_not(None))
    )
    if account is not None:
        account.disabled_at = None
        emit(
            session,
            "account.opened_again",
            by=None,
            unit_code=account.unit_code,
            subject=("account", account.id),
        )
