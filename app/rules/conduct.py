"""CON: grounds of penalties, the ladder, how times are counted, how long a penalty is in force."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from app.rules.accuracy import months_later
from app.rules.cite import Cite, cites
from app.rules.finding import Finding


class Ground(StrEnum):
    """四(一) and 四(二): A leads to dismissal at once, B to the next rung of the ladder."""

    A1 = "A1"
    A2 = "A2"
    A3 = "A3"
    A4 = "A4"
    A5 = "A5"
    A6 = "A6"
    A7 = "A7"
    A8 = "A8"
    B1 = "B1"
    B2 = "B2"
    B3 = "B3"
    B4 = "B4"
    B5 = "B5"
    B6 = "B6"


class PenaltyKind(StrEnum):
    """The rungs of CON-1."""

    WARNING = "warning"
    DEMERIT = "demerit"
    DISMISSAL = "dismissal"


class ProposalSource(StrEnum):
    """Whether the system found it in its own data, or an office recorded it."""

    DETECTED = "detected"
    RECORDED = "recorded"


class ProposalState(StrEnum):
    """Where a proposal stands; nothing but `penalised` has any effect."""

    PROPOSED = "proposed"
    """Found, and told to the worker."""
    PUT_FORWARD = "put_forward"
    """The community put it forward; its case is open."""
    PENALISED = "penalised"
    DROPPED = "dropped"
    """A person decided that nothing follows."""
    LAPSED = "lapsed"
    """The data changed and the ground is gone; no one had decided yet."""


class PenaltyAct(StrEnum):
    """What happens to a penalty, in order; never edited."""

    DECIDED = "decided"
    INTERVIEWED = "interviewed"
    APPEALED = "appealed"
    APPEAL_REFUSED = "appeal_refused"
    REVIEW_OFFERED = "review_offered"
    """The data or the count behind it changed."""
    REVIEW_KEPT = "review_kept"
    LOWERED = "lowered"
    OVERTURNED = "overturned"


CON_1 = Cite("CON-1", "四(二)")
CON_2 = Cite("CON-2", "四(二)", reading=True)
CON_3 = Cite("CON-3", "四(三)")

CLAUSES: Mapping[Ground, str] = {
    **{ground: f"四(一){ground.value[1]}" for ground in Ground if ground.value[0] == "A"},
    **{ground: f"四(二){ground.value[1]}" for ground in Ground if ground.value[0] == "B"},
}
"""The clause of each ground."""

AT_ONCE = frozenset(ground for ground in Ground if ground.value[0] == "A")
"""四(一): dismissal, whichever time it is."""

BY_DATE = frozenset(AT_ONCE - {Ground.A3, Ground.A5} | {Ground.B1, Ground.B4})
"""What counts once a date; every other ground counts once a month."""

LADDER = (PenaltyKind.WARNING, PenaltyKind.DEMERIT, PenaltyKind.DISMISSAL)

PENALTY_MONTHS = 1
"""四(三): 时效为1个月."""


@cites(CON_1, CON_2)
def judge_rung(ground: Ground, counted: int) -> Finding[PenaltyKind]:
    """What a ground leads to after so many penalties of its calendar year that stand.

    A ground of 四(一) leads to dismissal at once. Those of 四(二) are counted over all grounds
    together: a warning, a demerit, then dismissal each time.
    """
    because = {"ground": ground.value, "counted": counted, "time": counted + 1}
    if ground in AT_ONCE:
        return Finding(verdict=PenaltyKind.DISMISSAL, cite=CON_1, because=because)
    kind = LADDER[min(counted, len(LADDER) - 1)]
    return Finding(verdict=kind, cite=CON_1, because=because)


@cites(CON_2)
def counted_for(ground: Ground, occurred_on: date) -> date:
    """The date or the first of the month within which a ground counts only once.

    A5 occurs on a date of the month that was the second to fail, or on January 1 of a failed year:
    January is never a second month.
    """
    return occurred_on if ground in BY_DATE else occurred_on.replace(day=1)


@cites(CON_2)
def year_of(occurred_on: date) -> tuple[date, date]:
    """The first and the last date between which times are counted: the calendar year in which a
    ground occurred, not the one in which it is decided."""
    return date(occurred_on.year, 1, 1), date(occurred_on.year, 12, 31)


@cites(CON_3)
def ends_on(decided_on: date) -> date:
    """The first date on which a penalty is no longer in force: the same day of the next month, or
    that month's last day."""
    return months_later(decided_on, PENALTY_MONTHS)


@cites(CON_3)
def in_force(decided_on: date, day: date) -> bool:
    """Whether a penalty is in force on a date."""
    return decided_on <= day < ends_on(decided_on)
