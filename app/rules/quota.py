"""EVT-5: how many events a worker files in a month (四(二)2)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.finding import Finding
from app.rules.incidents import NOT_COUNTED, State
from app.rules.parameters import Label, Values, number

EVT_5 = Cite("EVT-5", "四(二)2")
EVT_5_READING = Cite("EVT-5", "四(二)2", reading=True)

MONTHLY_EVENT_QUOTA = number(
    "monthly_event_quota",
    0,
    "events",
    "EVT-5",
    (0, 500),
    Label("每月事件上报量", "Events to be filed in a month"),
)


class QuotaVerdict(StrEnum):
    """How a worker's month stands."""

    MET = "met"
    SHORT = "short"
    OPEN = "open"
    """Not met yet, and the month is not over."""
    NOT_SET = "not_set"
    """The centre set none."""
    NOT_BOUND = "not_bound"
    """A part-time worker: nothing is asked (ORG-4)."""


def month_ends(month: date) -> date:
    """The first date of the month after that of a date."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


@cites(EVT_5_READING)
def quota_of(values: Values) -> int:
    """The quota by the values in force on the month's first date; 0: none is set."""
    return int(values[MONTHLY_EVENT_QUOTA])


@cites(EVT_5_READING)
def quota_owed(quota: int, owed_dates: int, duty_dates: int) -> int:
    """Of a part of a month, or with leave, in proportion to its duty dates, rounded down."""
    return quota * owed_dates // duty_dates if duty_dates else 0


@cites(EVT_5)
def judge_quota(
    states: Iterable[State], quota: int, *, bound: bool = True, over: bool = True
) -> Finding[QuotaVerdict]:
    """The events that a worker filed over a month, by their states.

    An event counts in the month of its capture. One that was withdrawn, found false or linked as a
    duplicate doesn't, whichever month that happened in.
    """
    found = Counter(states)
    left_out = {state.value: found[state] for state in State if state in NOT_COUNTED}
    counted = found.total() - sum(left_out.values())
    because = {"filed": found.total(), "counted": counted, "quota": quota, "not_counted": left_out}
    return Finding(
        verdict=_verdict(counted, quota, bound=bound, over=over), cite=EVT_5, because=because
    )


def _verdict(counted: int, quota: int, *, bound: bool, over: bool) -> QuotaVerdict:
    if not bound:
        return QuotaVerdict.NOT_BOUND
    if quota == 0:
        return QuotaVerdict.NOT_SET
    if counted >= quota:
        return QuotaVerdict.MET
    return QuotaVerdict.SHORT if over else QuotaVerdict.OPEN
