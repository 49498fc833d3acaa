"""What the lists of sign-ins, requests and decisions can be asked for."""

from pydantic import Field

from app.api.city_queries import Listed, Paged
from app.kit.schema import Day, UnitCode
from app.rules.attendance import Verdict
from app.rules.procedures import DecisionKind, RequestState


class OfUnit(Listed):
    """Of which unit."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")


class CheckInsAsked(OfUnit):
    """Which sign-ins."""

    day: Day | None = Field(default=None, description="A civil date; today without it")
    verdict: Verdict | None = Field(default=None, description="At arrival, before any review")


class RequestsAsked(OfUnit):
    """Which requests."""

    state: RequestState | None = None


class DecisionsAsked(OfUnit):
    """Which decisions."""

    kind: DecisionKind | None = None


class MyCheckInsAsked(Paged):
    """Which of one's own sign-ins."""

    day: Day | None = Field(default=None, description="A civil date; today without it")


class MineAsked(Paged):
    """Which of one's own requests."""
