"""Contracts and resignations as offices and the worker look at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Uuid, cast, exists, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from app.contracts.queries import contracts_of, ends_on, last_date
from app.contracts.schemas import (
    ContractOut,
    ContractPage,
    MyContractsOut,
    ResignationOut,
    ResignationPage,
)
from app.contracts.shown import contract_shown
from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import ApprovalCase, Contract, Posting, Resignation, Worker
from app.kit.errors import BadCursor, NotFound
from app.kit.paging import decode, encode
from app.people.posts import under
from app.people.principal import Principal
from app.people.values import values_on
from app.rules.approvals import CON_4, Procedure
from app.rules.contract_terms import CONTRACT_NOTICE_DAYS
from app.rules.hiring import ApplicationState
from app.rules.retirement import HIRE_3

EVERY = 500
"""More than anybody ever writes."""
PLACE = (Resignation.asked_at, Resignation.id)


class ContractStanding(StrEnum):
    """Where a contract stands on a date."""

    IN_FORCE = "in_force"
    ENDING = "ending"
    """Within the days of notice (HIRE-3)."""
    OVER = "over"
    TO_COME = "to_come"


@dataclass(frozen=True)
class Asked:
    """Contracts of which unit and worker, and how they stand on a date."""

    unit_code: str
    standing: ContractStanding | None
    worker_id: UUID | None
    day: date


def contracts_where(session: Session, asked: Asked, page: tuple[str | None, int]) -> ContractPage:
    """Those that end first first."""
    cursor, limit = page
    where = [_scope(asked), *_standing(session, asked)]
    if asked.worker_id is not None:
        where.append(Contract.worker_id == asked.worker_id)
    if cursor is not None:
        where.append(_after(cursor))
    rows = session.execute(
        select(Contract, Worker.name)
        .join(Worker, Worker.id == Contract.worker_id)
        .where(*where)
        .order_by(last_date(), Contract.id)
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    return ContractPage(
        items=[contract_out(contract, name) for contract, name in shown],
        next_cursor=encode(ends_on(last[0]).isoformat(), str(last[0].id)) if last else None,
    )


def _scope(asked: Asked) -> ColumnElement[bool]:
    """Signed there, or by who stands there on the date."""
    stands = exists().where(
        Posting.worker_id == Contract.worker_id,
        under(Posting.community_code, asked.unit_code),
        Posting.valid.contains(asked.day),
    )
    return or_(under(Contract.community_code, asked.unit_code), stands)


def _standing(session: Session, asked: Asked) -> list[ColumnElement[bool]]:
    begun = Contract.first_day <= asked.day
    match asked.standing:
        case None:
            return []
        case ContractStanding.IN_FORCE:
            return [begun, last_date() >= asked.day]
        case ContractStanding.OVER:
            return [last_date() < asked.day]
        case ContractStanding.TO_COME:
            return [~begun]
        case ContractStanding.ENDING:
            notice = values_on(session, asked.day)[CONTRACT_NOTICE_DAYS]
            until = asked.day + timedelta(days=notice)
            return [begun, last_date() >= asked.day, last_date() <= until]


def _after(cursor: str) -> ColumnElement[bool]:
    end, key = decode(cursor, str, str)
    try:
        place = date.fromisoformat(str(end)), UUID(str(key))
    except ValueError:
        raise BadCursor from None
    return tuple_(last_date(), Contract.id) > tuple_(
        cast(literal(place[0], Date), Date), literal(place[1], Uuid)
    )


def contract_out(contract: Contract, worker_name: str) -> ContractOut:
    """A contract for an office."""
    return ContractOut(
        id=contract.id,
        worker_id=contract.worker_id,
        worker_name=worker_name,
        community_code=contract.community_code,
        origin=contract.origin,
        application_id=contract.application_id,
        renews=contract.renews,
        signed_on=contract.signed_on,
        first_day=contract.first_day,
        term_ends_on=contract.term_ends_on,
        retirement_post=contract.retirement_post,
        retires_on=contract.retires_on,
        ends_on=ends_on(contract),
        last_day=contract.last_day,
        end_cause=contract.end_cause,
        end_reason=contract.end_reason,
        end_case_id=contract.end_case_id,
        ended_at=contract.ended_at,
        rule=HIRE_3.rule,
        clause=HIRE_3.clause,
    )


def named(session: Session, contract: Contract) -> ContractOut:
    """A contract with its worker's name."""
    return contract_out(contract, session.get_one(Worker, contract.worker_id).name)


def my_contracts(session: Session, worker_id: UUID) -> MyContractsOut:
    """One's own, the latest first."""
    return MyContractsOut(
        items=[contract_shown(session, one) for one in contracts_of(session, worker_id)],
        resignations=my_resignations(session, worker_id),
    )


def my_resignations(session: Session, worker_id: UUID) -> list[ResignationOut]:
    """One's own, the latest first."""
    return resignations_where(session, [Resignation.worker_id == worker_id], EVERY)[0]


def resignations_under(
    session: Session,
    unit_code: str,
    state: ApplicationState | None,
    page: tuple[str | None, int],
) -> ResignationPage:
    """The resignations of a unit, latest first."""
    cursor, limit = page
    where = [under(Resignation.community_code, unit_code), earlier(PLACE, cursor)]
    if state is not None:
        where.append(Resignation.state == state)
    items, last = resignations_where(session, where, limit)
    return ResignationPage(
        items=items, next_cursor=cursor_of(last.asked_at, last.id) if last else None
    )


def resignation_of(session: Session, asker: Principal, key: UUID) -> ResignationOut:
    """One resignation of one's unit; raises NotFound."""
    found, _ = resignations_where(session, [Resignation.id == key], 1)
    if not found:
        raise NotFound(resignation=key)
    asker.look(found[0].community_code)
    return found[0]


def resignations_where(
    session: Session, where: Sequence[ColumnElement[bool]], limit: int
) -> tuple[list[ResignationOut], ResignationOut | None]:
    """At most so many, latest first; and the last of them where there are more."""
    rows = session.execute(
        select(Resignation, Worker.name, ApprovalCase.id)
        .join(Worker, Worker.id == Resignation.worker_id)
        .outerjoin(
            ApprovalCase,
            (ApprovalCase.subject_id == Resignation.id)
            & (ApprovalCase.procedure == Procedure.RESIGNATION),
        )
        .where(*where)
        .order_by(*latest_first(PLACE))
        .limit(limit + 1)
    ).all()
    shown, last = cut([_resignation(*row) for row in rows], limit)
    return list(shown), last


def _resignation(found: Resignation, worker_name: str, case_id: UUID | None) -> ResignationOut:
    return ResignationOut(
        id=found.id,
        worker_id=found.worker_id,
        worker_name=worker_name,
        community_code=found.community_code,
        said=found.said,
        last_day=found.last_day,
        asked_at=found.asked_at,
        received_at=found.received_at,
        state=found.state,
        case_id=case_id,
        rule=CON_4.rule,
        clause=CON_4.clause,
    )
