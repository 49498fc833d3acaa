"""Events: lists, one with its history, likely duplicates, whom to ask afterwards (EVT-1, EVT-4)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.deps import Db, EventsActor, EventsReader, Me, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.incident_queries import IncidentsAsked, LikelyAsked, MyIncidentsAsked
from app.api.problems import refusals
from app.incidents import detail, lists, mine
from app.incidents.likely import Looked, likely_duplicates, likely_of
from app.incidents.look_refusals import ContactNotKept
from app.incidents.look_schemas import (
    IncidentDetailOut,
    IncidentPage,
    IncidentRevealedOut,
    IncidentRevealIn,
    LikelyIncidentPage,
    MyIncidentPage,
)
from app.incidents.refusals import CategoryUnknown
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, Forbidden, NotFound
from app.people.posts import NoPost, grids_on, post_of
from app.rules.geodesy import Position

router = APIRouter(prefix="/v1", tags=["incidents"])
INCIDENT_COLUMNS: Columns = {
    "reported_at": ("上报时间", "Reported at"),
    "category_zh": ("类别", "Category (Chinese)"),
    "category_en": ("类别（英文）", "Category"),
    "severity": ("等级", "Severity"),
    "state": ("状态", "State"),
    "holds.tier": ("当前层级", "Held by"),
    "holds.due_at": ("时限", "Due at"),
    "cards.colour": ("亮牌", "Cards"),
    "worker_name": ("上报人", "Worker"),
    "grid_code": ("网格代码", "Grid"),
    "closed_at": ("办结时间", "Closed at"),
    "closed_by": ("办结层级", "Closed by"),
    "score": ("评分", "Score"),
    "lon": ("经度", "Longitude"),
    "lat": ("纬度", "Latitude"),
    "id": ("编号", "Key"),
}


@router.get(
    "/incidents", response_model=IncidentPage, responses=refusals(BadCursor, NotFound) | FILES
)
def list_incidents(
    db: Db, asker: EventsReader, reads: Reads, asked: Annotated[IncidentsAsked, Query()]
) -> IncidentPage | Response:
    """The events of a unit, the latest reported first; what was written is in each one's own
    look."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = lists.incidents_of_unit(db, asked.of(unit), asked.page)
    return as_asked(page, INCIDENT_COLUMNS, asked.format, "incidents", reads)


@router.get("/incidents/{id}", responses=refusals(NotFound))
def read_incident(db: Db, asker: EventsReader, id: UUID) -> IncidentDetailOut:
    """One event with every act, every hold and its clocks, cards, and what platforms say.

    What was written may name residents: above the station it is there once the event reached that
    tier, or is major; else `masked`.
    """
    return detail.seen_by_office(db, asker, id)


@router.get("/incidents/{id}/likely-duplicates", responses=refusals(NotFound))
def likely_duplicates_of(db: Db, asker: EventsReader, id: UUID) -> LikelyIncidentPage:
    """Events within one's unit that may be the same one, nearest first; nothing is merged."""
    return likely_of(db, detail.case_of(db, asker, id), asker.unit_code)


@router.post("/incidents/{id}/reveal", responses=refusals(NotFound, Forbidden, ContactNotKept))
def reveal_contact(
    db: Db, asker: EventsActor, id: UUID, body: IncidentRevealIn
) -> IncidentRevealedOut:
    """Whom to ask about an event, to its station, for a purpose; each look is logged."""
    return detail.reveal(db, asker, id, body.purpose)


@router.get("/me/incidents", responses=refusals(BadCursor))
def my_incidents(
    db: Db, asker: Me, now: Now, asked: Annotated[MyIncidentsAsked, Query()]
) -> MyIncidentPage:
    """Those one reported and those of one's grids, and what waits for oneself."""
    which, today = (asked.open, asked.waiting), civil_day(now)
    return mine.my_incidents(db, asker.as_worker(), which, asked.page, today)


@router.get("/me/incidents/{id}", responses=refusals(NotFound))
def my_incident(db: Db, asker: Me, now: Now, id: UUID) -> IncidentDetailOut:
    """One of them; what was written is shown in one's grids of today."""
    return mine.my_incident(db, asker.as_worker(), id, civil_day(now))


@router.post("/me/incidents/{id}/reveal", responses=refusals(NotFound, ContactNotKept))
def reveal_contact_to_me(
    db: Db, asker: Me, now: Now, id: UUID, body: IncidentRevealIn
) -> IncidentRevealedOut:
    """Whom to ask about an event of one's grids of today, for a purpose; each look is logged."""
    grids = grids_on(db, asker.as_worker(), civil_day(now))
    return detail.reveal_to_worker(db, asker, id, body.purpose, grids)


@router.get("/me/likely-duplicates", responses=refusals(CategoryUnknown, NoPost))
def my_likely_duplicates(
    db: Db, asker: Me, now: Now, asked: Annotated[LikelyAsked, Query()]
) -> LikelyIncidentPage:
    """Before filing: events of one's community that may be the same one, nearest first."""
    post = post_of(db, asker.as_worker(), civil_day(now))
    position = Position(asked.lon, asked.lat)
    at = asked.at or now
    return likely_duplicates(db, Looked(asked.category, at, position, post.community_code))
