"""Whom visits are owed to: places and their targets of five kinds (VIS-6)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.api.deps import Db, Me, Now, Reads, VisitsReader, VisitsWriter
from app.api.etags import tagged
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.api.visit_queries import MyPlacesAsked, PlacesAsked
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.people.city_refusals import EffectiveInThePast, GridHasEnded
from app.visits import keeping, place_lists
from app.visits.place_schemas import (
    HeldPlacesPage,
    PlaceHistoryOut,
    PlaceIn,
    PlaceLabelIn,
    PlaceMoveIn,
    PlacePage,
    TargetEndIn,
    TargetIn,
    TargetOut,
)
from app.visits.refusals import (
    EndsBeforeItBegins,
    MoveFollows,
    NoGridThere,
    PlaceErased,
    PlaceIdReused,
    PointElsewhere,
    TargetEnded,
    TargetStands,
    TargetVisited,
    TooFarAhead,
)

router = APIRouter(prefix="/v1", tags=["visits"])
CONSTRAINTS["pk_visit_place"] = PlaceIdReused
CONSTRAINTS["ex_visit_place_location_place_id_valid"] = MoveFollows
CONSTRAINTS["ex_visit_target_place_id_kind_valid"] = TargetStands
DATES = (EffectiveInThePast, TooFarAhead)
POINTS = (GridHasEnded, NoGridThere, PointElsewhere)
PLACE_COLUMNS: Columns = {
    "label": ("地点", "Place"),
    "kinds": ("走访类别", "Kinds"),
    "grid_code": ("网格编码", "Grid"),
    "lon": ("经度", "Longitude"),
    "lat": ("纬度", "Latitude"),
    "first_day": ("起始日期", "First date"),
    "last_day": ("终止日期", "Last date"),
    "id": ("编号", "Key"),
}


@router.post("/visit-places", status_code=201, responses=refusals(PlaceIdReused, *DATES, *POINTS))
def register_place(db: Db, asker: VisitsWriter, now: Now, body: PlaceIn) -> PlaceHistoryOut:
    """Register a household or guard post with its kinds; the same request again is the first."""
    key = keeping.register(db, asker, body, now)
    return place_lists.place_of(db, key, civil_day(now))


@router.get(
    "/visit-places",
    response_model=PlacePage,
    responses={**refusals(BadCursor, NotFound), **FILES},
)
def list_places(
    db: Db,
    asker: VisitsReader,
    now: Now,
    reads: Reads,
    asked: Annotated[PlacesAsked, Query()],
) -> PlacePage | Response:
    """The places of a community or grid on a date; looks at special groups are logged."""
    code, day = asked.unit or asker.unit_code, asked.day or civil_day(now)
    asker.look(code)
    page = place_lists.places_under(db, code, asked.kind, day, asked.page)
    place_lists.seen(db, asker, page.items)
    return as_asked(page, PLACE_COLUMNS, asked.format, "visit-places", reads)


@router.get("/visit-places/{id}", responses=refusals(NotFound))
def read_place(db: Db, asker: VisitsReader, now: Now, id: UUID) -> PlaceHistoryOut:
    """One place with its history; a look at a special group's is logged."""
    today = civil_day(now)
    keeping.visible(db, asker, id, today)
    found = place_lists.place_of(db, id, today)
    place_lists.seen(db, asker, [found])
    return found


@router.patch("/visit-places/{id}", responses=refusals(NotFound, PlaceErased))
def relabel_place(
    db: Db, asker: VisitsWriter, now: Now, id: UUID, body: PlaceLabelIn
) -> PlaceHistoryOut:
    """What the place is called, on all dates."""
    keeping.relabel(db, asker, id, body.label, now)
    return place_lists.place_of(db, id, civil_day(now))


@router.post(
    "/visit-places/{id}/move",
    responses=refusals(NotFound, PlaceErased, MoveFollows, *DATES, *POINTS),
)
def move_place(
    db: Db, asker: VisitsWriter, now: Now, id: UUID, body: PlaceMoveIn
) -> PlaceHistoryOut:
    """The place is somewhere else from a date on, perhaps in another grid; before, it stays."""
    keeping.move(db, asker, id, body, now)
    return place_lists.place_of(db, id, civil_day(now))


@router.post(
    "/visit-places/{id}/targets",
    status_code=201,
    responses=refusals(NotFound, PlaceErased, TargetStands, *DATES),
)
def add_target(db: Db, asker: VisitsWriter, now: Now, id: UUID, body: TargetIn) -> TargetOut:
    """The place owes visits of one more kind from a date on."""
    return place_lists.target_out(keeping.add_target(db, asker, id, body, now))


@router.post(
    "/visit-targets/{id}/end",
    responses=refusals(NotFound, PlaceErased, TargetEnded, EndsBeforeItBegins, *DATES),
)
def end_target(db: Db, asker: VisitsWriter, now: Now, id: UUID, body: TargetEndIn) -> TargetOut:
    """After its last date the target owes nothing; what was owed before stays owed."""
    return place_lists.target_out(keeping.end_target(db, asker, id, body, now))


@router.delete(
    "/visit-targets/{id}",
    status_code=204,
    responses=refusals(NotFound, PlaceErased, TargetVisited),
)
def remove_target(db: Db, asker: VisitsWriter, now: Now, id: UUID) -> None:
    """Take out a target registered by mistake, as long as no visit was made since it began."""
    keeping.remove_target(db, asker, id, now)


@router.get("/me/visit-places", response_model=HeldPlacesPage, responses=refusals(BadCursor))
def my_places(
    request: Request, db: Db, asker: Me, now: Now, asked: Annotated[MyPlacesAsked, Query()]
) -> Response:
    """The places of one's grids, or of one that was just given, as a `visit_place` change has
    them; with the tag of what the handset holds, an unchanged page is a 304."""
    page = place_lists.my_places(db, asker.as_worker(), asked.grid, civil_day(now), asked.page)
    return tagged(request, None, "zh", page)
