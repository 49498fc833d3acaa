"""The city's parameters as of a date (rulebook part 0)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import ParameterValue
from app.rules.parameters import Supersession, Values
from app.rules.parameters import values_on as values_of


def supersessions(session: Session) -> Sequence[Supersession]:
    """Every value that the city has set, oldest decision first."""
    rows = session.scalars(select(ParameterValue).order_by(ParameterValue.id))
    return [Supersession(row.name, row.value, row.effective_from) for row in rows]


def values_on(session: Session, day: date) -> Values:
    """The values in force on a date."""
    return values_of(day, supersessions(session))
