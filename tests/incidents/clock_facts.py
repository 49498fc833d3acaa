"""Events written straight into the tables, for the tests of clocks and cards."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import (
    Account,
    DeadlinePolicy,
    DutyDecision,
    HopClock,
    Incident,
    IncidentAct,
    IncidentCard,
    IncidentCase,
    IncidentHop,
    StaleClocks,
)
from app.incidents import extensions, withdrawals
from app.incidents.act_schemas import ActIn
from app.incidents.clocks import set_clock
from app.incidents.doing import Doer, Doing
from app.incidents.drawing import settle
from app.incidents.sweeping import sweep
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.outbox.emit import mark_clocks
from app.rules.cards import ClockReason
from app.rules.duty import DutyChange
from app.rules.field_records import Severity
from app.rules.incidents import Act, Actor, HopOutcome, State
from app.rules.tiers import Tier, unit_at
from tests.attendance.facts import WEDNESDAY, at
from tests.city import City

GRID = "510185001001001"
OTHER_GRID = "510185001001002"
COMMUNITY = "510185001001"
TOWNSHIP = "510185001"
CITY = "510185"
NINE = at("09:00")
THURSDAY = date(2026, 3, 19)
FRIDAY = date(2026, 3, 20)
MONDAY = date(2026, 3, 23)


@dataclass
class Events:
    """Events as they stand, and what is done to them."""

    api: FastAPI
    db: Session
    city: City
    acts: dict[UUID, int] = field(default_factory=dict)

    @property
    def sessions(self) -> Sessions:
        """Transactions of their own."""
        found: Sessions = self.api.state.sessions
        return found

    def event(
        self,
        arrived: datetime = NINE,
        *,
        grid: str = GRID,
        category: str = "public_safety",
        severity: Severity = Severity.GENERAL,
        tier: Tier = Tier.GRID,
    ) -> IncidentHop:
        """An event that a tier holds since an instant, committed; its hold."""
        worker_id = self.city.workers[grid]
        incident = Incident(
            id=uuid7(arrived),
            worker_id=worker_id,
            community_code=grid[:12],
            device_id=None,
            captured_at=arrived,
            corrected_at=arrived,
            received_at=arrived,
            time_proven=True,
            day=civil_day(arrived),
            grid_code=grid,
            category=category,
            severity=severity,
            lon=104.548,
            lat=30.412,
            accuracy_m=8,
            description="路灯损坏",
        )
        self.db.add(incident)
        self.db.flush()
        case = IncidentCase(
            incident_id=incident.id,
            grid_code=grid,
            worker_id=worker_id,
            day=incident.day,
            category=category,
            severity=severity,
            state=State.HELD,
            acts=1,
            reported_at=arrived,
            changed_at=arrived,
        )
        self.db.add(case)
        self.db.flush()
        act = self.act(incident.id, Act.REPORT, Tier.GRID, arrived)
        hop = self.hold(case, act, tier, arrived)
        self.db.commit()
        return hop

    def hold(self, case: IncidentCase, act: IncidentAct, tier: Tier, now: datetime) -> IncidentHop:
        """A tier holds an event from now on."""
        hop = IncidentHop(
            id=uuid7(now),
            incident_id=case.incident_id,
            tier=tier,
            unit_code=unit_at(tier, case.grid_code),
            worker_id=case.worker_id if tier is Tier.GRID else None,
            begun_by=act.id,
            arrived_at=now,
        )
        set_clock(self.db, case, hop, ClockReason.ARRIVAL, now)
        return hop

    def act(self, incident_id: UUID, act: Act, tier: Tier, moment: datetime) -> IncidentAct:
        """The row of an act."""
        self.acts[incident_id] = self.acts.get(incident_id, 0) + 1
        row = IncidentAct(
            id=uuid7(moment),
            incident_id=incident_id,
            number=self.acts[incident_id],
            act=act,
            tier=tier,
            unit_code=unit_at(tier, GRID),
            captured_at=moment,
            corrected_at=moment,
            received_at=moment,
            effective_at=moment,
            time_proven=True,
            day=civil_day(moment),
            became=State.HELD,
            facts={},
        )
        self.db.add(row)
        self.db.flush()
        return row

    def case(self, hop: IncidentHop) -> IncidentCase:
        """Where the event of a hold stands."""
        return self.db.get_one(IncidentCase, hop.incident_id)

    def ends(self, hop: IncidentHop, ended_at: datetime, now: datetime | None = None) -> None:
        """The hold ended at an instant, as it became known at another."""
        self.fresh(hop)
        settle(self.db, self.case(hop), hop, ended_at, now or ended_at)
        hop.ended_at, hop.outcome = ended_at, HopOutcome.CLOSED
        hop.ended_by = self.act(hop.incident_id, Act.CLOSE, hop.tier, ended_at).id
        self.db.commit()

    def doing(self, hop: IncidentHop, act: Act, tier: Tier, moment: datetime, **said: Any) -> Doing:
        """An act of a tier on the event of a hold, its row written."""
        self.fresh(hop)
        row = self.act(hop.incident_id, act, tier, moment)
        body = ActIn(incident_id=hop.incident_id, act=act, **said)
        doer = Doer(Actor(tier), unit_at(tier, GRID), None, None)
        incident = self.db.get_one(Incident, hop.incident_id)
        return Doing(incident, self.case(hop), [hop], row, doer, body, moment)

    def asks(self, hop: IncidentHop, hours: str, moment: datetime) -> None:
        """The holder asks for more time."""
        doing = self.doing(
            hop, Act.ASK_EXTENSION, hop.tier, moment, hours=Decimal(hours), reason="等待配件"
        )
        extensions.ask(self.db, doing)
        self.db.commit()

    def decides(self, hop: IncidentHop, tier: Tier, moment: datetime, **said: Any) -> None:
        """A tier decides on it."""
        extensions.decide(self.db, self.doing(hop, Act.DECIDE_EXTENSION, tier, moment, **said))
        self.db.commit()

    def withdraws(self, card: IncidentCard, hop: IncidentHop, tier: Tier, moment: datetime) -> None:
        """A tier withdraws a card."""
        said = {"card_id": card.id, "reason": "系统故障"}
        withdrawals.withdraw(self.db, self.doing(hop, Act.WITHDRAW_CARD, tier, moment, **said))
        self.db.commit()

    def sweep(self, now: datetime) -> int:
        """Whatever fell before now is drawn."""
        drawn = sweep(self.sessions, now)
        self.db.expire_all()
        return drawn

    def fresh(self, hop: IncidentHop) -> IncidentHop:
        """The hold as it stands in the table."""
        self.db.commit()
        self.db.refresh(hop)
        return hop

    def cards(self, hop: IncidentHop | None = None) -> Sequence[IncidentCard]:
        """Cards in the order in which they fell."""
        self.db.commit()
        self.db.expire_all()
        query = select(IncidentCard).order_by(IncidentCard.fell_at, IncidentCard.colour.desc())
        if hop is not None:
            query = query.where(IncidentCard.hop_id == hop.id)
        return self.db.scalars(query).all()

    def falls(self, hop: IncidentHop) -> list[tuple[str, datetime]]:
        """Colour and instant of each card of a hold."""
        return [(card.colour.value, card.fell_at) for card in self.cards(hop)]

    def clocks(self, hop: IncidentHop) -> Sequence[HopClock]:
        """Every computation of a hold's instants."""
        self.db.commit()
        return self.db.scalars(
            select(HopClock).where(HopClock.hop_id == hop.id).order_by(HopClock.id)
        ).all()

    def decides_date(
        self, day: date, change: DutyChange, now: datetime, unit_code: str = CITY
    ) -> None:
        """The centre declares or exempts a date, and marks the clocks that rest on it."""
        self.db.add(
            DutyDecision(
                day=day,
                unit_code=unit_code,
                change=change,
                reason="停电",
                decided_by=self.centre,
                decided_at=now,
            )
        )
        mark_clocks(self.db, unit_code, ClockReason.CALENDAR)
        self.db.commit()

    def sets_hours(
        self,
        hours: str,
        effective_from: date = WEDNESDAY,
        *,
        category: str | None = None,
        tier: Tier = Tier.GRID,
        severity: Severity = Severity.GENERAL,
        now: datetime = NINE,
    ) -> None:
        """The centre sets hours of its own, and marks the clocks that rest on them."""
        self.db.add(
            DeadlinePolicy(
                category=category,
                severity=severity,
                tier=tier,
                hours=Decimal(hours),
                effective_from=effective_from,
                reason="试行",
                decided_by=self.centre,
                decided_at=now,
            )
        )
        mark_clocks(self.db, CITY, ClockReason.POLICY)
        self.db.commit()

    def is_marked(self) -> bool:
        """Whether clocks wait to be computed anew."""
        self.db.commit()
        return self.db.scalars(select(StaleClocks)).first() is not None

    @property
    def centre(self) -> UUID:
        """The account of the command centre."""
        found = self.db.scalars(
            select(Account).where(Account.phone == self.city.phones["command_centre"])
        ).one()
        return found.id


def hours(count: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=count)


SECOND = timedelta(seconds=1)
__all__ = ["WEDNESDAY", "at"]
