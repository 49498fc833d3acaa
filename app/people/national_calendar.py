"""The national calendar as it is published: rows that seed the city's own (ATT-6)."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from chinese_calendar import is_workday

from app.kit.schema import IN_FORCE

NATIONAL = "national"
CITY = "city"
"""What a row of the calendar says about itself: published with this release, or entered here."""


def known() -> Iterator[tuple[date, bool]]:
    """Every date from the regulation's own on and whether it is a working day, while known.

    The State Council publishes one year at a time; the package raises beyond the last.
    """
    for offset in count():
        day = IN_FORCE + timedelta(days=offset)
        try:
            yield day, is_workday(day)
        except NotImplementedError:
            return
