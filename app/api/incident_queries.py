"""What lists, maps and figures of events can be asked for."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.api.attendance_queries import OfUnit
from app.api.city_queries import Paged
from app.incidents import lists
from app.incidents.act_schemas import CategoryCode
from app.incidents.figures import CountsBy, check_range
from app.incidents.inbox import InboxOf
from app.incidents.times import Span, TimesBy
from app.kit.schema import Day, In, Instant, Latitude, Longitude, UnitCode
from app.rules.event_looks import Waiting
from app.rules.field_records import Severity
from app.rules.incidents import State
from app.rules.tiers import Tier

A_MONTH = timedelta(days=30)
MonthCode = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A civil month from 2000 to 2099, `2026-03`."""


class IncidentFilter(In):
    """Which events of which unit."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    state: State | None = None
    open: bool | None = Field(default=None, description="Some tier holds it")
    tier: Tier | None = Field(default=None, description="That holds it now")
    category: CategoryCode | None = Field(default=None, description="With those below it")
    severity: Severity | None = None
    worker: UUID | None = Field(default=None, description="Who reported it")
    from_: Day | None = Field(default=None, alias="from", description="Reported on or after")
    to: Day | None = Field(default=None, description="Reported on or before")
    carded: bool | None = Field(default=None, description="With a card that stands")

    def of(self, unit: str) -> lists.Asked:
        """As conditions on the cases of a unit."""
        return lists.Asked(
            unit_code=unit,
            state=self.state,
            open=self.open,
            tier=self.tier,
            category=self.category,
            severity=self.severity,
            worker_id=self.worker,
            first=self.from_,
            last=self.to,
            carded=self.carded,
        )


class IncidentsAsked(OfUnit, IncidentFilter):
    """A page of a list of events, or a file of it."""


class MapAsked(IncidentFilter):
    """Points of a map; open events without `open` or `state`."""

    cursor: str | None = Field(
        default=None, max_length=400, description="`next_cursor` of the page before"
    )
    limit: int = Field(default=1000, ge=1, le=2000, description="How many points at most")

    @property
    def page(self) -> tuple[str | None, int]:
        """Cursor and limit together."""
        return self.cursor, self.limit

    def on_map(self, unit: str) -> lists.Asked:
        """Open ones unless something else was asked for."""
        shown = self if self.state or self.open is not None else self.model_copy(
            update={"open": True}
        )  # fmt: skip
        return shown.of(unit)


class IncidentCountsAsked(IncidentsAsked):
    """Counts of which events, told apart by what; reported over 30 days without `from`."""

    by: CountsBy = CountsBy.CATEGORY

    def over(self, unit: str, today: date) -> lists.Asked:
        """Raises IncidentRangeTooLong."""
        last = self.to or today
        first = self.from_ or last - A_MONTH
        check_range(first, last)
        return self.model_copy(update={"from_": first, "to": last}).of(unit)


class TimelinessAsked(OfUnit):
    """Holds of which unit that arrived over which dates, told apart by what."""

    from_: Day | None = Field(default=None, alias="from", description="30 days before `to`")
    to: Day | None = Field(default=None, description="Today without it")
    by: TimesBy = TimesBy.UNIT

    def span(self, unit: str, today: date) -> Span:
        """Raises IncidentRangeTooLong."""
        last = self.to or today
        first = self.from_ or last - A_MONTH
        check_range(first, last)
        return Span(unit, first, last)


class InboxAsked(OfUnit):
    """Whose inbox."""

    tier: Tier | None = Field(
        default=None, description="That of the unit; a lower one to look at what it holds"
    )
    of: InboxOf | None = Field(
        default=None,
        description="`held`: what the tier holds; `asked`: what the tier below asks of it"
        " (extension, help). The leading-group office holds nothing: `asked` is its default",
    )


class QuotasAsked(OfUnit):
    """The quotas of which month."""

    month: MonthCode | None = Field(default=None, description="This one without it")


class MyQuotaAsked(In):
    """One's own quota of which month."""

    month: MonthCode | None = Field(default=None, description="This one without it")


class MyIncidentsAsked(Paged):
    """Which of one's own events."""

    open: bool | None = Field(default=None, description="Some tier holds it")
    waiting: Waiting | None = Field(default=None, description="What waits for oneself")


class LikelyAsked(In):
    """What is about to be filed: what, where and when."""

    category: CategoryCode
    lon: Longitude
    lat: Latitude
    at: Instant | None = Field(default=None, description="Now without it")


def month_first(month: str | None, today: date) -> date:
    """The first date of the month asked for."""
    return date.fromisoformat(f"{month}-01") if month else today.replace(day=1)
