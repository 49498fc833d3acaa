"""What supervisors' queries have in common: a range of dates, a page, the form of the answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request

from app.api.deps import Cursor, Limit, Now, Reads
from app.api.export import AskedFormat, Format
from app.days.boards import Place
from app.days.summaries import DAYS_AT_MOST, Range
from app.kit.language import Language
from app.kit.schema import Day


async def asked_range(
    first: Annotated[
        Day, Query(alias="from", description="The first date", examples=["2026-03-02"])
    ],
    last: Annotated[
        Day,
        Query(
            alias="to",
            description=f"The last date, at most {DAYS_AT_MOST} dates in all",
            examples=["2026-03-31"],
        ),
    ],
) -> Range:
    """Raises RangeTooLong."""
    return Range(first, last)


async def asked_place(limit: Limit = 200, cursor: Cursor = None) -> Place:
    """Which page."""
    return Place(limit, cursor)


@dataclass(frozen=True)
class Manner:
    """When, in which language and as what kind of file an answer is asked for."""

    request: Request
    now: datetime
    language: Language
    format_: Format


async def asked_manner(
    request: Request, now: Now, language: Reads, format_: AskedFormat = "json"
) -> Manner:
    """How the caller wants the answer."""
    return Manner(request, now, language, format_)


AskedRange = Annotated[Range, Depends(asked_range)]
AskedPlace = Annotated[Place, Depends(asked_place)]
AskedManner = Annotated[Manner, Depends(asked_manner)]
