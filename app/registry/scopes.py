"""Which records belong to a unit."""

from sqlalchemy import ColumnElement

from app.db.models import Record
from app.people.posts import under
from app.rules.divisions import UnitTier, tier_of


def records_in(unit_code: str) -> ColumnElement[bool]:
    """The records of a unit; those of a grid by where they are."""
    if tier_of(unit_code) is UnitTier.GRID:
        return (Record.community_code == unit_code[:12]) & (Record.grid_code == unit_code)
    return under(Record.community_code, unit_code)


def alive() -> ColumnElement[bool]:
    """Neither erased nor merged into another."""
    return Record.erased_at.is_(None) & Record.merged_into.is_(None)
