"""Minimum wage and performance standard from a date on (PAY-1, PAY-2)."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import Db, Now, PayReader, PayStandardsWriter
from app.api.problems import refusals
from app.kit.clock import civil_day
from app.kit.schema import Day
from app.pay import standards
from app.pay.refusals import StandardInThePast
from app.pay.standard_schemas import PayStandardIn, PayStandardOut, PayStandardsOut

router = APIRouter(prefix="/v1", tags=["pay"])


@router.get("/pay-standards", responses=refusals())
def read_pay_standards(
    db: Db,
    asker: PayReader,
    now: Now,
    on: Annotated[Day | None, Query(description="A civil date; today without it")] = None,
) -> PayStandardsOut:
    """Minimum wage and performance standard as of a date, and all that were ever set."""
    del asker
    return standards.standards_on(db, on or civil_day(now))


@router.post("/pay-standards", status_code=201, responses=refusals(StandardInThePast))
def set_pay_standard(
    db: Db, asker: PayStandardsWriter, now: Now, body: PayStandardIn
) -> PayStandardOut:
    """Set a standard from today or a later date on; dates before keep theirs.

    The first of its kind may also say what was in force before.
    """
    return PayStandardOut.model_validate(standards.set_standard(db, asker, body, now))
