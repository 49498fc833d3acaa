"""INT-1: each platform is an endpoint with its own selection of events (三(一)1 “4”, 四(一)2)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.delivery import EndpointState

INT_1 = Cite("INT-1", "三(一)1 “4”, 四(一)2, 四(二)")

WAITS_OR_SENDS = frozenset({EndpointState.ACTIVE, EndpointState.PAUSED})
"""A paused endpoint loses nothing: what it is told waits."""


@dataclass(frozen=True)
class Selection:
    """What an endpoint asked to be told of."""

    state: EndpointState
    unit_code: str
    """Only what happens in this subtree."""
    event_types: Collection[str]
    """None named: every type."""


@cites(INT_1)
def is_told(selection: Selection, event_type: str, unit_code: str) -> bool:
    """Whether an endpoint is told of an event of a type that happened in a unit."""
    return (
        selection.state in WAITS_OR_SENDS
        and unit_code.startswith(selection.unit_code)
        and (not selection.event_types or event_type in selection.event_types)
    )


class EndpointAct(StrEnum):
    """What an administrator does with an endpoint."""

    PAUSE = "pause"
    RESUME = "resume"
    ENABLE = "enable"
    TEST = "test"
    RETIRE = "retire"


A, P, D, R = (
    EndpointState.ACTIVE,
    EndpointState.PAUSED,
    EndpointState.DISABLED,
    EndpointState.RETIRED,
)
MOVES: Mapping[tuple[EndpointState, EndpointAct], EndpointState] = {
    (A, EndpointAct.PAUSE): P,
    (A, EndpointAct.TEST): A,
    (A, EndpointAct.RETIRE): R,
    (P, EndpointAct.RESUME): A,
    (P, EndpointAct.RETIRE): R,
    (D, EndpointAct.ENABLE): A,
    (D, EndpointAct.RETIRE): R,
}
"""What is not here is refused; a retired endpoint never comes back."""


@cites(INT_1)
def allowed_acts(state: EndpointState) -> tuple[EndpointAct, ...]:
    """What may be done with an endpoint in a state."""
    return tuple(act for act in EndpointAct if (state, act) in MOVES)
