"""Whether a date is a duty date where a worker stands (ATT-6)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import CalendarDay, DutyDecision
from app.rules import duty

FRIDAY = 5


class Calendar:
    """The duty calendar over a span of dates, for any unit: loaded once, asked often."""

    def __init__(self, session: Session, first: date, last: date) -> None:
        self.national: dict[date, bool] = {
            row.day: row.working
            for row in session.scalars(
                select(CalendarDay).where(CalendarDay.day.between(first, last))
            )
        }
        self.decisions: dict[date, list[DutyDecision]] = defaultdict(list)
        for decision in session.scalars(
            select(DutyDecision)
            .where(DutyDecision.day.between(first, last))
            .order_by(DutyDecision.decided_at, DutyDecision.id)
        ):
            self.decisions[decision.day].append(decision)

    def on_duty(self, community_code: str, day: date) -> bool:
        """Whether the date is a duty date there; weekdays beyond the national calendar."""
        national = self.national.get(day, day.isoweekday() <= FRIDAY)
        return duty.judge_duty_date(day, national, self.decisions_for(community_code, day)).verdict

    def decisions_for(self, community_code: str, day: date) -> Sequence[duty.DutyDecision]:
        """The centre's decisions that reach a community on a date."""
        return [
            duty.DutyDecision(found.day, found.change, found.decided_at)
            for found in self.decisions[day]
            if community_code.startswith(found.unit_code)
        ]


def is_duty_date(session: Session, community_code: str, day: date) -> bool:
    """Whether one date is a duty date for a community."""
    return Calendar(session, day, day).on_duty(community_code, day)
