"""Units: looked up, listed, renamed."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.db.models import Unit
from app.kit.errors import NotFound
from app.kit.paging import Page, decode, encode
from app.outbox.emit import emit
from app.people.marks import publish_to_holders, renamed
from app.people.posts import under
from app.people.principal import Principal
from app.rules.divisions import UnitTier


def unit_of(session: Session, asker: Principal, code: str) -> Unit:
    """A unit within one's own; raises NotFound."""
    asker.look(code)
    found = session.get(Unit, code)
    if found is None:
        raise NotFound(unit=code)
    return found


def listed(
    session: Session,
    asker: Principal,
    parent: str | None,
    tier: UnitTier | None,
    q: str | None,
    page: tuple[str | None, int],
) -> Page[Unit]:
    """Units within one's own, by code."""
    cursor, limit = page
    query = select(Unit).where(under(Unit.code, asker.unit_code))
    if parent is not None:
        asker.look(parent)
        query = query.where(Unit.parent_code == parent)
    if tier is not None:
        query = query.where(Unit.tier == tier)
    if q:
        query = query.where(
            or_(Unit.name.contains(q, autoescape=True), Unit.code.startswith(q, autoescape=True))
        )
    if cursor:
        query = query.where(Unit.code > decode(cursor, str)[0])
    rows: Sequence[Unit] = session.scalars(query.order_by(Unit.code).limit(limit + 1)).all()
    return Page(rows[:limit], encode(rows[limit - 1].code) if len(rows) > limit else None)


def rename(session: Session, asker: Principal, code: str, name: str, today: date) -> Unit:
    """Another name; handsets that hold the grid are told."""
    asker.act(code)
    unit = unit_of(session, asker, code)
    emit(
        session,
        "unit.renamed",
        by=asker.account_id,
        unit_code=code,
        subject=("unit", code),
        before=unit.name,
        after=name,
    )
    unit.name = name
    renamed(session, code)
    if unit.tier is UnitTier.GRID:
        publish_to_holders(session, code, today)
    return unit
