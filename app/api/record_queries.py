"""What the lists of records can be asked for."""

from pydantic import Field

from app.api.city_queries import Paged
from app.kit.schema import Line, UnitCode
from app.rules.information import RecordKind, RecordState


class RecordsAsked(Paged):
    """Which records; an identifying field is looked up by its exact value."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    kind: RecordKind | None = None
    state: RecordState | None = None
    identity: Line | None = Field(default=None, description="Identity number")
    phone: Line | None = Field(default=None, description="Phone")
    name: Line | None = Field(default=None, description="Name of a person or an organisation")
    address: Line | None = Field(default=None, description="Address of a place")
    credit_code: Line | None = Field(default=None, description="Credit code of an organisation")

    @property
    def keys(self) -> dict[str, str | None]:
        """What is looked up."""
        names = ("identity", "phone", "name", "address", "credit_code")
        return {name: getattr(self, name) for name in names}


class MyRecordsAsked(Paged):
    """Which of the records of one's own grids."""

    state: RecordState | None = None


class ConflictsAsked(Paged):
    """Which conflicts."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
