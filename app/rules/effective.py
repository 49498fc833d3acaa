"""EVT-3 with ATT-4: the instant an act on an event counts from [reading]."""

from datetime import datetime, timedelta

from app.rules.cite import Cite, cites
from app.rules.parameters import Values
from app.rules.trusted_time import LATE_UNPROVEN_S

ATT_4 = Cite("ATT-4", "三(一)1 “3”", reading=True)
EVT_3 = Cite("EVT-3", "四(二)4", reading=True)


@cites(ATT_4, EVT_3)
def effective_at(
    captured_at: datetime,
    received_at: datetime,
    values: Values,
    *,
    proven: bool,
    not_before: datetime | None = None,
) -> datetime:
    """A time that is proven, or that arrived soon, is believed; any other act counts from receipt.

    Never before `not_before`, the arrival of the hold that the act ends, and never after receipt.
    """
    soon = received_at - captured_at <= timedelta(seconds=values[LATE_UNPROVEN_S])
    believed = captured_at if proven or soon else received_at
    if not_before is not None:
        believed = max(believed, not_before)
    return min(believed, received_at)
