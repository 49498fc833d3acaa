"""Who stood where on a date: posts, stations, grids and the area that field time is measured in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.db.models import Assignment, Boundary, Posting, Station
from app.kit.errors import Refusal


class NoPost(Refusal):
    """The worker has no post on that date."""

    code = "people.no_post"
    status = 422
    zh = "该网格员当日没有任职。"
    rule = "ORG-2"
    clause = "一(一)"


@dataclass(frozen=True)
class GridArea:
    """A grid with its boundary of a date."""

    grid_code: str
    boundary_id: int
    area: BaseGeometry


def under(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], unit_code: str
) -> ColumnElement[bool]:
    """The subtree of a unit: the only way in which anything is scoped."""
    return column.like(f"{unit_code}%")


def posting_on(session: Session, worker_id: UUID, day: date) -> Posting | None:
    """The worker's post on a date."""
    return session.scalar(
        select(Posting).where(Posting.worker_id == worker_id, Posting.valid.contains(day))
    )


def post_of(session: Session, worker_id: UUID, day: date) -> Posting:
    """The worker's post on a date; raises NoPost."""
    found = posting_on(session, worker_id, day)
    if found is None:
        raise NoPost(day=day)
    return found


def last_post_of(session: Session, worker_id: UUID, day: date) -> Posting:
    """The worker's post on a date, or the last one before it; raises NoPost."""
    found = session.scalar(
        select(Posting)
        .where(Posting.worker_id == worker_id, func.lower(Posting.valid) <= day)
        .order_by(Posting.valid.desc())
        .limit(1)
    )
    if found is None:
        raise NoPost(day=day)
    return found


def latest_posting(session: Session, worker_id: UUID) -> Posting | None:
    """The worker's present or last post."""
    return session.scalar(
        select(Posting)
        .where(Posting.worker_id == worker_id)
        .order_by(Posting.valid.desc())
        .limit(1)
    )


def postings_under(unit_code: str, day: date) -> Select[Posting]:
    """The posts of a unit on a date."""
    return select(Posting).where(
        under(Posting.community_code, unit_code), Posting.valid.contains(day)
    )


def station_on(session: Session, community_code: str, day: date) -> Station | None:
    """Where the community's workers sign in on a date."""
    return session.scalar(
        select(Station).where(Station.community_code == community_code, Station.valid.contains(day))
    )


def grids_on(session: Session, worker_id: UUID, day: date) -> Sequence[str]:
    """The codes of the grids a worker holds on a date, in order."""
    return session.scalars(
        select(Assignment.grid_code)
        .where(Assignment.worker_id == worker_id, Assignment.valid.contains(day))
        .order_by(Assignment.grid_code)
    ).all()


def areas_on(session: Session, worker_id: UUID, day: date) -> Sequence[GridArea]:
    """The worker's grids of a date with the boundaries of that date (ORG-2, ORG-6)."""
    rows = session.execute(
        select(Boundary.unit_code, Boundary.id, Boundary.area)
        .join(Assignment, Assignment.grid_code == Boundary.unit_code)
        .where(
            Assignment.worker_id == worker_id,
            Assignment.valid.contains(day),
            Boundary.valid.contains(day),
        )
        .order_by(Boundary.unit_code)
    )
    return [GridArea(*row) for row in rows]


def grid_at(
    session: Session, grids: Collection[str], lon: float, lat: float, day: date
) -> str | None:
    """Which of some grids holds a point on a date; the first in order where none does."""
    point = f"SRID=4326;POINT({lon} {lat})"
    found = session.scalar(
        select(Boundary.unit_code)
        .where(
            Boundary.unit_code.in_(grids),
            Boundary.valid.contains(day),
            Boundary.area.ST_Covers(point),
        )
        .order_by(Boundary.unit_code)
        .limit(1)
    )
    return found or min(grids, default=None)
