"""Events that may be the same one, nearest first: offered before filing and to who handles it.

Nothing is merged: a holder links (Act.LINK_DUPLICATE), and an office may undo it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.db.models import Incident, IncidentCase, IncidentCategoryRow
from app.incidents.look_schemas import LikelyIncidentOut, LikelyIncidentPage
from app.incidents.refusals import CategoryUnknown
from app.people.posts import under
from app.rules.event_looks import Nearness, Sighting, may_be_one
from app.rules.geodesy import Position, distance_m, metres_per_degree
from app.rules.incidents import EVT_1

AT_MOST = 20
HOUR = timedelta(hours=1)
Found: TypeAlias = Row[IncidentCase, float, float, str, str]


@dataclass(frozen=True)
class Looked:
    """For what likely duplicates are looked, and among which units."""

    category: str
    at: datetime
    position: Position
    unit_code: str
    itself: UUID | None = None


def likely_duplicates(session: Session, looked: Looked) -> LikelyIncidentPage:
    """Of the same first level, within radius and hours of the category, nearest first."""
    category = _category(session, looked.category)
    within = Nearness(category.radius_m, category.within_h)
    new = Sighting(looked.at, looked.position)
    near = [
        (distance_m(looked.position, _place(row)), row)
        for row in _candidates(session, looked, category)
        if may_be_one(new, Sighting(row[0].reported_at, _place(row), row[0].state), within)
    ]
    near.sort(key=lambda found: (found[0], found[1][0].incident_id))
    return LikelyIncidentPage(
        rule=EVT_1.rule,
        clause=EVT_1.clause,
        radius_m=within.radius_m,
        within_h=within.within_h,
        items=[_out(row, distance, looked.at) for distance, row in near[:AT_MOST]],
    )


def likely_of(session: Session, case: IncidentCase, unit_code: str) -> LikelyIncidentPage:
    """Likely duplicates of an event, within a unit."""
    incident = session.get_one(Incident, case.incident_id)
    position = Position(incident.lon, incident.lat)
    at, key = case.reported_at, case.incident_id
    return likely_duplicates(session, Looked(case.category, at, position, unit_code, key))


def _category(session: Session, code: str) -> IncidentCategoryRow:
    """Raises CategoryUnknown."""
    found = session.get(IncidentCategoryRow, code)
    if found is None:
        raise CategoryUnknown(category=code)
    return found


def _candidates(session: Session, looked: Looked, category: IncidentCategoryRow) -> list[Found]:
    """By category and time from the index, then within a box around the place."""
    first = category.parent_code or category.code
    row = IncidentCategoryRow
    family = select(row.code).where((row.code == first) | (row.parent_code == first))
    hours = timedelta(hours=category.within_h)
    east, north = metres_per_degree(looked.position.lat)
    reach = category.radius_m + 1
    lon, lat = looked.position.lon, looked.position.lat
    query = (
        select(IncidentCase, Incident.lon, Incident.lat, row.zh, row.en)
        .join(Incident, Incident.id == IncidentCase.incident_id)
        .join(row, row.code == IncidentCase.category)
        .where(
            IncidentCase.category.in_(family),
            IncidentCase.reported_at.between(looked.at - hours, looked.at + hours),
            under(IncidentCase.grid_code, looked.unit_code),
            Incident.lat.between(lat - reach / north, lat + reach / north),
            Incident.lon.between(lon - reach / east, lon + reach / east),
        )
    )
    if looked.itself is not None:
        query = query.where(IncidentCase.incident_id != looked.itself)
    return list(session.execute(query))


def _place(row: Found) -> Position:
    return Position(row[1], row[2])


def _out(row: Found, distance: float, at: datetime) -> LikelyIncidentOut:
    case, lon, lat, zh, en = row
    return LikelyIncidentOut(
        id=case.incident_id,
        grid_code=case.grid_code,
        category=case.category,
        category_zh=zh,
        category_en=en,
        severity=case.severity,
        state=case.state,
        reported_at=case.reported_at,
        lon=lon,
        lat=lat,
        distance_m=round(distance, 1),
        hours_apart=round(abs(case.reported_at - at) / HOUR, 2),
    )
