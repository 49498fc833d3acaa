"""Of those of whom all must be known, who was on record at a month's end (INF-4)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.conduct.basis import Plain, record
from app.conduct.grids_held import GridsHeld
from app.db.models import FocusListing, Record
from app.kit.clock import day_end
from app.people.months import MonthOfWorker
from app.people.values import values_on
from app.registry.listings import answering, has_left
from app.rules.activity import month_of
from app.rules.divisions import UnitTier, tier_of
from app.rules.information import ENTRY_DAYS


def focus_owed(
    session: Session, months: Sequence[MonthOfWorker]
) -> Sequence[tuple[UUID, bool, Plain]]:
    """Listings of a grid, held by whoever had it for as long as an entry may take [reading].

    A listing of a whole community says of nobody that it was his to find. Which kind a listing is
    of is neither read nor shown.
    """
    first, last = month_of(months[0].month)
    term = timedelta(days=values_on(session, first)[ENTRY_DAYS])
    held = GridsHeld(session, months)
    found = []
    for row in session.execute(_standing(held, last, last - term)):
        holder = held.holder(row.unit_code, last - term, last)
        if holder is not None:
            found.append((holder, row.recorded, _shown(row)))
    return found


def _standing(held: GridsHeld, last: date, listed_until: date) -> Any:
    """What was listed long enough before the end, and whether it was handed in by then."""
    until = day_end(last)
    on_record = exists().where(
        *answering(), or_(Record.entered_at < until, Record.submitted_at < until)
    )
    grids = [grid for grid in held.grids if tier_of(grid) is UnitTier.GRID]
    return (
        select(
            FocusListing.id,
            FocusListing.unit_code,
            FocusListing.listed_on,
            or_(on_record, has_left()).label("recorded"),
        )
        .where(
            FocusListing.unit_code.in_(grids),
            FocusListing.listed_on <= listed_until,
            FocusListing.withdrawn_at.is_(None),
        )
        .order_by(FocusListing.id)
    )


def _shown(row: Any) -> Plain:
    return record(
        "focus_listing",
        row.id,
        f"/v1/focus-listings?unit={row.unit_code}",
        part="coverage",
        listed_on=row.listed_on.isoformat(),
    )
