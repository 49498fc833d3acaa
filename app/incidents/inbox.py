"""What a tier has before it now: what it holds, or what the tier below asks of it (EVT-1, EVT-3).

The index `ix_incident_hop_unit_code_due_at` holds open holds only: the cost follows what is open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.db.keyset import cursor_of, cut, later
from app.db.models import (
    Assignment,
    HopExtension,
    Incident,
    IncidentAct,
    IncidentCard,
    IncidentCase,
    IncidentCategoryRow,
    IncidentHop,
    PlatformView,
    Worker,
)
from app.incidents.holds import ByIncident, card_out, cards_of, hold_fields, view_out, views_of
from app.incidents.look_schemas import ExtensionAskedOut, InboxPage, InboxRow
from app.kit.clock import civil_day
from app.people.posts import under
from app.rules.incidents import Act
from app.rules.tiers import Tier, below

PLACE = (IncidentHop.due_at, IncidentHop.id)
SECOND = timedelta(seconds=1)
LEVEL_1 = 1


class InboxOf(StrEnum):
    """What the tier holds, or what the tier below it asks: an extension, help."""

    HELD = "held"
    ASKED = "asked"


@dataclass(frozen=True)
class Before:
    """What lies before a tier in a unit."""

    unit_code: str
    tier: Tier
    of: InboxOf

    def conditions(self, today: date) -> list[ColumnElement[bool]]:
        """Open holds of the tier; or those just below that wait for its word, and of
        the station those of its vacant grids, which nobody else can take up."""
        held = self.of is InboxOf.HELD
        conditions = [
            under(IncidentHop.unit_code, self.unit_code),
            IncidentHop.ended_at.is_(None),
            IncidentHop.tier == (self.tier if held else below(self.tier)),
        ]
        return conditions if held else [*conditions, or_(_extends(), _asks_help(), _is_left(today))]


def inbox(
    session: Session, before: Before, page: tuple[str | None, int], now: datetime
) -> InboxPage:
    """A tier's open holds, or those that ask it for something; due first comes first."""
    cursor, limit = page
    first = select(IncidentHop.id).where(*before.conditions(civil_day(now)), later(PLACE, cursor))
    keys = first.order_by(*PLACE).limit(limit + 1).subquery()
    rows = session.execute(_holds().join(keys, keys.c.id == IncidentHop.id).order_by(*PLACE)).all()
    shown, last = cut(rows, limit)
    told = _told_of(session, [row[0] for row in shown])
    return InboxPage(
        items=[_row(row, told, now) for row in shown],
        next_cursor=cursor_of(last[0].due_at, last[0].id) if last else None,
    )


def _holds() -> Select[IncidentHop, IncidentCase, float, float, str, str, str]:
    row = IncidentCategoryRow
    return (
        select(IncidentHop, IncidentCase, Incident.lon, Incident.lat, Worker.name, row.zh, row.en)
        .join(IncidentCase, IncidentCase.incident_id == IncidentHop.incident_id)
        .join(Incident, Incident.id == IncidentHop.incident_id)
        .join(Worker, Worker.id == IncidentCase.worker_id)
        .join(row, row.code == IncidentCase.category)
    )


def _extends() -> ColumnElement[bool]:
    asked = HopExtension
    return exists().where(asked.hop_id == IncidentHop.id, asked.decided_at.is_(None))


def _asks_help() -> ColumnElement[bool]:
    request = aliased(IncidentAct)
    return exists().where(*_open_request(request))


def _is_left(today: date) -> ColumnElement[bool]:
    """A grid holds it for which nobody answers."""
    answered_for = exists().where(
        Assignment.grid_code == IncidentHop.unit_code,
        Assignment.level == LEVEL_1,
        Assignment.valid.contains(today),
    )
    return (IncidentHop.tier == Tier.GRID) & ~answered_for


def _open_request(request: type[IncidentAct]) -> list[ColumnElement[bool]]:
    """A request for help by the tier of a hold, made since it arrived, with no answer after it."""
    answer = aliased(IncidentAct)
    answered = exists().where(
        answer.incident_id == request.incident_id,
        answer.act == Act.GIVE_HELP,
        answer.number > request.number,
    )
    return [
        request.incident_id == IncidentHop.incident_id,
        request.act == Act.ASK_HELP,
        request.tier == IncidentHop.tier,
        request.received_at >= IncidentHop.arrived_at,
        ~answered,
    ]


@dataclass(frozen=True)
class _Told:
    """What lies around the holds of a page, in one query a table."""

    extensions: Mapping[UUID, HopExtension]
    help_asked: Mapping[UUID, datetime]
    cards: ByIncident[IncidentCard]
    views: ByIncident[PlatformView]


def _told_of(session: Session, hops: Sequence[IncidentHop]) -> _Told:
    keys = [hop.incident_id for hop in hops]
    hop_ids = [hop.id for hop in hops]
    waiting = session.scalars(
        select(HopExtension).where(
            HopExtension.hop_id.in_(hop_ids), HopExtension.decided_at.is_(None)
        )
    )
    return _Told(
        {asked.hop_id: asked for asked in waiting},
        _help_asked(session, hop_ids),
        cards_of(session, keys),
        views_of(session, keys),
    )


def _help_asked(session: Session, hop_ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
    rows = session.execute(
        select(IncidentHop.id, func.max(IncidentAct.effective_at))
        .join(IncidentAct, and_(*_open_request(IncidentAct)))
        .where(IncidentHop.id.in_(hop_ids))
        .group_by(IncidentHop.id)
    )
    return {key: at for key, at in rows}  # noqa: C416 - rows are no pairs to the type checker


def _row(row: Any, told: _Told, now: datetime) -> InboxRow:
    hop, case, lon, lat, worker_name, zh, en = row
    asked = told.extensions.get(hop.id)
    return InboxRow.model_validate(
        {
            **hold_fields(hop),
            "incident_id": hop.incident_id,
            "grid_code": case.grid_code,
            "category": case.category,
            "category_zh": zh,
            "category_en": en,
            "severity": case.severity,
            "state": case.state,
            "lon": lon,
            "lat": lat,
            "worker_id": case.worker_id,
            "worker_name": worker_name,
            "reported_at": case.reported_at,
            "seconds_to_due": (hop.due_at - now) // SECOND,
            "extended_h": hop.extended_h,
            "extension_asked": asked and ExtensionAskedOut.model_validate(asked),
            "help_asked_at": told.help_asked.get(hop.id),
            "cards": [card_out(card) for card in told.cards.get(hop.incident_id, ())],
            "platforms": [view_out(view) for view in told.views.get(hop.incident_id, ())],
        }
    )
