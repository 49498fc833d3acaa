"""Cards and requests for extensions as offices and workers look at them (EVT-3, CON-B4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session

from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import HopExtension, IncidentCard, IncidentCase, IncidentHop, Unit, Worker
from app.incidents.card_grounds import grounds_of
from app.incidents.card_refusals import CardsRangeWrong
from app.incidents.card_schemas import (
    CardGroundOut,
    ExtensionRequestOut,
    ExtensionRequestPage,
    IncidentCardOut,
    IncidentCardPage,
)
from app.kit.clock import day_end, day_start
from app.kit.errors import NotFound
from app.people.posts import under
from app.people.principal import Principal
from app.rules.cards import CardOrigin, CardVerdict, Colour
from app.rules.deadlines import EVT_3
from app.rules.finding import Finding
from app.rules.tiers import Tier, above

LONGEST = timedelta(days=400)
PLACE = (IncidentCard.fell_at, IncidentCard.id)
ASKED = (HopExtension.asked_at, HopExtension.hop_id)
Paged = tuple[str | None, int]
CardRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class CardsWanted:
    """Which cards: of a span of dates, a colour, a tier, a worker; questioned, standing."""

    first: date | None = None
    last: date | None = None
    colour: Colour | None = None
    tier: Tier | None = None
    worker_id: UUID | None = None
    origin: CardOrigin | None = None
    questioned: bool | None = None
    standing: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the rows must be; raises CardsRangeWrong."""
        if self.first and self.last and not timedelta() <= self.last - self.first < LONGEST:
            raise CardsRangeWrong(first=self.first, last=self.last)
        asked = IncidentCard.questioned_because.is_not(None)
        stands = IncidentCard.withdrawn_at.is_(None)
        found: list[ColumnElement[bool] | None] = [
            None if self.first is None else IncidentCard.fell_at >= day_start(self.first),
            None if self.last is None else IncidentCard.fell_at < day_end(self.last),
            None if self.colour is None else IncidentCard.colour == self.colour,
            None if self.tier is None else IncidentCard.tier == self.tier,
            None if self.worker_id is None else IncidentCard.worker_id == self.worker_id,
            None if self.origin is None else IncidentCard.origin == self.origin,
            None if self.questioned is None else (asked if self.questioned else ~asked),
            None if self.standing is None else (stands if self.standing else ~stands),
        ]
        return [condition for condition in found if condition is not None]


def cards_of_unit(
    session: Session, unit_code: str, wanted: CardsWanted, page: Paged
) -> IncidentCardPage:
    """The cards of a unit and those below it, the latest first."""
    scope = under(IncidentCard.unit_code, unit_code)
    return _page(session, [scope, *wanted.conditions()], page)


def cards_of_worker(
    session: Session, worker_id: UUID, wanted: CardsWanted, page: Paged
) -> IncidentCardPage:
    """A worker's own cards, the latest first."""
    mine = IncidentCard.worker_id == worker_id
    return _page(session, [mine, *wanted.conditions()], page)


def card_of(session: Session, asker: Principal, key: UUID) -> IncidentCardOut:
    """One card within the asker's unit; raises NotFound."""
    row = session.execute(_cards().where(IncidentCard.id == key)).one_or_none()
    if row is None:
        raise NotFound
    asker.look(row.IncidentCard.unit_code)
    [shown] = _shown(session, [row])
    return shown


def _cards() -> Select[*tuple[Any, ...]]:
    return (
        select(
            IncidentCard,
            IncidentCase.category,
            IncidentCase.severity,
            Unit.name.label("unit_name"),
            Worker.name.label("worker_name"),
        )
        .join(IncidentCase, IncidentCase.incident_id == IncidentCard.incident_id)
        .join(Unit, Unit.code == IncidentCard.unit_code)
        .outerjoin(Worker, Worker.id == IncidentCard.worker_id)
    )


def _page(session: Session, where: Sequence[ColumnElement[bool]], page: Paged) -> IncidentCardPage:
    cursor, limit = page
    query = _cards().where(*where, earlier(PLACE, cursor)).order_by(*latest_first(PLACE))
    shown, last = cut(session.execute(query.limit(limit + 1)).all(), limit)
    following = None
    if last is not None:
        following = cursor_of(last.IncidentCard.fell_at, last.IncidentCard.id)
    return IncidentCardPage(items=_shown(session, shown), next_cursor=following)


def _shown(session: Session, rows: Sequence[CardRow]) -> list[IncidentCardOut]:
    grounds = grounds_of(session, [row.IncidentCard for row in rows])
    return [_card_out(row, grounds.get(row.IncidentCard.id)) for row in rows]


OWN = (
    "id", "incident_id", "hop_id", "colour", "origin", "their_ref", "tier", "unit_code",
    "worker_id", "fell_at", "drawn_at", "day", "because", "questioned_because", "withdrawn_at",
    "withdrawn_by",
)  # fmt: skip
"""What is shown of a card as its row has it."""


def _card_out(row: CardRow, ground: Finding[CardVerdict] | None) -> IncidentCardOut:
    card: IncidentCard = row.IncidentCard
    return IncidentCardOut(
        **{name: getattr(card, name) for name in OWN},
        unit_name=row.unit_name,
        worker_name=row.worker_name,
        category=row.category,
        severity=row.severity,
        rule=EVT_3.rule,
        clause=EVT_3.clause,
        ground=None if ground is None else _ground_out(ground),
    )


def _ground_out(found: Finding[CardVerdict]) -> CardGroundOut:
    return CardGroundOut(
        verdict=found.verdict,
        rule=found.rule,
        clause=found.clause,
        because=dict(found.because),
    )


@dataclass(frozen=True)
class ExtensionsWanted:
    """Which requests: undecided ones, and those that a tier decides."""

    waiting: bool | None = None
    decided_at_tier: Tier | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the rows must be."""
        undecided = HopExtension.decided_at.is_(None) & IncidentHop.ended_at.is_(None)
        found: list[ColumnElement[bool] | None] = [
            None if self.waiting is None else (undecided if self.waiting else ~undecided),
            None if self.decided_at_tier is None else _decided_at(self.decided_at_tier),
        ]
        return [condition for condition in found if condition is not None]


def _decided_at(tier: Tier) -> ColumnElement[bool]:
    return IncidentHop.tier.in_([lower for lower in Tier if above(lower) is tier])


def extensions_of_unit(
    session: Session, unit_code: str, wanted: ExtensionsWanted, page: Paged
) -> ExtensionRequestPage:
    """The requests of the holds of a unit and those below it, the latest first."""
    cursor, limit = page
    rows = session.execute(
        select(HopExtension, IncidentHop, IncidentCase)
        .join(IncidentHop, IncidentHop.id == HopExtension.hop_id)
        .join(IncidentCase, IncidentCase.incident_id == IncidentHop.incident_id)
        .where(
            under(IncidentHop.unit_code, unit_code),
            *wanted.conditions(),
            earlier(ASKED, cursor),
        )
        .order_by(*latest_first(ASKED))
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    return ExtensionRequestPage(
        items=[_extension_out(*row) for row in shown],
        next_cursor=cursor_of(last[0].asked_at, last[0].hop_id) if last else None,
    )


def _extension_out(
    asked: HopExtension, hop: IncidentHop, case: IncidentCase
) -> ExtensionRequestOut:
    decides = above(hop.tier)
    assert decides is not None
    return ExtensionRequestOut(
        hop_id=hop.id,
        incident_id=hop.incident_id,
        category=case.category,
        severity=case.severity,
        tier=hop.tier,
        unit_code=hop.unit_code,
        decided_at_tier=decides,
        asked_at=asked.asked_at,
        hours=asked.hours,
        due_at=hop.due_at,
        ended=hop.ended_at is not None,
        decided_at=asked.decided_at,
        granted=asked.granted,
        granted_h=hop.extended_h,
    )
