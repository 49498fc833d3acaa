"""Events as offices list them; what was written of one is only in the look at that one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, or_, select
from sqlalchemy.orm import Session

from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import (
    Incident,
    IncidentCard,
    IncidentCase,
    IncidentCategoryRow,
    IncidentHop,
    Worker,
)
from app.incidents.holds import Around, card_out, hold_out
from app.incidents.labels import CategoryWords
from app.incidents.look_schemas import IncidentPage, IncidentRow
from app.kit.paging import Page
from app.people.posts import under
from app.rules.field_records import Severity
from app.rules.incidents import OPEN, State
from app.rules.tiers import Tier

PLACE = (IncidentCase.reported_at, IncidentCase.incident_id)
OWN = ("grid_code", "worker_id", "day", "severity", "state", "reported_at", "changed_at",
       "closed_at", "closed_by", "reopened", "score", "duplicate_of")  # fmt: skip
"""The columns of a case that a row of any list shows as they are."""


@dataclass(frozen=True)
class Asked:
    """Which events; `first` and `last` are dates of the report's capture."""

    unit_code: str
    state: State | None = None
    open: bool | None = None
    tier: Tier | None = None
    category: str | None = None
    severity: Severity | None = None
    worker_id: UUID | None = None
    first: date | None = None
    last: date | None = None
    carded: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the cases must be."""
        case = IncidentCase
        found: list[ColumnElement[bool] | None] = [
            under(case.grid_code, self.unit_code),
            None if self.state is None else case.state == self.state,
            None if self.severity is None else case.severity == self.severity,
            None if self.worker_id is None else case.worker_id == self.worker_id,
            None if self.first is None else case.day >= self.first,
            None if self.last is None else case.day <= self.last,
            None if self.tier is None else held_by(self.tier),
            None if self.category is None else of_category(self.category),
            None if self.open is None else _either(self.open, is_open()),
            None if self.carded is None else _either(self.carded, is_carded()),
        ]
        return [condition for condition in found if condition is not None]


def _either(wanted: bool, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return condition if wanted else ~condition


def is_open() -> ColumnElement[bool]:
    """Some tier holds it."""
    return IncidentCase.state.in_(sorted(OPEN))


def is_carded() -> ColumnElement[bool]:
    """It has a card that stands."""
    card = IncidentCard
    return exists().where(card.incident_id == IncidentCase.incident_id, card.withdrawn_at.is_(None))


def held_by(tier: Tier) -> ColumnElement[bool]:
    """A tier holds it now."""
    hop = IncidentHop
    its = hop.incident_id == IncidentCase.incident_id
    return exists().where(its, hop.tier == tier, hop.ended_at.is_(None)).correlate(IncidentCase)


def of_category(code: str) -> ColumnElement[bool]:
    """Of a category or one below it."""
    row = IncidentCategoryRow
    family = select(row.code).where(or_(row.code == code, row.parent_code == code))
    return IncidentCase.category.in_(family)


def cases() -> Select[IncidentCase, float, float, str, str, str]:
    """Cases with what every row of a list needs beside them."""
    row = IncidentCategoryRow
    return (
        select(IncidentCase, Incident.lon, Incident.lat, Worker.name, row.zh, row.en)
        .join(Incident, Incident.id == IncidentCase.incident_id)
        .join(Worker, Worker.id == IncidentCase.worker_id)
        .join(row, row.code == IncidentCase.category)
    )


def incidents_of_unit(session: Session, asked: Asked, page: tuple[str | None, int]) -> IncidentPage:
    """The events of a unit, the latest reported first."""
    found = latest(session, select(IncidentCase.incident_id).where(*asked.conditions()), page)
    return IncidentPage(
        items=[IncidentRow.model_validate(fields) for fields in found.items],
        next_cursor=found.next_cursor,
    )


def latest(
    session: Session, keys: Select[UUID], page: tuple[str | None, int]
) -> Page[dict[str, Any]]:
    """The rows of a page of cases: first their keys, then what is shown of those alone."""
    cursor, limit = page
    order = latest_first(PLACE)
    paged = keys.where(earlier(PLACE, cursor)).order_by(*order).limit(limit + 1).subquery()
    rows = session.execute(
        cases().join(paged, paged.c.incident_id == IncidentCase.incident_id).order_by(*order)
    ).all()
    shown, last = cut(rows, limit)
    place = cursor_of(last[0].reported_at, last[0].incident_id) if last else None
    return Page(rows_of(session, shown), place)


def rows_of(
    session: Session, shown: Sequence[Row[IncidentCase, float, float, str, str, str]]
) -> list[dict[str, Any]]:
    """The fields of rows, with what lies around their events."""
    around = Around.of(session, [row[0].incident_id for row in shown])
    return [fields_of(row, around) for row in shown]


def fields_of(
    row: Row[IncidentCase, float, float, str, str, str], around: Around
) -> dict[str, Any]:
    """What a row of any list of events shows."""
    case, lon, lat, worker_name, zh, en = row
    key = case.incident_id
    return {
        "id": key,
        **{name: getattr(case, name) for name in OWN},
        "worker_name": worker_name,
        "category": case.category,
        **dict(zip(("category_zh", "category_en"), CategoryWords(zh, en), strict=True)),
        "lon": lon,
        "lat": lat,
        "holds": [hold_out(hop) for hop in around.holds.get(key, ())],
        "cards": [card_out(card) for card in around.cards.get(key, ())],
    }
