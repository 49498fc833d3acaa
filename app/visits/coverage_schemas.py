"""How coverage and what waits to be visited are spoken (VIS-6 to VIS-8)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.kit.schema import Out
from app.rules.visits import VisitKind


class FiguresOut(Out):
    """Owed and paid."""

    owed: int
    paid: int
    share: float | None = Field(description="paid / owed; null where nothing was owed")
    open: int = Field(description="Unpaid, in periods that are not closed yet")
    missed: int = Field(description="Unpaid in periods that are closed; late visits still pay them")
    charged_to_nobody: int = Field(
        description="Unpaid, and nobody who could have made the visit was present (ORG-5)"
    )


class KindFiguresOut(FiguresOut):
    """Owed and paid of a kind."""

    kind: VisitKind
    rule: str
    clause: str


class CoverageRow(FiguresOut):
    """A unit's or a worker's coverage."""

    key: str = Field(description="The unit's code, or the worker's key")
    name: str
    community: str | None = Field(description="Of a worker: where the worker stood last")
    bound: bool | None = Field(
        description="Of a worker: whether parts three to five bind him or her (ORG-4)"
    )
    kinds: list[KindFiguresOut]


class CoverageOut(Out):
    """Coverage of the periods that end within a range.

    A period belongs to the range in which its last day lies; one that has begun and not ended is
    shown with what is owed so far: ask up to the last day of the week or quarter to see it.
    """

    unit: str
    first: date
    last: date
    by: str
    total: FiguresOut
    kinds: list[KindFiguresOut]
    stale: int = Field(description="Communities whose figures wait to be recomputed")
    items: list[CoverageRow]
    next_cursor: str | None


class MyCoverageOut(Out):
    """A worker's own coverage: what was paid by oneself and what is charged to oneself."""

    first: date
    last: date
    bound: bool = Field(description="Whether parts three to five bind the worker (ORG-4)")
    total: FiguresOut
    kinds: list[KindFiguresOut]


class TakenOverOut(Out):
    """Of what a mutual-aid group took over in an absence (ORG-5)."""

    worker_id: UUID = Field(description="Who is away")
    worker_name: str
    by: UUID | None = Field(description="Who holds it instead; null: nobody was present")
    leave: UUID
    since: date
    rule: str = Field(examples=["ORG-5"])
    clause: str = Field(examples=["二9(2)"])


class DetailOut(Out):
    """One visit that is owed, and what paid it."""

    target_id: UUID
    place_id: UUID | None = Field(
        description="Null once the target was taken out; a closed period stays as it was judged"
    )
    label: str | None = Field(description="Null once the place is erased")
    worker_id: UUID | None = Field(description="Who paid it, or to whom it is charged")
    worker_name: str | None
    paid: bool
    visits: list[UUID] = Field(description="The visits that paid it")
    because: dict[str, Any] = Field(
        description="Why it is owed: days alive, how many it takes, whether it was a duty date"
    )
    taken_over: TakenOverOut | None


class DetailsOut(Out):
    """What a grid's places of a kind owe in a period, place by place."""

    grid: str
    kind: VisitKind
    first: date
    last: date
    closed: bool
    rule: str
    clause: str
    rules_version: str | None
    computed_at: datetime | None = Field(description="When it last came to something else")
    figures: FiguresOut
    items: list[DetailOut]


class NobodyHomeOut(Out):
    """On how many days of the quarter nobody was home, and how many pay it (VIS-7)."""

    days: int
    needed: int


class OwedOut(Out):
    """A visit that a place owes now."""

    target_id: UUID
    kind: VisitKind
    first: date
    deadline: date = Field(description="The last date on which a visit pays it")
    rule: str
    clause: str
    nobody_home: NobodyHomeOut | None
    charged_to_me: bool = Field(
        description="False: another worker answers for it, and one holds the grid as well"
    )
    taken_over: TakenOverOut | None


class TaskOut(Out):
    """A place to visit and all that it owes now."""

    place_id: UUID
    grid: str
    label: str
    lon: float
    lat: float
    distance_m: float | None = Field(description="From the position that was given")
    deadline: date
    owed: list[OwedOut]


class TasksOut(Out):
    """What a worker is to visit, by deadline, then by distance (VIS-8)."""

    day: date
    rule: str
    clause: str
    items: list[TaskOut]


class ShareOut(Out):
    """An open visit that a group holds for a member who is away."""

    target_id: UUID
    place_id: UUID
    grid: str
    kind: VisitKind
    deadline: date
    taken_over: TakenOverOut


class SharesOut(Out):
    """What a mutual-aid group shared out on a date, in the order in which it was."""

    group_id: UUID
    day: date
    items: list[ShareOut]
