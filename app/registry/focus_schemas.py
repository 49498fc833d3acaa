"""How lists of whom all must be known, and known changes, are spoken (INF-4, INF-5)."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.kit.schema import Day, In, Line, Out, Paragraph, UnitCode
from app.registry.fields import ID_NUMBER, check_digit
from app.rules.accuracy import ChangeState, Reached
from app.rules.information import FocusKind

Example = dict[str, Any]
LISTED: Example = {
    "unit": "510185001001001",
    "focus": "floating",
    "name": "张三",
    "identity_number": "510185199001011237",
    "address": None,
    "source": "派出所流动人口名单",
    "listed_on": "2026-03-16",
}


class ListingIn(In):
    """Somebody or some place that has to be known, from a check or a higher tier's list."""

    model_config = ConfigDict(json_schema_extra={"examples": [LISTED]})

    unit: UnitCode = Field(description="A community, or one of its grids")
    focus: FocusKind
    name: Line | None = None
    identity_number: Line | None = None
    address: Line | None = Field(default=None, description="Of a rented home it is what counts")
    source: Line
    listed_on: Day

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        number = self.identity_number
        if number is not None and not _is_identity_number(number):
            raise ValueError("identity_number is not one, or its check digit is wrong")
        if self.focus is FocusKind.RENTAL:
            if self.address is None:
                raise ValueError("a rented home is listed by its address")
        elif number is None and (self.name is None or self.address is None):
            raise ValueError("a person is listed by identity number, or by name and address")
        return self


def _is_identity_number(said: str) -> bool:
    number = "".join(said.split()).upper()
    return bool(ID_NUMBER.fullmatch(number)) and number[-1] == check_digit(number)


class WithdrawIn(In):
    """Why a listing no longer holds."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "重复登记"}]})

    reason: Paragraph


class ListingOut(Out):
    """A listing, masked, and whether a record answers to it."""

    id: UUID
    unit_code: str
    focus: FocusKind | None
    name: str | None
    identity_number: str | None
    address: str | None
    source: str | None
    listed_on: date
    listed_by: UUID
    listed_at: datetime
    record_id: UUID | None = Field(description="The record that is found by it")
    recorded: bool = Field(description="Whether that record is entered")
    focus_marked: bool = Field(description="Whether that record says that it is of this kind")
    withdrawn_at: datetime | None
    withdraw_reason: str | None


class ListingPage(Out):
    """Some listings, latest first."""

    items: list[ListingOut]
    next_cursor: str | None


class FocusRow(Out):
    """Of those known of a kind, how many are recorded."""

    unit_code: str
    focus: FocusKind
    known: int = Field(description="Listed, or on record as of this kind")
    recorded: int = Field(description="Of these, with an entered record")
    missing: int
    not_marked: int = Field(description="Recorded, but not as of this kind")
    share: float | None
    asked_percent: int
    verdict: Reached
    rule: str
    clause: str


class FocusCoverageOut(Out):
    """Coverage of the kinds of whom all must be known."""

    items: list[FocusRow]


class KnownChangeIn(In):
    """A change that came to be known, and from where."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "record_id": "0199d2f0-3c00-7a01-8b02-5f6a7b8c9d0e",
                    "known_on": "2026-03-16",
                    "source": "派出所通报",
                    "what": "已搬离原址",
                }
            ]
        }
    )

    record_id: UUID
    known_on: Day
    source: Line
    what: Paragraph


class KnownChangeOut(Out):
    """A known change and what became of it."""

    id: UUID
    record_id: UUID
    stands_as: UUID = Field(description="The record itself, or what it was merged into")
    community_code: str
    grid_code: str
    known_on: date
    due_on: date = Field(description="The last day on which it is recorded in time")
    source: str | None
    what: str | None
    noted_by: UUID
    noted_at: datetime
    recorded_version: int | None
    recorded_on: date | None
    state: ChangeState
    rule: str
    clause: str


class KnownChangePage(Out):
    """Some known changes, by the date on which they came to be known."""

    items: list[KnownChangeOut]
    next_cursor: str | None


class StalenessRow(Out):
    """What became of the known changes of a unit."""

    unit_code: str
    known: int
    in_time: int
    late: int
    open: int
    overdue: int
    rule: str
    clause: str


class StalenessOut(Out):
    """How up to date records are kept, by what was known to have changed."""

    items: list[StalenessRow]
