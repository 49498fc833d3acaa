"""What a community's visits are judged by: its duty calendar and the values in force, per date."""

from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy.orm import Session

from app.kit.clock import civil_day
from app.people.calendar import Calendar
from app.people.values import supersessions
from app.rules.closing import closes_at
from app.rules.parameters import values_on

ONE_DAY = timedelta(days=1)


class Rulings:
    """The calendar and the values over a span of dates: loaded once, each date asked once."""

    def __init__(self, session: Session, community_code: str, first: date, last: date) -> None:
        calendar = Calendar(session, first, last)
        self.is_duty_date = cache(lambda day: calendar.on_duty(community_code, day))
        self.values = Closings(session).values


class Closings:
    """When visit periods close, by the values in force on their last days."""

    def __init__(self, session: Session) -> None:
        history = supersessions(session)
        self.values = cache(lambda day: values_on(day, history))

    def closes_at(self, last_day: date) -> datetime:
        """When a period that ends on a date closes."""
        return closes_at(last_day, self.values(last_day))

    def closed_by(self, now: datetime) -> date:
        """The last date of which what ended then is closed; so is what ended earlier."""
        day = civil_day(now)
        while self.closes_at(day) > now:
            day -= ONE_DAY
        return day
