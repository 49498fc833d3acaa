"""The category tree of events: two levels, kept by the centre; a code is never used again (EVT-1).

What ended stays valid for the events of its days.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import IncidentCategoryRow
from app.incidents.card_refusals import (
    CategoryCodeUsed,
    CategoryEnded,
    CategoryEndsTooSoon,
    CategoryHasChildren,
    CategoryIsNeeded,
    CategoryParentUnfit,
)
from app.incidents.rule_schemas import (
    CategoryAddIn,
    CategoryChangeIn,
    CategoryEndIn,
    IncidentCategoriesOut,
    IncidentCategoryOut,
)
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.principal import Principal
from app.people.spans import cut, not_in_the_past, starts

NEEDED = "other"
"""Where events go that fit nowhere else."""


def as_of(session: Session, day: date, *, ended: bool = False) -> IncidentCategoriesOut:
    """The categories that are there on a date, or with `ended` all there ever were."""
    query = select(IncidentCategoryRow).order_by(IncidentCategoryRow.code)
    if not ended:
        query = query.where(IncidentCategoryRow.valid.contains(day))
    return IncidentCategoriesOut(
        on=day, items=[category_out(row) for row in session.scalars(query)]
    )


def category_out(row: IncidentCategoryRow) -> IncidentCategoryOut:
    """A category as it is shown."""
    return IncidentCategoryOut(
        code=row.code,
        parent_code=row.parent_code,
        zh=row.zh,
        en=row.en,
        first_day=starts(row.valid),
        end=row.valid.upper,
        radius_m=row.radius_m,
        within_h=row.within_h,
    )


def add(
    session: Session, asker: Principal, body: CategoryAddIn, now: datetime
) -> IncidentCategoryRow:
    """A new category from today or a later date on; raises EffectiveInThePast, CategoryCodeUsed
    and CategoryParentUnfit."""
    asker.act(asker.unit_code)
    not_in_the_past(body.first_day, civil_day(now))
    if session.get(IncidentCategoryRow, body.code) is not None:
        raise CategoryCodeUsed(code=body.code)
    row = IncidentCategoryRow(
        parent_code=_parent_of(session, body),
        valid=Range(body.first_day, None),
        **body.model_dump(exclude={"first_day"}),
    )
    session.add(row)
    session.flush()
    _tell(session, asker, "added", row.code, zh=row.zh, en=row.en, first=str(body.first_day))
    return row


def _parent_of(session: Session, body: CategoryAddIn) -> str | None:
    """The first level before the full stop, there for as long as the new one."""
    code, dot, _ = body.code.partition(".")
    if not dot:
        return None
    parent = session.get(IncidentCategoryRow, code, with_for_update=True)
    if parent is None or parent.valid.upper is not None or starts(parent.valid) > body.first_day:
        raise CategoryParentUnfit(parent=code)
    return code


def change(
    session: Session, asker: Principal, code: str, body: CategoryChangeIn
) -> IncidentCategoryRow:
    """Other names or another reach; raises NotFound. The audit keeps the former ones."""
    row = _known(session, asker, code)
    wanted = body.model_dump(exclude_none=True)
    former = {name: getattr(row, name) for name in wanted}
    for name, value in wanted.items():
        setattr(row, name, value)
    session.flush()
    _tell(session, asker, "changed", code, was=former, became=wanted)
    return row


def end(
    session: Session, asker: Principal, code: str, body: CategoryEndIn, now: datetime
) -> IncidentCategoryRow:
    """No longer there from a date on, tomorrow at the earliest: events of today still arrive.

    Raises NotFound, CategoryIsNeeded, CategoryEndsTooSoon, CategoryEnded, CategoryHasChildren.
    """
    row = _known(session, asker, code)
    earliest = max(civil_day(now), starts(row.valid)) + timedelta(days=1)
    if code == NEEDED:
        raise CategoryIsNeeded(code=code)
    if row.valid.upper is not None:
        raise CategoryEnded(end=row.valid.upper)
    if body.end < earliest:
        raise CategoryEndsTooSoon(earliest=earliest)
    below = _below_beyond(session, code, body.end)
    if below:
        raise CategoryHasChildren(codes=below)
    row.valid = cut(row.valid, body.end)
    session.flush()
    _tell(session, asker, "ended", code, end=str(body.end), reason=body.reason)
    return row


def _below_beyond(session: Session, code: str, day: date) -> Sequence[str]:
    rows = session.scalars(
        select(IncidentCategoryRow).where(IncidentCategoryRow.parent_code == code)
    )
    return [row.code for row in rows if row.valid.upper is None or row.valid.upper > day]


def _known(session: Session, asker: Principal, code: str) -> IncidentCategoryRow:
    asker.act(asker.unit_code)
    found = session.get(IncidentCategoryRow, code, with_for_update=True)
    if found is None:
        raise NotFound
    return found


def _tell(session: Session, asker: Principal, what: str, code: str, **facts: object) -> None:
    emit(
        session,
        f"incident_category.{what}",
        by=asker.account_id,
        unit_code=asker.unit_code,
        subject=("incident_category", code),
        **facts,
    )
