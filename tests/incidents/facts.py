"""Events as workers report them and as everybody acts on them, for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import HopClock, Incident, IncidentAct, IncidentCard, IncidentCase, IncidentHop
from app.incidents import doers
from app.incidents.act_schemas import ActIn, EventDecisionIn, OfficeActIn
from app.incidents.commands import record_incident
from app.incidents.schemas import IncidentIn
from app.kit.ids import uuid7
from app.rules.incidents import Act
from app.rules.tiers import Tier, rank
from tests.attendance.facts import GRID, WEDNESDAY, Handset, acting, at
from tests.city import SOUTH, WEST, City

NEIGHBOUR = "510185001001002"
ELSEWHERE = "510185001002001"
"""A grid of another community of the same township."""
FAR = "510185002001001"
"""A grid of another township."""
PHOTO = "ab" * 32
NO_DELAY = timedelta(0)
SAYS: dict[Act, dict[str, Any]] = {
    Act.ESCALATE: {"reason": "超出网格处置能力"},
    Act.HAND_DOWN: {"reason": "请就近处置"},
    Act.RETURN: {"reason": "材料不全"},
    Act.ASK_HELP: {"reason": "需物业配合"},
    Act.GIVE_HELP: {"result": "已联系物业"},
    Act.ASK_EXTENSION: {"reason": "等待配件", "hours": 4},
    Act.DECIDE_EXTENSION: {"granted": True},
    Act.REGRADE: {"reason": "情况严重", "severity": "major"},
    Act.CLOSE: {"result": "已处置完毕"},
    Act.FOLLOW_UP: {"result": "居民表示认可"},
    Act.VERIFY: {"score": "satisfied"},
    Act.WITHDRAW: {"reason": "看错了"},
    Act.FIND_FALSE: {"reason": "现场无此情况"},
    Act.UNLINK: {"reason": "不是同一件事"},
    Act.WITHDRAW_CARD: {"reason": "系统停电"},
}
"""The least that each act needs to say."""


def said(act: Act, **changes: Any) -> dict[str, Any]:
    """What is said of an act; None takes a field away."""
    whole = {"act": act.value, **SAYS.get(act, {}), **changes}
    return {name: value for name, value in whole.items() if value is not None}


def report(**changes: Any) -> dict[str, Any]:
    """What a handset says of an event."""
    return {
        "category": "public_safety",
        "lon": WEST + 0.002,
        "lat": SOUTH + 0.001,
        "accuracy_m": 9,
        "description": "楼道堆放杂物",
        **changes,
    }


@dataclass
class Street:
    """Events of the small city, through the commands."""

    db: Session
    city: City

    def reported(
        self,
        moment: datetime | None = None,
        *,
        grid: str = GRID,
        after: timedelta = NO_DELAY,
        proven: bool = True,
        **changes: Any,
    ) -> UUID:
        """An event, Wednesday at nine unless said otherwise, that took so long to arrive."""
        capture = Handset(self.db, self.city, grid).captured(
            moment or at("09:00"), after=after, proven=proven
        )
        record_incident(self.db, capture, IncidentIn.model_validate(report(**changes)))
        self.db.flush()
        return capture.id

    def worker(
        self,
        key: UUID,
        act: Act,
        moment: datetime,
        *,
        grid: str = GRID,
        after: timedelta = NO_DELAY,
        proven: bool = True,
        **changes: Any,
    ) -> IncidentAct:
        """A worker's act, captured at a moment."""
        capture = Handset(self.db, self.city, grid).captured(moment, after=after, proven=proven)
        body = ActIn.model_validate({"incident_id": key, **said(act, **changes)})
        return doers.record_action(self.db, capture, body)

    def office(
        self, who: str, key: UUID, act: Act, moment: datetime, **changes: Any
    ) -> IncidentAct:
        """An act of an office (by role)."""
        asker = acting(self.db, self.city, who)
        whole = {"id": str(uuid7(moment)), **said(act, **changes)}
        decides = act in {Act.DECIDE_EXTENSION, Act.WITHDRAW_CARD}
        form = EventDecisionIn if decides else OfficeActIn
        return doers.act_for_office(self.db, asker, key, form.model_validate(whole), moment)

    def case(self, key: UUID) -> IncidentCase:
        """Where an event stands."""
        self.db.flush()
        return self.db.get_one(IncidentCase, key)

    def acts(self, key: UUID) -> Sequence[IncidentAct]:
        """What was done, in order."""
        return self.db.scalars(
            select(IncidentAct).where(IncidentAct.incident_id == key).order_by(IncidentAct.number)
        ).all()

    def hops(self, key: UUID) -> Sequence[IncidentHop]:
        """Every hold, in the order in which they began, from the lowest tier."""
        rows = self.db.scalars(select(IncidentHop).where(IncidentHop.incident_id == key))
        return sorted(rows, key=lambda hop: (hop.arrived_at, rank(hop.tier), hop.id))

    def holds(self, key: UUID) -> dict[Tier, IncidentHop]:
        """The holds that are open."""
        return {hop.tier: hop for hop in self.hops(key) if hop.ended_at is None}

    def clocks(self, key: UUID) -> Sequence[HopClock]:
        """Every computation of the clocks of an event."""
        return self.db.scalars(
            select(HopClock)
            .join(IncidentHop, IncidentHop.id == HopClock.hop_id)
            .where(IncidentHop.incident_id == key)
            .order_by(HopClock.id)
        ).all()

    def cards(self, key: UUID) -> Sequence[IncidentCard]:
        """Every card of an event, in the order of their fall."""
        return self.db.scalars(
            select(IncidentCard)
            .where(IncidentCard.incident_id == key)
            .order_by(IncidentCard.fell_at, IncidentCard.id)
        ).all()

    def incident(self, key: UUID) -> Incident:
        """The report as it was captured."""
        return self.db.get_one(Incident, key)


__all__ = ["ELSEWHERE", "FAR", "GRID", "NEIGHBOUR", "PHOTO", "WEDNESDAY", "Street", "at"]
