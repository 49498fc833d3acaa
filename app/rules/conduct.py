"""CON: grounds of penalties, the ladder, how times are counted, how long a penalty is in force."""

from enum import StrEnum


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
