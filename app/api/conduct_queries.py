"""What the lists of proposals and penalties can be asked for."""

from uuid import UUID

from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.city_queries import Paged
from app.conduct.lists import WhichPenalties, WhichProposals
from app.kit.schema import Day
from app.rules.conduct import Ground, PenaltyKind, ProposalSource, ProposalState


class ProposalsAsked(OfUnit):
    """Which proposals."""

    worker: UUID | None = Field(default=None, description="One worker's alone")
    state: ProposalState | None = None
    ground: Ground | None = None
    source: ProposalSource | None = None
    rung: PenaltyKind | None = Field(default=None, description="What it would cause, or caused")
    from_: Day | None = Field(default=None, alias="from", description="It occurred on or after")
    to: Day | None = Field(default=None, description="It occurred on or before")

    def which(self, unit_code: str) -> WhichProposals:
        """As conditions."""
        return WhichProposals(
            unit_code,
            self.worker,
            self.state,
            self.ground,
            self.source,
            self.rung,
            self.from_,
            self.to,
        )


class PenaltiesAsked(OfUnit):
    """Which penalties."""

    worker: UUID | None = Field(default=None, description="One worker's alone")
    ground: Ground | None = None
    standing: PenaltyKind | None = Field(default=None, description="As it stands")
    overturned: bool | None = None
    review: bool | None = Field(default=None, description="Offered for review, and not looked at")
    appeal: bool | None = Field(default=None, description="An appeal against it waits")
    interview: bool | None = Field(default=None, description="A demerit not talked over yet")
    in_force: Day | None = Field(default=None, description="In force on this date (CON-3)")
    from_: Day | None = Field(default=None, alias="from", description="Decided on or after")
    to: Day | None = Field(default=None, description="Decided on or before")

    def which(self, unit_code: str) -> WhichPenalties:
        """As conditions."""
        return WhichPenalties(
            unit_code,
            self.worker,
            self.ground,
            self.standing,
            self.overturned,
            self.review,
            self.appeal,
            self.interview,
            self.in_force,
            self.from_,
            self.to,
        )


class MyProposalsAsked(Paged):
    """Which of the proposals about oneself."""

    state: ProposalState | None = None


class MyPenaltiesAsked(Paged):
    """Which of one's own penalties."""

    in_force: Day | None = Field(default=None, description="In force on this date (CON-3)")
