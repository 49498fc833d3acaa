"""Boundaries over dates: a past day keeps its own, a new version begins today or later (ORG-6)."""

from collections.abc import Mapping, Sequence
from datetime import date

from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Boundary, Unit
from app.kit.errors import NotFound
from app.outbox.emit import emit, mark_visits
from app.people.city_refusals import GridHasEnded, ParentWithoutBoundary, VersionFollows
from app.people.marks import mark_holders, publish_to_holders
from app.people.principal import Principal
from app.people.shapes import check_beside, check_within
from app.people.spans import cut, not_in_the_past, starts
from app.rules.divisions import UnitTier, ancestors, tier_of


def boundary_on(session: Session, code: str, day: date) -> Boundary:
    """A unit's boundary of a date; raises NotFound."""
    found = session.scalar(
        select(Boundary).where(Boundary.unit_code == code, Boundary.valid.contains(day))
    )
    if found is None:
        raise NotFound(unit=code, on=day)
    return found


def lock(session: Session, code: str) -> Unit:
    """The unit, its row and its parent's locked against other changes of boundaries around it."""
    rows = session.scalars(
        select(Unit)
        .where(Unit.code.in_([code, code[:-3]]))
        .order_by(Unit.code)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    unit = next((row for row in rows if row.code == code), None)
    if unit is None:
        raise NotFound(unit=code)
    return unit


def redraw(
    session: Session, asker: Principal, code: str, shape: MultiPolygon, first: date, today: date
) -> Boundary:
    """A new version of a unit's boundary from a date on."""
    asker.act(code)
    not_in_the_past(first, today)
    unit = lock(session, code)
    before = version_before(session, code, first)
    check_place(session, code, shape, first)
    drawn = replace(session, code, shape, before, first, f"drawn by {asker.name}")
    if unit.tier is UnitTier.GRID:
        if first == today:
            mark_holders(session, code, today, today)
        publish_to_holders(session, code, first)
        mark_visits(session, code, first)
    emit(
        session,
        "boundary.redrawn",
        by=asker.account_id,
        unit_code=code,
        subject=("unit", code),
        boundary=drawn.id,
        first_day=first.isoformat(),
    )
    return drawn


def version_before(session: Session, code: str, first: date) -> Boundary | None:
    """The version in force on a date; none for a unit that never had one."""
    versions = session.scalars(
        select(Boundary).where(Boundary.unit_code == code).order_by(Boundary.valid)
    ).all()
    if any(starts(version.valid) > first for version in versions):
        raise VersionFollows(unit=code, last=starts(versions[-1].valid))
    in_force = [version for version in versions if version.valid.contains(first)]
    if versions and not in_force:
        raise GridHasEnded(unit=code, on=first)
    return in_force[0] if in_force else None


def replace(
    session: Session, code: str, shape: MultiPolygon, before: Boundary | None, first: date,
    source: str,
) -> Boundary:  # fmt: skip
    """Close the version before, or take its place if it begins on the same date."""
    end = before.valid.upper if before else None
    if before and starts(before.valid) == first:
        session.delete(before)
    elif before:
        before.valid = cut(before.valid, first)
    session.flush()
    drawn = Boundary(unit_code=code, area=shape, valid=Range(first, end), source=source)
    session.add(drawn)
    session.flush()
    return drawn


def check_place(session: Session, code: str, shape: MultiPolygon, first: date) -> None:
    """Within the unit above, beside its siblings, around its children, from a date on."""
    for parent, around in above(session, code, first):
        check_within(code, shape, parent, around)
    check_beside(code, shape, near(session, code, shape, first))
    for child, area in children(session, code, first).items():
        check_within(child, area, code, shape)


def above(session: Session, code: str, first: date) -> Sequence[tuple[str, BaseGeometry]]:
    """The boundaries that a unit lies in: of a grid its community's, else the nearest drawn."""
    for parent in ancestors(code)[1:]:
        rows = session.scalars(
            select(Boundary.area).where(
                Boundary.unit_code == parent, Boundary.valid.overlaps(Range(first, None))
            )
        ).all()
        if rows:
            return [(parent, area) for area in rows]
        if tier_of(code) is UnitTier.GRID:
            raise ParentWithoutBoundary(unit=code, parent=parent, on=first)
    return []


def near(
    session: Session, code: str, shape: MultiPolygon, first: date
) -> Mapping[str, BaseGeometry]:
    """The siblings that meet a shape on a date or later."""
    west, south, east, north = shape.bounds
    rows = session.execute(
        select(Boundary.unit_code, Boundary.area).where(
            Boundary.unit_code.like(f"{code[:-3]}___"),
            Boundary.unit_code != code,
            Boundary.valid.overlaps(Range(first, None)),
            Boundary.area.op("&&")(func.ST_MakeEnvelope(west, south, east, north, 4326)),
        )
    )
    return {unit: area for unit, area in rows}  # noqa: C416 - rows are not pairs to mypy


def children(session: Session, code: str, first: date) -> Mapping[str, BaseGeometry]:
    """The boundaries of the units directly below, on a date or later."""
    rows = session.execute(
        select(Boundary.unit_code, Boundary.area)
        .where(Boundary.unit_code.like(f"{code}___"), Boundary.valid.overlaps(Range(first, None)))
        .order_by(Boundary.unit_code)
    )
    return {unit: area for unit, area in rows}  # noqa: C416
