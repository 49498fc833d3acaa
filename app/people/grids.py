"""Grids: set up with the next code of their community, ended, and which of them are vacant."""

from datetime import date

from shapely import MultiPolygon
from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Assignment, Boundary, Unit
from app.kit.errors import NotFound
from app.kit.paging import Page, decode, encode
from app.outbox.emit import emit, mark_visits
from app.people.boundaries import check_place, lock, replace, version_before
from app.people.city_refusals import AlreadyEnded, GridCodesUsedUp
from app.people.marks import mark_holders, withdraw_grid
from app.people.posts import under
from app.people.principal import Principal
from app.people.spans import cut, not_in_the_past, span, starts
from app.rules.divisions import UnitTier
from app.rules.organisation import next_grid_code

Drawn = tuple[Unit, Boundary]


def set_up(
    session: Session,
    asker: Principal,
    community: str,
    name: str,
    drawn: tuple[MultiPolygon, date],
    today: date,
) -> Drawn:
    """A new grid in a community: the next code, a polygon, from a date on."""
    shape, first = drawn
    asker.act(community)
    not_in_the_past(first, today)
    parent = lock(session, community)
    if parent.tier is not UnitTier.COMMUNITY:
        raise NotFound(community=community)
    code = free_code(session, community)
    check_place(session, code, shape, first)
    unit = Unit(code=code, tier=UnitTier.GRID, name=name, parent_code=community)
    session.add(unit)
    session.flush()
    boundary = replace(session, code, shape, None, first, f"drawn by {asker.name}")
    mark_visits(session, code, first)
    emit(
        session,
        "grid.set_up",
        by=asker.account_id,
        unit_code=code,
        subject=("unit", code),
        first_day=first.isoformat(),
    )
    return unit, boundary


def free_code(session: Session, community: str) -> str:
    """The next code of a community whose row is locked."""
    used = session.scalars(select(Unit.code).where(under(Unit.code, community))).all()
    try:
        return next_grid_code(community, used)
    except ValueError:
        raise GridCodesUsedUp(community=community) from None


def end(session: Session, asker: Principal, code: str, last_exclusive: date, today: date) -> Unit:
    """From a date on the grid is no more: its boundary and all assignments are closed."""
    asker.act(code)
    not_in_the_past(last_exclusive, today)
    unit = lock(session, code)
    if unit.tier is not UnitTier.GRID:
        raise NotFound(grid=code)
    if last_exclusive == today:
        mark_holders(session, code, today, today)
    close_boundary(session, code, last_exclusive)
    close_assignments(session, code, last_exclusive)
    mark_visits(session, code, last_exclusive)
    emit(
        session,
        "grid.ended",
        by=asker.account_id,
        unit_code=code,
        subject=("unit", code),
        from_day=last_exclusive.isoformat(),
    )
    return unit


def close_boundary(session: Session, code: str, end_day: date) -> None:
    """The version in force is cut; raises SpanReversed if it begins on that very date."""
    version = version_before(session, code, end_day)
    if version is None:
        raise AlreadyEnded(grid=code)
    version.valid = span(starts(version.valid), end_day)


def close_assignments(session: Session, code: str, end_day: date) -> None:
    """Assignments in force are cut, those that would begin later are dropped."""
    for held in session.scalars(
        select(Assignment).where(
            Assignment.grid_code == code, Assignment.valid.overlaps(Range(end_day, None))
        )
    ).all():
        if held.level == 1:
            withdraw_grid(session, held.worker_id, code, "deleted")
        if starts(held.valid) >= end_day:
            session.delete(held)
        else:
            held.valid = cut(held.valid, end_day)


def stands_on(day: date) -> ColumnElement[bool]:
    """Whether a grid stands on a date: by its boundary, or always while it never had one."""
    drawn = exists().where(Boundary.unit_code == Unit.code)
    return or_(drawn.where(Boundary.valid.contains(day)), ~drawn)


def page_of_areas(
    session: Session, unit_code: str, day: date, cursor: str | None, limit: int
) -> Page[Drawn]:
    """Grids of a unit with their boundaries of a date."""
    query: Select[Unit, Boundary] = (
        select(Unit, Boundary)
        .join(Boundary, Boundary.unit_code == Unit.code)
        .where(
            under(Unit.code, unit_code),
            Unit.tier == UnitTier.GRID,
            Boundary.valid.contains(day),
        )
        .order_by(Unit.code)
        .limit(limit + 1)
    )
    if cursor:
        query = query.where(Unit.code > decode(cursor, str)[0])
    rows = [(unit, boundary) for unit, boundary in session.execute(query)]
    more = len(rows) > limit
    return Page(rows[:limit], encode(rows[limit - 1][0].code) if more else None)


def vacancies(
    session: Session, unit_code: str, day: date, cursor: str | None, limit: int
) -> Page[Unit]:
    """The grids that stand without a first responsible worker on a date (ORG-2)."""
    held = exists().where(
        Assignment.grid_code == Unit.code,
        Assignment.first_responsible,
        Assignment.valid.contains(day),
    )
    query = (
        select(Unit)
        .where(under(Unit.code, unit_code), Unit.tier == UnitTier.GRID, stands_on(day), ~held)
        .order_by(Unit.code)
        .limit(limit + 1)
    )
    if cursor:
        query = query.where(Unit.code > decode(cursor, str)[0])
    rows = session.scalars(query).all()
    more = len(rows) > limit
    return Page(rows[:limit], encode(rows[limit - 1].code) if more else None)
