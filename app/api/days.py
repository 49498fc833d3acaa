"""A worker's days, their evidence and their tracks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.api.asked import AskedManner, AskedPlace, AskedRange
from app.api.boards import DAY_COLUMNS, BoardDay, as_file
from app.api.deps import BoardsReader, Db, Now, TracksReader
from app.api.export import FILES
from app.api.problems import refusals
from app.days import evidence, tracks, worker_days
from app.days.records import EvidenceOut
from app.days.schemas import DaysOut
from app.days.summaries import RangeTooLong
from app.kit.errors import BadCursor, NotFound

router = APIRouter(prefix="/v1", tags=["supervision"])

WorkerKey = Annotated[UUID, Path(description="The worker")]


@router.get(
    "/workers/{worker_id}/days",
    response_model=DaysOut,
    responses=refusals(NotFound, BadCursor, RangeTooLong) | FILES,
)
def days(
    db: Db,
    asker: BoardsReader,
    worker_id: WorkerKey,
    asked: AskedRange,
    place: AskedPlace,
    manner: AskedManner,
) -> DaysOut | Response:
    """A worker's dates within one's unit, newest first."""
    worker_days.visible_worker(db, worker_id, asker.unit_code)
    page = worker_days.Page(asked, place.limit, place.cursor)
    found = worker_days.days_of(db, worker_id, asker.unit_code, page, manner.now)
    return as_file(found, DAY_COLUMNS, f"days-{asked.first}-{asked.last}", manner)


@router.get("/workers/{worker_id}/days/{day}", responses=refusals(NotFound))
def day_evidence(
    db: Db, asker: BoardsReader, worker_id: WorkerKey, day: BoardDay, now: Now
) -> EvidenceOut:
    """Every record behind a date's verdicts, and why others did not count."""
    worker_days.visible_day(db, worker_id, day, asker.unit_code)
    return evidence.evidence(db, worker_id, day, now)


@router.get("/workers/{worker_id}/days/{day}/track", responses=refusals(NotFound))
def day_track(
    db: Db, asker: TracksReader, worker_id: WorkerKey, day: BoardDay
) -> tracks.DayTrackOut:
    """The track of a date as GeoJSON; each look is recorded."""
    worker_days.visible_day(db, worker_id, day, asker.unit_code)
    return tracks.looked_at_track(db, asker, worker_id, day)
