"""INT-1: which endpoint is told of what, and what may be done with one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.delivery import EndpointState
from app.rules.telling import MOVES, EndpointAct, Selection, allowed_acts, is_told

ACTIVE = EndpointState.ACTIVE
CITY, TOWNSHIP, COMMUNITY, GRID = "510185", "510185001", "510185001001", "510185001001001"


@pytest.mark.parametrize(
    ("state", "unit", "types", "happened_in", "told"),
    [
        (ACTIVE, CITY, [], GRID, True),
        (ACTIVE, GRID, [], GRID, True),
        (ACTIVE, GRID, [], "510185001001002", False),
        (ACTIVE, GRID, [], COMMUNITY, False),
        (ACTIVE, TOWNSHIP, [], "510185002001001", False),
        (ACTIVE, CITY, ["incident.acted"], GRID, True),
        (ACTIVE, CITY, ["incident.card_drawn"], GRID, False),
        (ACTIVE, CITY, ["incident.card_drawn", "incident.acted"], GRID, True),
        (EndpointState.PAUSED, CITY, [], GRID, True),
        (EndpointState.DISABLED, CITY, [], GRID, False),
        (EndpointState.RETIRED, CITY, [], GRID, False),
    ],
)
def test_int_1_selection(
    state: EndpointState, unit: str, types: list[str], happened_in: str, told: bool
) -> None:
    assert is_told(Selection(state, unit, types), "incident.acted", happened_in) == told


units = st.sampled_from([CITY, TOWNSHIP, COMMUNITY, GRID, "510185002", "510185002001001"])
types = st.lists(st.sampled_from(["a.b", "a.c", "d.e"]), max_size=3)


@given(st.sampled_from(EndpointState), units, types, units)
def test_int_1_a_wider_selection_is_told_no_less(
    state: EndpointState, unit: str, chosen: list[str], happened_in: str
) -> None:
    for name in ("a.b", "a.c", "d.e"):
        if is_told(Selection(state, unit, chosen), name, happened_in):
            assert is_told(Selection(state, CITY, chosen), name, happened_in)
            assert is_told(Selection(state, unit, []), name, happened_in)
            assert is_told(Selection(ACTIVE, unit, chosen), name, happened_in)


def test_int_1_every_state_but_the_last_can_be_left_and_the_last_never() -> None:
    assert allowed_acts(ACTIVE) == (EndpointAct.PAUSE, EndpointAct.TEST, EndpointAct.RETIRE)
    assert allowed_acts(EndpointState.PAUSED) == (EndpointAct.RESUME, EndpointAct.RETIRE)
    assert allowed_acts(EndpointState.DISABLED) == (EndpointAct.ENABLE, EndpointAct.RETIRE)
    assert allowed_acts(EndpointState.RETIRED) == ()
    assert EndpointState.DISABLED not in MOVES.values()
