"""In which grid a record is: where its point lies, as far as the community reaches."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Boundary, Record
from app.people.posts import under
from app.registry.telling import told
from app.registry.versions import standing


def regridded(session: Session, record: Record, before: dict[str, Any], today: date) -> set[UUID]:
    """Another grid of the community where the point moved there; says who held the record."""
    now = standing(session, record)
    held = told(session, record, today)
    point = now.get("point")
    if point is None or point == before.get("point"):
        return held
    found = session.scalar(
        select(Boundary.unit_code)
        .where(
            under(Boundary.unit_code, record.community_code),
            func.length(Boundary.unit_code) == len(record.grid_code),
            Boundary.valid.contains(today),
            Boundary.area.ST_Covers(f"SRID=4326;POINT({point['lon']} {point['lat']})"),
        )
        .order_by(Boundary.unit_code)
        .limit(1)
    )
    record.grid_code = found or record.grid_code
    return held
