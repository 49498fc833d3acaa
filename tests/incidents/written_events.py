"""Events as rows, as their commands leave them: for the tests of looks and figures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.models import (
    Account,
    HopClock,
    HopExtension,
    Incident,
    IncidentAct,
    IncidentCard,
    IncidentCase,
    IncidentHop,
    PlatformView,
)
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.rules.cards import CardOrigin, ClockReason, Colour
from app.rules.field_records import Severity
from app.rules.incidents import Act, HopOutcome, Reporter, Score, State
from app.rules.tasks import Platform
from app.rules.tiers import Tier, unit_at
from tests.attendance.facts import GRID, acting, at
from tests.city import SOUTH, WEST, City

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass
class Written:
    """An event that was written, and its rows."""

    db: Session
    incident: Incident
    case: IncidentCase
    hops: list[IncidentHop] = field(default_factory=list)

    @property
    def id(self) -> UUID:
        """Its key."""
        return self.incident.id

    def becomes(self, state: State, **columns: Any) -> "Written":
        """Where it stands from here on."""
        self.case.state = state
        for name, value in columns.items():
            setattr(self.case, name, value)
        self.db.flush()
        return self

    def acted(
        self,
        act: Act,
        tier: Tier,
        moment: datetime,
        *,
        became: State | None = None,
        by: Account | None = None,
        **columns: Any,
    ) -> IncidentAct:
        """The next act."""
        self.case.acts += 1
        row = IncidentAct(
            id=uuid7(moment),
            incident_id=self.id,
            number=self.case.acts,
            act=act,
            tier=tier,
            unit_code=unit_at(tier, self.case.grid_code),
            account_id=by.id if by else None,
            worker_id=by.worker_id if by else None,
            device_id=None,
            captured_at=moment,
            corrected_at=moment,
            received_at=moment,
            effective_at=moment,
            time_proven=True,
            day=civil_day(moment),
            was=self.case.state,
            became=became or self.case.state,
            to_tier=columns.get("to_tier"),
            lon=None,
            lat=None,
            facts=columns.get("facts", {}),
            words=columns.get("words"),
        )
        self.case.state, self.case.changed_at = row.became, moment
        self.db.add(row)
        self.db.flush()
        return row

    def held_by(
        self,
        tier: Tier,
        arrived: datetime,
        *,
        due: datetime | None = None,
        came_from: Tier | None = None,
        taken_up: datetime | None = None,
    ) -> IncidentHop:
        """A tier's hold, with its clock."""
        begun = self.acted(Act.ESCALATE, came_from or Tier.GRID, arrived, to_tier=tier)
        due_at = due or arrived + 6 * HOUR
        hop = IncidentHop(
            id=uuid7(arrived),
            incident_id=self.id,
            tier=tier,
            unit_code=unit_at(tier, self.case.grid_code),
            worker_id=self.case.worker_id if tier is Tier.GRID else None,
            came_from=came_from,
            begun_by=begun.id,
            arrived_at=arrived,
            taken_up_at=taken_up,
            due_at=due_at,
            yellow_at=due_at,
            red_at=due_at + DAY,
            next_card_at=due_at,
            extended_h=Decimal(0),
        )
        self.db.add(hop)
        self.db.flush()
        clock = {name: getattr(hop, name) for name in ("due_at", "yellow_at", "red_at")}
        inputs = {"hours": 6}
        self.db.add(
            HopClock(
                hop_id=hop.id, computed_at=arrived, why=ClockReason.ARRIVAL, inputs=inputs, **clock
            )
        )
        self.hops.append(hop)
        self.db.flush()
        return hop

    def ended(self, hop: IncidentHop, moment: datetime, outcome: HopOutcome) -> None:
        """A hold ends."""
        hop.ended_at, hop.outcome, hop.next_card_at = moment, outcome, None
        self.db.flush()

    def closed(self, moment: datetime, by: Account | None = None) -> "Written":
        """Whoever holds it closes it."""
        tier = self.hops[-1].tier
        for hop in self.hops:
            if hop.ended_at is None:
                self.ended(hop, moment, HopOutcome.CLOSED)
        self.acted(Act.CLOSE, tier, moment, became=State.CLOSED, by=by, words={"result": "已清理"})
        return self.becomes(State.CLOSED, closed_at=moment, closed_by=tier)

    def verified(self, moment: datetime, by: Account, score: Score = Score.SATISFIED) -> None:
        """The grid's worker scores it."""
        facts = {"score": score.value}
        self.acted(Act.VERIFY, Tier.GRID, moment, became=State.VERIFIED, by=by, facts=facts)
        self.becomes(
            State.VERIFIED,
            score=score,
            verified_at=moment,
            verified_day=civil_day(moment),
            verified_by=by.worker_id,
        )

    def carded(
        self, hop: IncidentHop, colour: Colour = Colour.YELLOW, **columns: Any
    ) -> IncidentCard:
        """A card of a hold."""
        fell = hop.yellow_at if colour is Colour.YELLOW else hop.red_at
        card = IncidentCard(
            id=uuid7(fell),
            incident_id=self.id,
            hop_id=hop.id,
            colour=colour,
            origin=CardOrigin.CLOCK,
            tier=hop.tier,
            unit_code=hop.unit_code,
            worker_id=hop.worker_id,
            fell_at=fell,
            drawn_at=fell,
            day=civil_day(fell),
            because={},
            **columns,
        )
        self.db.add(card)
        self.db.flush()
        return card

    def extension_asked(self, hop: IncidentHop, moment: datetime) -> HopExtension:
        """A hold's tier asks for more time."""
        act = self.acted(Act.ASK_EXTENSION, hop.tier, moment)
        asked = HopExtension(hop_id=hop.id, asked_by=act.id, asked_at=moment, hours=Decimal("6.50"))
        self.db.add(asked)
        self.db.flush()
        return asked

    def seen_there(self, platform: Platform, state: str | None, moment: datetime) -> None:
        """What a platform says of it."""
        self.db.add(
            PlatformView(
                platform=platform,
                incident_id=self.id,
                their_ref="T-1",
                their_state="processed",
                state=state,
                result="李秀英家已处理",
                number=1,
                said_at=moment,
                message_id="m-1",
            )
        )
        self.db.flush()


@dataclass
class Events:
    """Writes events of the small city."""

    db: Session
    city: City

    def account(self, who: str) -> Account:
        """Of a worker (by grid) or an office (by role)."""
        return self.db.get_one(Account, acting(self.db, self.city, who).account_id)

    def reported(
        self,
        moment: datetime,
        grid: str = GRID,
        *,
        category: str = "public_safety",
        severity: Severity = Severity.GENERAL,
        place: tuple[float, float] = (WEST + 0.001, SOUTH + 0.001),
        worker: str | None = None,
        **columns: Any,
    ) -> Written:
        """An event that nobody holds yet."""
        who = self.city.workers[worker or grid]
        key, day = uuid7(moment), civil_day(moment)
        incident = Incident(
            id=key,
            worker_id=who,
            community_code=grid[:12],
            device_id=None,
            captured_at=moment,
            corrected_at=moment,
            received_at=moment,
            time_proven=True,
            day=day,
            grid_code=grid,
            category=category,
            severity=severity,
            lon=place[0],
            lat=place[1],
            accuracy_m=8,
            **{"description": "李秀英家门前井盖破损"} | columns,
        )
        self.db.add(incident)
        self.db.flush()
        case = IncidentCase(
            incident_id=key,
            grid_code=grid,
            worker_id=who,
            day=day,
            category=category,
            severity=severity,
            state=State.HELD,
            acts=0,
            reported_at=moment,
            changed_at=moment,
        )
        self.db.add(case)
        self.db.flush()
        written = Written(self.db, incident, case)
        by = self.account(worker or grid)
        report = written.acted(Act.REPORT, Tier.GRID, moment, by=by)
        assert report.number == 1
        return written

    def held(
        self,
        moment: datetime,
        grid: str = GRID,
        tiers: Sequence[Tier] = (Tier.GRID,),
        **how: Any,
    ) -> Written:
        """An event that some tiers hold since it was reported."""
        due = how.pop("due", None)
        written = self.reported(moment, grid, **how)
        for tier in tiers:
            came_from = None if tier is Tier.GRID else Tier.GRID
            written.held_by(tier, moment, due=due, came_from=came_from)
        return written

    def closed(self, moment: datetime, grid: str = GRID, **how: Any) -> Written:
        """An event that its grid closed an hour after it was reported."""
        written = self.held(moment, grid, **how)
        return written.closed(moment + HOUR, self.account(grid))


__all__ = ["DAY", "GRID", "HOUR", "Events", "Reporter", "Written", "at", "date"]
