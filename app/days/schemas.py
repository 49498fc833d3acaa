"""How days and boards are spoken."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from app.days import examples
from app.kit.schema import ClockTime, Out
from app.rules.divisions import UnitTier
from app.rules.field_time import FieldVerdict, Standing
from app.rules.windows import WindowState


class UnitOut(Out):
    """A unit by its division code."""

    code: str = Field(examples=["510185001001"])
    name: str
    tier: UnitTier


class WindowOut(Out):
    """A sign-in window as it stands now (ATT-1, ATT-5)."""

    number: int = Field(description="1, 2 or 3", examples=[1])
    opens: ClockTime
    closes: ClockTime
    state: WindowState
    filled_by: Literal["check_in", "correction", "leave"] | None = Field(
        description="What kind of record fills or excuses it"
    )
    record_id: UUID | None = Field(description="That record")
    rule: str = Field(examples=["ATT-5"])
    clause: str = Field(examples=["三(二)2"])


class Minutes(Out):
    """Minutes by the halves of a date; off-peak is all other counted time (FLD-3)."""

    total: float = Field(examples=[372.5])
    morning: float = Field(examples=[126.0])
    afternoon: float = Field(examples=[124.5])
    off_peak: float = Field(examples=[122.0])


class FieldTimeOut(Out):
    """Time in the grid and its verdict (FLD-1 to FLD-4)."""

    verdict: FieldVerdict
    counted: Minutes
    owed: Minutes
    short: Minutes
    rule: str = Field(examples=["FLD-1"])
    clause: str = Field(examples=["三(一)1 “6”"])


class DataQualityOut(Out):
    """How many fixes were set aside; a hint to a person, never a penalty (FLD-5)."""

    fixes: int
    mocked: int
    imprecise: int
    superseded: int
    teleports: int
    doubtful_share: float = Field(description="The share mocked, imprecise or a teleport")


class DayOut(Out):
    """A worker's date."""

    worker_id: UUID
    worker_name: str
    community_code: str
    grid_codes: list[str]
    day: date
    on_duty: bool
    bound: bool = Field(description="Whether parts three to five bind the worker (ORG-4)")
    windows: list[WindowOut]
    field_time: FieldTimeOut
    data_quality: DataQualityOut
    standing: Standing = Field(description="Provisional until the day after, 12:00 (FLD-4)")
    stale: bool = Field(description="Facts came in that the figures do not show yet")
    computed_at: datetime | None = Field(description="None where nothing was ever computed")
    rules_version: str


class WindowTotals(Out):
    """Windows of a unit's workers."""

    owed: int
    filled: int = Field(description="By a sign-in or an approved correction")
    excused: int
    missed: int
    waiting: int = Field(description="Open or upcoming")


class BoardTotals(Out):
    """What the board of a unit comes to, all pages together."""

    workers: int
    on_duty: int = Field(description="Workers whom the date binds")
    windows: WindowTotals
    met: int
    short: int
    excused: int
    not_owed: int
    minutes: Minutes
    stale: int = Field(description="Worker-days that are not up to date or never computed")


class BoardOut(Out):
    """The workers of a unit on a date."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.BOARD]})

    unit: UnitOut
    day: date
    standing: Standing
    totals: BoardTotals
    items: list[DayOut]
    next_cursor: str | None


class DaysOut(Out):
    """A worker's dates, newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.DAYS]})

    worker_id: UUID
    items: list[DayOut]
    next_cursor: str | None


class SummaryRow(Out):
    """What a unit's or a worker's dates come to over a range."""

    code: str | None = Field(description="The unit; none for a worker")
    worker_id: UUID | None = Field(description="The worker; none for a unit")
    name: str
    posted_days: int = Field(description="Worker-days with a post, up to today")
    computed_days: int
    uncomputed_days: int = Field(description="Not judged yet: not in any figure of this row")
    stale_days: int = Field(description="Judged, but facts came in since")
    provisional_days: int
    duty_days: int = Field(description="Worker-days that bind: what is owed")
    windows_owed: int
    windows_filled: int
    windows_excused: int
    windows_missed: int
    days_met: int
    days_short: int
    days_excused: int
    minutes: Minutes
    fixes: int
    coverage: float = Field(description="The share of posted worker-days judged and up to date")


class SummaryOut(Out):
    """A unit over a range of dates, and each of its children."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SUMMARY]})

    unit: UnitOut
    first: date
    last: date
    total: SummaryRow
    items: list[SummaryRow]
