"""VIS-6 and VIS-7: when a period closes, and by which date an unpaid visit is charged."""

from datetime import date, datetime, time, timedelta

from app.rules.cite import cites
from app.rules.civil import instant_of
from app.rules.parameters import Label, Values, number
from app.rules.visits import VIS_6, VIS_7, IsDutyDate

VISITS_CLOSE_AFTER_H = number(
    "visits_close_after_h",
    72,
    "h",
    "VIS-6",
    (0, 720),
    Label("走访周期结束后的结算时间", "A visit period closes after its end by"),
)


@cites(VIS_6)
def closes_at(last_day: date, values: Values) -> datetime:
    """When what a period owes stays as it is: so long after its last day as records may be
    under way [reading]."""
    end = instant_of(last_day + timedelta(days=1), time.min)
    return end + timedelta(hours=values[VISITS_CLOSE_AFTER_H])


@cites(VIS_7)
def charge_day(first: date, last: date, is_duty_date: IsDutyDate) -> date:
    """The last duty date on which the visit could be paid; the last date where there is none."""
    day = last
    while day > first and not is_duty_date(day):
        day -= timedelta(days=1)
    return day if is_duty_date(day) else last
