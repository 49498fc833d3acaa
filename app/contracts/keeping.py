"""Contracts are recorded, renewed and ended by the community (HIRE-3, APR-3)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.contracts.ending import end_contract
from app.contracts.queries import ends_on, last_date
from app.contracts.refusals import (
    ContractIdReused,
    ContractOver,
    ContractOverlaps,
    DeathInTheFuture,
    EndOutOfContract,
    NoFixedTerm,
    NotFullTime,
    NotRenewable,
    PastRetirement,
    SignedInTheFuture,
)
from app.contracts.schemas import ContractEndIn, EarlierContractIn, RenewalIn
from app.contracts.shown import tell_worker
from app.db.models import Contract, Posting, Worker, YearAppraisal
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.assignments import not_too_far_back
from app.people.principal import Principal
from app.people.workers import latest_post, visible
from app.rules.annual import may_renew
from app.rules.appraisal import Grade
from app.rules.contract_terms import term_ends_on
from app.rules.corps import GRID_WORKERS
from app.rules.duty import Employment
from app.rules.hiring import ContractEnd, ContractOrigin
from app.rules.retirement import retires_on


def record_earlier(
    session: Session, asker: Principal, body: EarlierContractIn, now: datetime
) -> Contract:
    """A contract in force that was signed before; the same again changes nothing."""
    worker = visible(session, asker, body.worker_id)
    session.refresh(worker, with_for_update=True)
    today = civil_day(now)
    contract = Contract(
        id=body.id,
        worker_id=worker.id,
        community_code=latest_post(session, worker.id).community_code,
        origin=ContractOrigin.EARLIER,
        signed_on=body.signed_on,
        first_day=body.first_day,
        term_ends_on=body.term_ends_on,
        born=body.born.isoformat(),
        retirement_post=body.retirement_post,
        retires_on=retires_on(body.retirement_post, body.born),
        signed_by=asker.account_id,
        recorded_at=now,
    )
    asker.act(contract.community_code)
    known = session.get(Contract, body.id)
    if known is not None:
        return same(known, contract)
    check_full_time(session, worker, today)
    if body.signed_on > today:
        raise SignedInTheFuture(today=today)
    check_retirement(contract)
    if ends_on(contract) < today:
        raise ContractOver(ends_on=ends_on(contract))
    return sign(session, contract, asker.account_id)


def same(known: Contract, again: Contract) -> Contract:
    """The first of two with the same id, if they say the same."""
    names = ("worker_id", "signed_on", "first_day", "term_ends_on", "born", "retirement_post")
    if any(getattr(known, name) != getattr(again, name) for name in names):
        raise ContractIdReused(id=known.id)
    return known


def check_full_time(session: Session, worker: Worker, day: date) -> None:
    """Raises NotFullTime for who has no full-time post on a date or later (ORG-3, ORG-4)."""
    post = select(Posting.id).where(
        Posting.worker_id == worker.id,
        Posting.employment == Employment.FULL_TIME,
        Posting.valid.overlaps(Range(day, None)),
    )
    if worker.level != GRID_WORKERS or session.scalar(post.limit(1)) is None:
        raise NotFullTime(worker=worker.id)


def check_retirement(contract: Contract) -> None:
    """Raises PastRetirement for a contract that would begin after it."""
    if contract.retires_on < contract.first_day:
        raise PastRetirement(retires_on=contract.retires_on, first_day=contract.first_day)


def check_apart(session: Session, contract: Contract) -> None:
    """Raises ContractOverlaps where another contract of the worker has one of its dates."""
    other = session.scalar(
        select(Contract).where(
            Contract.id != contract.id,
            Contract.worker_id == contract.worker_id,
            Contract.first_day <= ends_on(contract),
            last_date() >= contract.first_day,
        )
    )
    if other is not None:
        raise ContractOverlaps(id=other.id, first_day=other.first_day, ends_on=ends_on(other))


def sign(session: Session, contract: Contract, by: UUID) -> Contract:
    """Write a contract, apart from all others of the worker and before retirement."""
    check_retirement(contract)
    check_apart(session, contract)
    session.add(contract)
    tell_worker(session, contract)
    emit(
        session,
        "contract.signed",
        by=by,
        unit_code=contract.community_code,
        subject=("contract", contract.id),
        worker=str(contract.worker_id),
        origin=contract.origin.value,
        first_day=contract.first_day.isoformat(),
        term_ends_on=contract.term_ends_on.isoformat() if contract.term_ends_on else None,
    )
    return contract


def contract_of(session: Session, asker: Principal, key: UUID) -> Contract:
    """A contract of one's unit, or of a worker who has or had a post in it; raises NotFound."""
    found = session.get(Contract, key)
    if found is None:
        raise NotFound(contract=key)
    if not asker.sees(found.community_code):
        visible(session, asker, found.worker_id)
    return found


def to_change(session: Session, asker: Principal, key: UUID) -> Contract:
    """A contract that runs, of a worker whose last post is in one's unit; both rows locked."""
    contract = contract_of(session, asker, key)
    session.get_one(Worker, contract.worker_id, with_for_update=True)
    session.refresh(contract, with_for_update=True)
    asker.act(latest_post(session, contract.worker_id).community_code)
    if contract.last_day is not None:
        raise ContractOver(last_day=contract.last_day)
    return contract


def renew(
    session: Session, asker: Principal, key: UUID, body: RenewalIn, now: datetime
) -> Contract:
    """A fixed term goes on with a contract of its own, unless the last grade bars it (APR-3)."""
    known = session.get(Contract, body.id)
    if known is not None:
        return same_renewal(asker, known, key, body)
    former = to_change(session, asker, key)
    today = civil_day(now)
    if former.term_ends_on is None:
        raise NoFixedTerm
    if former.term_ends_on < today:
        raise ContractOver(ends_on=former.term_ends_on)
    check_full_time(session, session.get_one(Worker, former.worker_id), today)
    _check_grade(session, former.worker_id)
    first_day = former.term_ends_on + timedelta(days=1)
    renewed = Contract(
        id=body.id,
        worker_id=former.worker_id,
        community_code=latest_post(session, former.worker_id).community_code,
        origin=ContractOrigin.RENEWED,
        renews=former.id,
        signed_on=today,
        first_day=first_day,
        term_ends_on=_term_ends_on(first_day, body),
        born=former.born,
        retirement_post=former.retirement_post,
        retires_on=former.retires_on,
        signed_by=asker.account_id,
        recorded_at=now,
    )
    return sign(session, renewed, asker.account_id)


def _term_ends_on(first_day: date, body: RenewalIn) -> date | None:
    return term_ends_on(first_day, body.term_months) if body.term_months else None


def same_renewal(asker: Principal, known: Contract, former: UUID, body: RenewalIn) -> Contract:
    """The first of two renewals with the same id, if they say the same."""
    asker.look(known.community_code)
    same_term = known.term_ends_on == _term_ends_on(known.first_day, body)
    if known.renews != former or not same_term:
        raise ContractIdReused(id=known.id)
    return known


def _check_grade(session: Session, worker_id: UUID) -> None:
    """Raises NotRenewable by the last year that was graded."""
    last = last_grade(session, worker_id)
    grade = last.grade if last else None
    found = may_renew(grade)
    if not found.verdict:
        raise NotRenewable(year=last.year if last else None, **found.because)


def last_grade(session: Session, worker_id: UUID) -> YearAppraisal | None:
    """The last year of a worker that was graded."""
    return session.scalar(
        select(YearAppraisal)
        .where(YearAppraisal.worker_id == worker_id, YearAppraisal.grade.in_(list(Grade)))
        .order_by(YearAppraisal.year.desc())
        .limit(1)
    )


def end_by_hand(
    session: Session, asker: Principal, key: UUID, body: ContractEndIn, now: datetime
) -> Contract:
    """A contract ends by agreement or by death, on one of its dates."""
    contract = to_change(session, asker, key)
    if not contract.first_day <= body.last_day <= ends_on(contract):
        raise EndOutOfContract(first_day=contract.first_day, ends_on=ends_on(contract))
    today = civil_day(now)
    not_too_far_back(body.last_day, today)
    if body.cause is ContractEnd.DEATH and body.last_day > today:
        raise DeathInTheFuture(last_day=body.last_day, today=today)
    end_contract(
        session,
        contract.worker_id,
        body.last_day,
        body.cause,
        by=asker.account_id,
        reason=body.reason,
        case_id=None,
        now=now,
    )
    return contract
