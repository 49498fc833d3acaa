"""What dates are judged by: the values in force and the duty calendar, loaded once for many."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from app.people.calendar import Calendar
from app.people.values import supersessions
from app.rules.parameters import Values, values_on


class Standards:
    """The values and the calendar of some dates."""

    def __init__(self, session: Session, days: Collection[date]) -> None:
        self._history = supersessions(session)
        self._values: dict[date, Values] = {}
        self._calendar = Calendar(session, min(days), max(days))

    def values(self, day: date) -> Values:
        """The values in force on a date (rulebook part 0)."""
        if day not in self._values:
            self._values[day] = values_on(day, self._history)
        return self._values[day]

    def since(self, name: str, day: date) -> date | None:
        """Since when a parameter has its value of a date; None for the rulebook's default."""
        dates = [row.effective_from for row in self._history if row.name == name]
        return max((start for start in dates if start <= day), default=None)

    def is_duty_date(self, community_code: str, day: date) -> bool:
        """Whether a date is a duty date for a community (ATT-6)."""
        return self._calendar.on_duty(community_code, day)

    def why(self, community_code: str, day: date) -> dict[str, object]:
        """What made it a duty date or not: the centre's last decision, else the calendar."""
        decisions = self._calendar.decisions_for(community_code, day)
        if decisions:
            last = max(reversed(decisions), key=lambda decision: decision.decided_at)
            return {"by": last.change.value, "decided_at": last.decided_at.isoformat()}
        known = day in self._calendar.national
        return {"by": "national_calendar" if known else "weekday"}
