"""The worker's own appraisals, down to the records."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from app.api.appraisals import RecordsBehindAsked
from app.api.deps import Db, Me, Now
from app.api.problems import refusals
from app.appraisal import lists
from app.appraisal.forms import MonthText, first_of
from app.appraisal.schemas import MonthAppraisalOut, MonthRecordsOut, MyMonthsOut
from app.kit.errors import NotFound

router = APIRouter(prefix="/v1", tags=["appraisal"])
Month = Annotated[MonthText, Path()]


@router.get("/me/appraisals", responses=refusals())
def my_appraisals(db: Db, asker: Me) -> MyMonthsOut:
    """One's own months, the latest first; of an open month what is measured so far."""
    return lists.own_months(db, asker.as_worker())


@router.get("/me/appraisals/{month}", responses=refusals(NotFound))
def my_appraisal(db: Db, asker: Me, month: Month) -> MonthAppraisalOut:
    """One's own month: indicators, corrections, objections, revisions."""
    return lists.detail(db, lists.own_appraisal(db, asker.as_worker(), first_of(month)))


@router.get("/me/appraisals/{month}/records", responses=refusals(NotFound))
def my_appraisal_records(
    db: Db, asker: Me, now: Now, month: Month, asked: Annotated[RecordsBehindAsked, Query()]
) -> MonthRecordsOut:
    """The records behind an indicator as they are now, each with what it gives to the figures."""
    row = lists.own_appraisal(db, asker.as_worker(), first_of(month))
    return lists.records_of(db, row, asked.indicator, now)
