"""ATT-5 and 二9(2): which halves of which dates a leave covers."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.rules.cite import cites
from app.rules.duty import WHOLE_DAY, Half
from app.rules.windows import ATT_5


@dataclass(frozen=True)
class LeaveSpan:
    """From one half of a date to another, both included."""

    first_day: date
    first_half: Half
    last_day: date
    last_half: Half

    @property
    def starts(self) -> int:
        """Its first half in the count of halves."""
        return place_of(self.first_day, self.first_half)

    @property
    def ends(self) -> int:
        """Its last half in the count of halves."""
        return place_of(self.last_day, self.last_half)

    def days(self, until: date) -> list[date]:
        """Its dates, none of them later than `until`."""
        last = min(self.last_day, until)
        return [
            self.first_day + timedelta(days=passed)
            for passed in range((last - self.first_day).days + 1)
        ]


def place_of(day: date, half: Half) -> int:
    """Where a half stands in the count of all halves."""
    return day.toordinal() * 2 + (half is Half.AFTERNOON)


@cites(ATT_5)
def halves_covered(span: LeaveSpan, day: date) -> frozenset[Half]:
    """The halves of a date that a leave excuses."""
    return frozenset(half for half in WHOLE_DAY if span.starts <= place_of(day, half) <= span.ends)


@cites(ATT_5)
def overlaps(one: LeaveSpan, other: LeaveSpan) -> bool:
    """Whether two leaves share a half."""
    return one.starts <= other.ends and other.starts <= one.ends
