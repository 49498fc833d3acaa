"""What held of a worker on any past date: contract, penalties, appraisals, pay."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.api.deps import ConductReader, Db, Me, Now
from app.api.problems import refusals
from app.history.refusals import NotYetThatDay
from app.history.schemas import WorkerStandingOut
from app.history.standing import own_standing, standing_of
from app.kit.errors import NotFound
from app.kit.schema import Day

router = APIRouter(prefix="/v1", tags=["conduct"])
OnDay = Annotated[
    Day | None, Query(description="At the end of which date, as it was known then; now without it")
]


@router.get("/workers/{id}/standing", responses=refusals(NotFound, NotYetThatDay))
def read_standing(
    db: Db, asker: ConductReader, now: Now, id: UUID, on: OnDay = None
) -> WorkerStandingOut:
    """What held of a worker at the end of a date: contract, penalties, months, grade, values."""
    return standing_of(db, asker, id, on, now)


@router.get("/me/standing", responses=refusals(NotYetThatDay))
def read_my_standing(db: Db, asker: Me, now: Now, on: OnDay = None) -> WorkerStandingOut:
    """One's own, pay included."""
    return own_standing(db, asker, on, now)
