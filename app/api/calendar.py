"""The duty calendar."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import CalendarReader, CalendarWriter, Db, Now
from app.api.problems import refusals
from app.kit.errors import NotFound
from app.kit.schema import Day, UnitCode
from app.people import duty_calendar, units
from app.people.city_refusals import (
    NationalDatePast,
    SpanReversed,
    SpanTooLong,
    TooLateToDeclare,
    TooLateToExempt,
)
from app.people.city_schemas import (
    DecisionIn,
    DecisionOut,
    DutyCalendarOut,
    DutyDateOut,
    NationalIn,
    NationalOut,
)

router = APIRouter(prefix="/v1", tags=["city"])


@router.get("/calendar", responses=refusals(NotFound, SpanReversed, SpanTooLong))
def read_calendar(
    db: Db,
    asker: CalendarReader,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
    unit: UnitCode | None = None,
) -> DutyCalendarOut:
    """Each date at a unit: whether it is a duty date, by what, and the centre's reasons (ATT-6)."""
    code = units.unit_of(db, asker, unit or asker.unit_code).code
    found = duty_calendar.dates(db, code, first, last)
    return DutyCalendarOut(unit=code, items=[DutyDateOut.model_validate(day) for day in found])


@router.post(
    "/calendar/decisions",
    status_code=201,
    responses=refusals(NotFound, TooLateToDeclare, TooLateToExempt),
)
def decide_day(db: Db, asker: CalendarWriter, now: Now, body: DecisionIn) -> DecisionOut:
    """Declare a date a duty date for a unit before its first window opens, or exempt it."""
    decided = (body.day, body.change, body.reason)
    return DecisionOut.model_validate(duty_calendar.decide(db, asker, body.unit, decided, now))


@router.put("/calendar/national", responses=refusals(NationalDatePast))
def publish_national(db: Db, asker: CalendarWriter, now: Now, body: NationalIn) -> NationalOut:
    """Enter the national calendar of coming dates, as the State Council publishes it."""
    days = {entered.day: entered.working for entered in body.days}
    return NationalOut(entered=duty_calendar.publish_national(db, asker, days, now))
