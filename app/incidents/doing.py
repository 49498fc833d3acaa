"""An act on an event while it is done: what every effect of an act gets to work with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.models import Incident, IncidentAct, IncidentCase, IncidentHop
from app.incidents.act_schemas import ActIn
from app.rules.incidents import Actor
from app.rules.tiers import Tier


@dataclass(frozen=True)
class Doer:
    """Who acts, for which unit."""

    actor: Actor
    unit_code: str
    account_id: UUID | None
    worker_id: UUID | None


@dataclass(frozen=True)
class Doing:
    """One act, after it was found to fit: its row is written, its effect is not.

    The case and all its open hops are locked. `act.effective_at` is the instant it counts from,
    `now` the receipt.
    """

    incident: Incident
    case: IncidentCase
    hops: Sequence[IncidentHop]
    act: IncidentAct
    doer: Doer
    body: ActIn
    now: datetime

    def hop_of(self, tier: Tier) -> IncidentHop | None:
        """The hold of a tier that is open now."""
        return next((hop for hop in self.hops if hop.tier is tier and hop.ended_at is None), None)

    @property
    def own(self) -> IncidentHop:
        """The hold of the tier that acts; only for acts of a holder."""
        hop = self.hop_of(self.doer.actor.tier)
        assert hop is not None
        return hop
