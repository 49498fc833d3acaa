"""What the lists of accounts, devices and acts can be asked for."""

from uuid import UUID

from pydantic import Field

from app.api.city_queries import Listed, Paged
from app.kit.schema import Instant, Line, UnitCode
from app.people.account_queries import EventFilter
from app.people.account_schemas import Role


class AccountsAsked(Paged):
    """Which accounts."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    role: Role | None = None


class DevicesAsked(Paged):
    """Which handsets."""

    worker_id: UUID | None = None


class EventsAsked(Listed):
    """Which acts."""

    account_id: UUID | None = Field(default=None, description="Who did it")
    name: Line | None = Field(default=None, examples=["auth.signed_in"])
    subject_id: Line | None = Field(default=None, description="To what it was done")
    since: Instant | None = None
    until: Instant | None = Field(default=None, description="Not included")

    @property
    def filter(self) -> EventFilter:
        """What narrows the list."""
        return EventFilter(self.account_id, self.name, self.subject_id, self.since, self.until)
