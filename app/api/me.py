"""What a worker sees of himself or herself."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.api.asked import AskedManner, AskedPlace, AskedRange
from app.api.boards import DAY_COLUMNS, BoardDay, as_file
from app.api.deps import Db, Me, Now
from app.api.export import FILES
from app.api.problems import refusals
from app.days import evidence, mine, tracks, worker_days
from app.days.records import EvidenceOut, MyDayOut
from app.days.schemas import DaysOut
from app.days.summaries import RangeTooLong
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, Forbidden, NotFound
from app.kit.schema import Day

router = APIRouter(prefix="/v1/me", tags=["me"])

EVERYWHERE = ""
"""One's own days, wherever the post was."""


@router.get("/day", responses=refusals(NotFound, Forbidden))
def my_day(
    db: Db,
    asker: Me,
    now: Now,
    day: Annotated[Day | None, Query(alias="date", description="Today if absent")] = None,
) -> MyDayOut:
    """One's day at a glance: windows and what fills them, minutes so far, messages."""
    return mine.my_day(db, asker.as_worker(), day or civil_day(now), now)


@router.get(
    "/days",
    response_model=DaysOut,
    responses=refusals(BadCursor, RangeTooLong, Forbidden) | FILES,
)
def my_days(
    db: Db,
    asker: Me,
    asked: AskedRange,
    place: AskedPlace,
    manner: AskedManner,
) -> DaysOut | Response:
    """One's own dates, newest first."""
    page = worker_days.Page(asked, place.limit, place.cursor)
    found = worker_days.days_of(db, asker.as_worker(), EVERYWHERE, page, manner.now)
    return as_file(found, DAY_COLUMNS, f"days-{asked.first}-{asked.last}", manner)


@router.get("/days/{day}", responses=refusals(NotFound, Forbidden))
def my_evidence(db: Db, asker: Me, day: BoardDay, now: Now) -> EvidenceOut:
    """Every record behind one's verdicts, and why others did not count."""
    return evidence.evidence(db, asker.as_worker(), day, now)


@router.get("/days/{day}/track", responses=refusals(NotFound, Forbidden))
def my_track(db: Db, asker: Me, day: BoardDay) -> tracks.DayTrackOut:
    """One's own track of a date as GeoJSON."""
    return tracks.track(db, asker.as_worker(), day)
