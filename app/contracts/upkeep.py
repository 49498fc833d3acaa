"""What comes by itself: terms run out, people retire, accounts close after them (HIRE-3)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.contracts.ending import Ending, close, end_contract
from app.contracts.leaving import A_DAY, give_up
from app.contracts.queries import ends_on, follows, last_date
from app.db.models import Account, Assignment, Contract, Device, Posting
from app.kit.clock import civil_day
from app.outbox.emit import emit
from app.people.logins import revoke_logins
from app.people.values import values_on
from app.rules.contract_terms import account_closes_on
from app.rules.hiring import ContractEnd

AT_ONCE = 500
TOLD_AGAIN = timedelta(days=3)
"""Nights in which a handset is told again that its grids are another's, should one be missed."""
WORDS = {ContractEnd.RETIREMENT: "达到法定退休年龄", ContractEnd.TERM_OVER: "合同期满"}


@dataclass(frozen=True)
class Kept:
    """What a night did."""

    ended: int
    left: int
    accounts: int


def keep(session: Session, now: datetime) -> Kept:
    """Once a night: end what ran out, give up what was held, close what nobody uses any more."""
    return Kept(
        ended=end_what_ran_out(session, now),
        left=release_who_left(session, now),
        accounts=close_accounts(session, now),
    )


def end_what_ran_out(session: Session, now: datetime) -> int:
    """Contracts whose last date is past, though nobody said so."""
    contracts = session.scalars(
        select(Contract)
        .where(Contract.last_day.is_(None), last_date() < civil_day(now))
        .order_by(Contract.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for contract in contracts:
        _run_out(session, contract, now)
    return len(contracts)


def _run_out(session: Session, contract: Contract, now: datetime) -> None:
    """By retirement or by the term; where another contract follows, the worker stays."""
    end = ends_on(contract)
    cause = (
        ContractEnd.RETIREMENT if end == contract.retires_on else ContractEnd.TERM_OVER
    )  # fmt: skip
    following = follows(session, contract.worker_id, end)
    if any(next_one.first_day == end + A_DAY for next_one in following):
        close(session, contract, Ending(end, cause, None, WORDS[cause], None), now)
        return
    end_contract(
        session,
        contract.worker_id,
        end,
        cause,
        by=None,
        reason=WORDS[cause],
        case_id=None,
        now=now,
    )


def release_who_left(session: Session, now: datetime) -> int:
    """Who left these days, announced long before: the group and the handset's grids go now."""
    today = civil_day(now)
    left = session.execute(
        select(Contract.worker_id, Contract.last_day).where(
            Contract.last_day.between(today - TOLD_AGAIN, today - A_DAY),
            ~_posted_from(today, Contract.worker_id.expression),
        )
    ).all()
    for worker_id, last_day in left:
        assert last_day is not None
        grids = _held(session, worker_id, last_day)
        give_up(session, worker_id, last_day + A_DAY, grids, None)
    return len(left)


def _posted_from(day: date, worker: ColumnElement[UUID]) -> ColumnElement[bool]:
    later = Posting.valid.overlaps(Range(day, None))
    return select(Posting.id).where(Posting.worker_id == worker, later).exists()


def _held(session: Session, worker_id: UUID, day: date) -> set[str]:
    return set(
        session.scalars(
            select(Assignment.grid_code).where(
                Assignment.worker_id == worker_id, Assignment.valid.contains(day)
            )
        )
    )


def close_accounts(session: Session, now: datetime) -> int:
    """Accounts of workers who left, once the days for late records and appeals are over."""
    today = civil_day(now)
    values = values_on(session, today)
    stood_until = (
        select(func.max(func.coalesce(func.upper(Posting.valid), date.max)))
        .where(Posting.worker_id == Account.worker_id, ~func.isempty(Posting.valid))
        .scalar_subquery()
    )
    rows = session.execute(
        select(Account, stood_until)
        .where(Account.disabled_at.is_(None), stood_until <= today)
        .order_by(Account.id)
        .with_for_update(of=Account, skip_locked=True)
    ).all()
    over = [account for account, end in rows if account_closes_on(end - A_DAY, values) <= today]
    for account in over:
        _close(session, account, now)
    return len(over)


def _close(session: Session, account: Account, now: datetime) -> None:
    account.disabled_at = now
    revoke_logins(session, account.id, "contract over", now)
    session.execute(
        update(Device)
        .where(Device.account_id == account.id, Device.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    emit(
        session,
        "account.closed",
        by=None,
        unit_code=account.unit_code,
        subject=("account", account.id),
        worker=str(account.worker_id),
    )
