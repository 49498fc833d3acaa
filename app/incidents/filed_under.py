"""Whether a category of events is there on a date (EVT-1)."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from app.db.models import IncidentCategoryRow
from app.incidents.refusals import CategoryUnknown


def check_category(session: Session, code: str, day: date) -> None:
    """Raises CategoryUnknown; one below the first level needs that one too."""
    above = aliased(IncidentCategoryRow)
    alive = (
        select(IncidentCategoryRow.code)
        .outerjoin(above, above.code == IncidentCategoryRow.parent_code)
        .where(
            IncidentCategoryRow.code == code,
            IncidentCategoryRow.valid.contains(day),
            or_(IncidentCategoryRow.parent_code.is_(None), above.valid.contains(day)),
        )
    )
    if session.scalar(alive) is None:
        raise CategoryUnknown(category=code, day=day)
