"""Grids that nobody answers for first, now or soon (ORG-2)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from app.contracts.queries import last_date
from app.db.models import Assignment, Contract, RecruitmentApplication, Unit
from app.kit.paging import decode, encode
from app.people.grids import stands_on
from app.people.posts import under
from app.recruitment.schemas import HiringVacancyOut, HiringVacancyPage
from app.rules.divisions import UnitTier
from app.rules.hiring import ApplicationState
from app.rules.organisation import ORG_2

Held = aliased(Assignment)
"""Who is first responsible on the date."""
SOON = timedelta(days=366)
"""A recruitment may begin so long before a grid falls vacant [reading]."""


def is_vacancy(session: Session, grid_code: str, day: date) -> bool:
    """Whether a grid that stands is vacant on a date, or known to fall vacant within a year."""
    query = _vacant(day, SOON).where(Unit.code == grid_code)
    return session.execute(query).first() is not None


def vacancies(
    session: Session,
    unit_code: str,
    day: date,
    ahead: timedelta,
    page: tuple[str | None, int],
) -> HiringVacancyPage:
    """The vacant grids of a unit on a date, and those that fall vacant soon after."""
    cursor, limit = page
    query = _vacant(day, ahead).where(under(Unit.code, unit_code)).limit(limit + 1)
    if cursor is not None:
        query = query.where(Unit.code > decode(cursor, str)[0])
    rows = session.execute(query.order_by(Unit.code)).all()
    items = [
        HiringVacancyOut(
            grid_code=code,
            grid_name=name,
            vacant_from=since,
            last_worker_id=last,
            applications=applications,
            approved=approved,
            rule=ORG_2.rule,
            clause=ORG_2.clause,
        )
        for code, name, since, last, applications, approved in rows[:limit]
    ]
    more = len(rows) > limit
    return HiringVacancyPage(items=items, next_cursor=encode(items[-1].grid_code) if more else None)


def _vacant(day: date, ahead: timedelta) -> Any:
    """code, name, vacant from, the last worker, applications being decided and approved."""
    free = case((Held.id.is_(None), _left_on(day)), else_=_leaves_on(day))
    soon = and_(free <= day + ahead, ~_succeeded(free))
    return (
        select(
            Unit.code,
            Unit.name,
            free,
            func.coalesce(Held.worker_id, _last_worker(day)),
            _count(ApplicationState.OPEN),
            _count(ApplicationState.APPROVED),
        )
        .outerjoin(
            Held,
            and_(Held.grid_code == Unit.code, Held.first_responsible, Held.valid.contains(day)),
        )
        .where(Unit.tier == UnitTier.GRID, stands_on(day), or_(Held.id.is_(None), soon))
    )


def _leaves_on(day: date) -> ColumnElement[date]:
    """The first date on which the holder holds it no longer, by the register or the contract."""
    contract = (
        select(cast(func.max(last_date()) + literal(1, Integer), Date))
        .where(Contract.worker_id == Held.worker_id, last_date() >= day)
        .scalar_subquery()
    )
    return func.least(func.upper(Held.valid), contract)


def _former(day: date) -> ColumnElement[bool]:
    return and_(
        Assignment.grid_code == Unit.code,
        Assignment.first_responsible,
        func.upper(Assignment.valid) <= day,
    )


def _left_on(day: date) -> ColumnElement[date]:
    return select(func.max(func.upper(Assignment.valid))).where(_former(day)).scalar_subquery()


def _last_worker(day: date) -> ColumnElement[UUID]:
    return (
        select(Assignment.worker_id)
        .where(_former(day))
        .order_by(func.upper(Assignment.valid).desc())
        .limit(1)
        .scalar_subquery()
    )


def _succeeded(free: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether another worker follows on that date."""
    next_one = aliased(Assignment)
    return (
        select(next_one.id)
        .where(
            next_one.grid_code == Unit.code,
            next_one.first_responsible,
            next_one.id != Held.id,
            next_one.valid.contains(free),
        )
        .exists()
    )


def _count(state: ApplicationState) -> ColumnElement[int]:
    return (
        select(func.count())
        .where(RecruitmentApplication.grid_code == Unit.code, RecruitmentApplication.state == state)
        .scalar_subquery()
    )
