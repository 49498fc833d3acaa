"""What comes by itself: terms run out, people retire, accounts close after them (HIRE-3).

Each worker's in a transaction of its own, which locks as the commands do: the worker first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.contracts.ending import Ending, close, end_contract
from app.contracts.leaving import A_DAY, give_up
from app.contracts.queries import ends_on, follows, last_date
from app.db.engine import Sessions
from app.db.models import Account, Assignment, Contract, Device, Posting, Worker
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

Find: TypeAlias = Callable[[Session, datetime], Sequence[UUID]]
"""Workers of whom something falls due."""
Act: TypeAlias = Callable[[Session, UUID, datetime], int]
"""Does what still falls due of a locked worker; how much that was."""


@dataclass(frozen=True)
class Kept:
    """What a night did."""

    ended: int
    left: int
    accounts: int


def keep(sessions: Sessions, now: datetime) -> Kept:
    """Once a night: end what ran out, give up what was held, close what nobody uses any more."""
    return Kept(
        ended=end_what_ran_out(sessions, now),
        left=release_who_left(sessions, now),
        accounts=close_accounts(sessions, now),
    )


def end_what_ran_out(sessions: Sessions, now: datetime) -> int:
    """Contracts whose last date is past, though nobody said so."""
    return _each(sessions, _ran_out, _run_out, now)


def release_who_left(sessions: Sessions, now: datetime) -> int:
    """Who left these days, announced long before: the group and the handset's grids go now."""
    return _each(sessions, _left, _release, now)


def close_accounts(sessions: Sessions, now: datetime) -> int:
    """Accounts of workers who left, once the days for late records and appeals are over."""
    return _each(sessions, _unused, _close_account, now)


def _each(sessions: Sessions, find: Find, act: Act, now: datetime) -> int:
    """Whatever an office did while a worker's turn was waited for is seen then."""
    with sessions() as session:
        workers = find(session, now)
    done = 0
    for worker_id in workers:
        with sessions.begin() as session:
            session.get_one(Worker, worker_id, with_for_update=True)
            done += act(session, worker_id, now)
    return done


def _over(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Contract.last_day.is_(None), last_date() < civil_day(now)


def _ran_out(session: Session, now: datetime) -> Sequence[UUID]:
    workers = select(Contract.worker_id).where(*_over(now)).distinct()
    return session.scalars(workers.order_by(Contract.worker_id).limit(AT_ONCE)).all()


def _run_out(session: Session, worker_id: UUID, now: datetime) -> int:
    """One after the other: the end of the first may be the end of all that would follow."""
    contracts = select(Contract).where(Contract.worker_id == worker_id, *_over(now))
    first = contracts.order_by(Contract.first_day).limit(1).with_for_update()
    ended = 0
    while (contract := session.scalar(first)) is not None:
        _end(session, contract, now)
        ended += 1
    return ended


def _end(session: Session, contract: Contract, now: datetime) -> None:
    """By retirement or by the term; where another contract follows, the worker stays."""
    end = ends_on(contract)
    retires = end == contract.retires_on
    cause = ContractEnd.RETIREMENT if retires else ContractEnd.TERM_OVER
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


def _leavers(now: datetime) -> Select[Any]:
    """Workers with the last date of the contract after which they have no post."""
    today = civil_day(now)
    columns: list[ColumnElement[Any]] = [
        Contract.worker_id.expression,
        Contract.last_day.expression,
    ]
    return (
        select(*columns)
        .where(
            Contract.last_day.between(today - TOLD_AGAIN, today - A_DAY),
            ~_posted_from(today, Contract.worker_id.expression),
        )
        .order_by(Contract.worker_id)
    )


def _left(session: Session, now: datetime) -> Sequence[UUID]:
    return [worker_id for worker_id, _ in session.execute(_leavers(now))]


def _release(session: Session, worker_id: UUID, now: datetime) -> int:
    left = session.execute(_leavers(now).where(Contract.worker_id == worker_id)).all()
    for _, last_day in left:
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


def _accounts(now: datetime) -> Select[Any]:
    """Open accounts of workers who have no post any longer, with the first date without one."""
    stood_until = (
        select(func.max(func.coalesce(func.upper(Posting.valid), date.max)))
        .where(Posting.worker_id == Account.worker_id, ~func.isempty(Posting.valid))
        .scalar_subquery()
    )
    return (
        select(Account, stood_until)
        .where(Account.disabled_at.is_(None), stood_until <= civil_day(now))
        .order_by(Account.worker_id)
    )


def _closing(session: Session, query: Select[Any], now: datetime) -> Sequence[Account]:
    today = civil_day(now)
    values = values_on(session, today)
    return [
        account
        for account, end in session.execute(query)
        if account_closes_on(end - A_DAY, values) <= today
    ]


def _unused(session: Session, now: datetime) -> Sequence[UUID]:
    found = _closing(session, _accounts(now), now)
    return [account.worker_id for account in found if account.worker_id is not None]


def _close_account(session: Session, worker_id: UUID, now: datetime) -> int:
    own = _accounts(now).where(Account.worker_id == worker_id).with_for_update(of=Account)
    found = _closing(session, own, now)
    for account in found:
        _close(session, account, now)
    return len(found)


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
