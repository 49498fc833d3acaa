"""The worker's list for today (VIS-8)."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import Db, Me, Now
from app.api.problems import refusals
from app.kit.clock import civil_day
from app.kit.errors import Forbidden, Malformed
from app.kit.schema import Day, Latitude, Longitude
from app.rules.geodesy import Position
from app.visits.coverage_schemas import TasksOut
from app.visits.my_tasks import tasks

router = APIRouter(prefix="/v1/me", tags=["me"])


@router.get("/tasks", responses=refusals(Forbidden))
def my_tasks(
    db: Db,
    asker: Me,
    now: Now,
    day: Annotated[Day | None, Query(alias="date", description="Today if absent")] = None,
    lon: Annotated[Longitude | None, Query(description="Where one is, WGS 84")] = None,
    lat: Annotated[Latitude | None, Query(description="With `lon`")] = None,
) -> TasksOut:
    """What is open now, by deadline, then by distance; what a colleague's leave added says so.

    Without a position the order is by deadline, then by label.
    """
    if (lon is None) != (lat is None):
        raise Malformed(problems=[{"at": "query", "why": "lon and lat come together"}])
    position = None if lon is None or lat is None else Position(lon, lat)
    return tasks(db, asker, day or civil_day(now), position, now)
