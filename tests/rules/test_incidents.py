"""EVT-1, EVT-2, EVT-4: the whole table of moves, and what an act needs beside its cell."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.field_records import Severity
from app.rules.incidents import (
    MOVES,
    OPEN,
    Act,
    Actor,
    Move,
    Reporter,
    Score,
    Situation,
    Standing,
    State,
    after_verification,
    allowed,
    first_holders,
    judge_act,
    may_escalate_to,
    released_by_escalation,
    released_by_raising,
    while_held,
)
from app.rules.tiers import LINE, Tier, above, below, rank

GRID, COMMUNITY, TOWNSHIP, CENTRE, OFFICE = LINE
GENERAL, MAJOR = Severity.GENERAL, Severity.MAJOR
HELD, HANDLING, CLOSED = State.HELD, State.HANDLING, State.CLOSED
ENDS = {State.WITHDRAWN, State.FALSE, State.DUPLICATE}
TO_TOWNSHIP = {GRID, COMMUNITY, TOWNSHIP}
TO_CENTRE = TO_TOWNSHIP | {CENTRE}
OFFICES = {COMMUNITY, TOWNSHIP, CENTRE}
DECIDERS = OFFICES | {OFFICE}
HOLDS, UP = Standing.HOLDER, Standing.HIGHER
TABLE: list[tuple[Act, set[Tier], set[State], Standing, State | None]] = [
    (Act.TAKE_UP, TO_CENTRE, {HELD, HANDLING}, HOLDS, HANDLING),
    (Act.ESCALATE, TO_TOWNSHIP, {HELD, HANDLING}, HOLDS, HELD),
    (Act.HAND_DOWN, OFFICES, {HELD, HANDLING}, HOLDS, HELD),
    (Act.RETURN, TO_CENTRE, {HELD, HANDLING}, HOLDS, HELD),
    (Act.ASK_HELP, TO_TOWNSHIP, {HELD, HANDLING}, HOLDS, None),
    (Act.GIVE_HELP, OFFICES, {HELD, HANDLING}, UP, None),
    (Act.ASK_EXTENSION, TO_CENTRE, {HELD, HANDLING}, HOLDS, None),
    (Act.DECIDE_EXTENSION, DECIDERS, {HELD, HANDLING}, UP, None),
    (Act.REGRADE, TO_CENTRE, {HELD, HANDLING}, HOLDS, None),
    (Act.CLOSE, TO_CENTRE, {HELD, HANDLING}, HOLDS, CLOSED),
    (Act.FOLLOW_UP, {GRID, COMMUNITY}, {CLOSED}, Standing.ANY, State.FOLLOWED_UP),
    (Act.VERIFY, {GRID}, {CLOSED, State.FOLLOWED_UP}, Standing.ANY, State.VERIFIED),
    (Act.WITHDRAW, {GRID}, {HELD}, Standing.REPORTER, State.WITHDRAWN),
    (Act.WITHDRAW, {GRID}, {HANDLING}, Standing.ALONE, State.WITHDRAWN),
    (Act.FIND_FALSE, OFFICES, {HELD, HANDLING}, HOLDS, State.FALSE),
    (Act.LINK_DUPLICATE, TO_CENTRE, {HELD, HANDLING}, HOLDS, State.DUPLICATE),
    (Act.UNLINK, OFFICES, {State.DUPLICATE}, Standing.LINKER, HELD),
    (Act.WITHDRAW_CARD, DECIDERS, set(State), UP, None),
]
"""The table once more, by hand: act, tiers, states, who must act, what the event becomes."""


def expected(tier: Tier, act: Act, state: State) -> Move | None:
    for known, tiers, states, standing, becomes in TABLE:
        if act is known and tier in tiers and state in states:
            return Move(standing, becomes)
    return None


def situation(state: State, *held_by: Tier, **more: Any) -> Situation:
    """An event in a state, held by some tiers; general, and found by the worker."""
    known: dict[str, Any] = {"severity": GENERAL, "came_from": dict.fromkeys(held_by)}
    return Situation(state=state, held_by=frozenset(held_by), **known | more)


def asked(tiers: set[Tier]) -> dict[str, Any]:
    return {"extension_asked_by": frozenset(tiers)}


def waiting(tiers: set[Tier]) -> dict[str, Any]:
    return {"extension_open_of": frozenset(tiers)}


@pytest.mark.parametrize("act", Act)
def test_evt_1_every_cell_of_the_table(act: Act) -> None:
    for tier, state in product(Tier, State):
        assert MOVES.get((tier, act, state)) == expected(tier, act, state), (tier, state)


@pytest.mark.parametrize(("tier", "state"), list(product(Tier, State)))
def test_evt_1_what_is_not_in_the_table_is_never_allowed(tier: Tier, state: State) -> None:
    """Even in the situation in which everything else speaks for it."""
    everything = situation(
        state,
        *LINE,
        came_from=dict.fromkeys(LINE, above(tier)),
        extension_open_of=frozenset(LINE),
        cards_of=frozenset(LINE),
        reporter=Reporter.RESIDENT if state is CLOSED else Reporter.WORKER,
        linked_by=GRID,
    )
    for act in Act:
        if judge_act(everything, Actor(tier, is_reporter=True), act) is not None:
            assert expected(tier, act, state) is not None, act


@pytest.mark.parametrize(
    ("act", "tier", "fits", "does_not"),
    [
        (Act.TAKE_UP, GRID, situation(HELD, GRID), situation(HELD, COMMUNITY)),
        (Act.TAKE_UP, GRID, situation(HANDLING, GRID, taken_up_by=frozenset({COMMUNITY})),
         situation(HANDLING, GRID, taken_up_by=frozenset({GRID}))),
        (Act.ESCALATE, COMMUNITY, situation(HELD, COMMUNITY), situation(HELD, GRID)),
        (Act.ESCALATE, TOWNSHIP, situation(HANDLING, TOWNSHIP), situation(HANDLING, CENTRE)),
        (Act.HAND_DOWN, COMMUNITY, situation(HELD, COMMUNITY), situation(HELD, TOWNSHIP)),
        (Act.RETURN, COMMUNITY, situation(HELD, COMMUNITY, came_from={COMMUNITY: GRID}),
         situation(HELD, COMMUNITY)),
        (Act.ASK_HELP, GRID, situation(HELD, GRID), situation(HELD, COMMUNITY)),
        (Act.GIVE_HELP, COMMUNITY, situation(HELD, GRID), situation(HELD, COMMUNITY)),
        (Act.GIVE_HELP, CENTRE, situation(HELD, GRID), situation(HELD, CENTRE)),
        (Act.GIVE_HELP, TOWNSHIP, situation(HELD, COMMUNITY, CENTRE), situation(HELD, CENTRE)),
        (Act.ASK_EXTENSION, GRID, situation(HELD, GRID), situation(HELD, GRID, **asked({GRID}))),
        (Act.ASK_EXTENSION, CENTRE, situation(HELD, CENTRE), situation(HELD, GRID)),
        (Act.DECIDE_EXTENSION, COMMUNITY, situation(HELD, GRID, **waiting({GRID})),
         situation(HELD, GRID)),
        (Act.DECIDE_EXTENSION, TOWNSHIP, situation(HELD, COMMUNITY, **waiting({COMMUNITY})),
         situation(HELD, GRID, **waiting({GRID}))),
        (Act.DECIDE_EXTENSION, OFFICE, situation(HELD, CENTRE, **waiting({CENTRE})),
         situation(HELD, TOWNSHIP, **waiting({TOWNSHIP}))),
        (Act.REGRADE, GRID, situation(HELD, GRID), situation(HELD, GRID, severity=MAJOR)),
        (Act.REGRADE, COMMUNITY, situation(HELD, COMMUNITY, severity=MAJOR),
         situation(HELD, TOWNSHIP, severity=MAJOR)),
        (Act.CLOSE, TOWNSHIP, situation(HELD, TOWNSHIP), situation(HELD, CENTRE)),
        (Act.FOLLOW_UP, GRID, situation(CLOSED, reporter=Reporter.RESIDENT), situation(CLOSED)),
        (Act.FOLLOW_UP, COMMUNITY, situation(CLOSED, reporter=Reporter.ORGANISATION),
         situation(State.FOLLOWED_UP, reporter=Reporter.ORGANISATION)),
        (Act.VERIFY, GRID, situation(CLOSED), situation(CLOSED, reporter=Reporter.RESIDENT)),
        (Act.VERIFY, GRID, situation(State.FOLLOWED_UP, reporter=Reporter.RESIDENT),
         situation(State.VERIFIED, reporter=Reporter.RESIDENT)),
        (Act.FIND_FALSE, COMMUNITY, situation(HELD, COMMUNITY), situation(HELD, GRID)),
        (Act.LINK_DUPLICATE, GRID, situation(HELD, GRID), situation(HELD, COMMUNITY)),
        (Act.UNLINK, TOWNSHIP, situation(State.DUPLICATE, linked_by=TOWNSHIP),
         situation(State.DUPLICATE, linked_by=CENTRE)),
        (Act.UNLINK, COMMUNITY, situation(State.DUPLICATE, linked_by=GRID),
         situation(State.DUPLICATE)),
        (Act.WITHDRAW_CARD, COMMUNITY, situation(CLOSED, cards_of=frozenset({GRID})),
         situation(CLOSED, cards_of=frozenset({COMMUNITY}))),
        (Act.WITHDRAW_CARD, OFFICE, situation(State.FALSE, cards_of=frozenset({CENTRE})),
         situation(State.FALSE)),
    ],
)  # fmt: skip
def test_evt_1_both_sides_of_what_an_act_needs(
    act: Act, tier: Tier, fits: Situation, does_not: Situation
) -> None:
    assert judge_act(fits, Actor(tier), act) == expected(tier, act, fits.state)
    assert judge_act(does_not, Actor(tier), act) is None
    assert act in allowed(fits, Actor(tier))
    assert act not in allowed(does_not, Actor(tier))


@pytest.mark.parametrize(
    ("found", "is_reporter", "may"),
    [
        (situation(HELD, GRID), True, True),
        (situation(HELD, GRID), False, False),
        (situation(HELD, COMMUNITY, TOWNSHIP), True, True),
        (situation(HANDLING, GRID), True, True),
        (situation(HANDLING, GRID), False, False),
        (situation(HANDLING, GRID, COMMUNITY), True, False),
        (situation(HANDLING, COMMUNITY), True, False),
        (situation(CLOSED), True, False),
    ],
)
def test_evt_1_withdrawn_by_the_reporter_until_others_deal_with_it(
    found: Situation, is_reporter: bool, may: bool
) -> None:
    actor = Actor(GRID, is_reporter=is_reporter)
    assert (judge_act(found, actor, Act.WITHDRAW) is not None) is may


@pytest.mark.parametrize(
    ("tier", "severity", "expected"),
    [
        (GRID, GENERAL, (COMMUNITY,)),
        (GRID, MAJOR, (COMMUNITY, CENTRE)),
        (COMMUNITY, GENERAL, (TOWNSHIP,)),
        (COMMUNITY, MAJOR, (TOWNSHIP, CENTRE)),
        (TOWNSHIP, GENERAL, (CENTRE,)),
        (TOWNSHIP, MAJOR, (CENTRE,)),
        (CENTRE, MAJOR, ()),
        (OFFICE, MAJOR, ()),
    ],
)
def test_evt_1_up_to_the_next_tier_and_evt_2_a_major_one_straight_to_the_centre(
    tier: Tier, severity: Severity, expected: tuple[Tier, ...]
) -> None:
    assert may_escalate_to(tier, severity) == expected


@pytest.mark.parametrize(
    ("severity", "straight", "expected"),
    [
        (GENERAL, False, (GRID,)),
        (GENERAL, True, (GRID,)),
        (MAJOR, False, (COMMUNITY, TOWNSHIP)),
        (MAJOR, True, (COMMUNITY, TOWNSHIP, CENTRE)),
    ],
)
def test_evt_2_a_major_event_is_with_community_and_township_at_once(
    severity: Severity, straight: bool, expected: tuple[Tier, ...]
) -> None:
    assert first_holders(severity, straight_to_centre=straight) == expected


@pytest.mark.parametrize(
    ("tier", "held_by", "expected"),
    [
        (GRID, {GRID}, {GRID}),
        (COMMUNITY, {COMMUNITY, TOWNSHIP}, {COMMUNITY}),
        (TOWNSHIP, {COMMUNITY, TOWNSHIP}, {COMMUNITY, TOWNSHIP}),
        (TOWNSHIP, {GRID, TOWNSHIP, CENTRE}, {GRID, TOWNSHIP}),
    ],
)
def test_evt_2_whoever_escalates_takes_those_below_along(
    tier: Tier, held_by: set[Tier], expected: set[Tier]
) -> None:
    assert released_by_escalation(tier, held_by) == expected


@pytest.mark.parametrize(
    ("held_by", "expected"), [({GRID}, {GRID}), ({COMMUNITY}, set()), ({GRID, CENTRE}, {GRID})]
)
def test_evt_2_what_is_found_to_be_major_leaves_the_grid(
    held_by: set[Tier], expected: set[Tier]
) -> None:
    assert released_by_raising(held_by) == expected


@pytest.mark.parametrize(
    ("taken_up_by", "still", "expected"),
    [
        (set(), {COMMUNITY}, HELD),
        ({GRID}, {COMMUNITY}, HELD),
        ({TOWNSHIP}, {COMMUNITY, TOWNSHIP}, HANDLING),
        ({COMMUNITY}, {COMMUNITY}, HANDLING),
    ],
)
def test_evt_1_handling_goes_on_where_a_tier_that_took_it_up_still_holds_it(
    taken_up_by: set[Tier], still: set[Tier], expected: State
) -> None:
    assert while_held(taken_up_by, still) is expected


@pytest.mark.parametrize(
    ("score", "reopened_before", "expected"),
    [
        (Score.SATISFIED, False, State.VERIFIED),
        (Score.MOSTLY, False, State.VERIFIED),
        (Score.NOT, False, HELD),
        (Score.NOT, True, State.VERIFIED),
        (Score.SATISFIED, True, State.VERIFIED),
    ],
)
def test_evt_4_a_failed_verification_reopens_once(
    score: Score, reopened_before: bool, expected: State
) -> None:
    assert after_verification(score, reopened_before=reopened_before) is expected


tiers = st.sampled_from(LINE)
some_tiers = st.frozensets(st.sampled_from([GRID, COMMUNITY, TOWNSHIP, CENTRE]))


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    state = draw(st.sampled_from(list(State)))
    held_by = draw(some_tiers.filter(bool)) if state in OPEN else frozenset[Tier]()
    return Situation(
        state=state,
        severity=draw(st.sampled_from(list(Severity))),
        held_by=held_by,
        came_from={tier: draw(st.none() | tiers) for tier in held_by},
        taken_up_by=draw(some_tiers) & held_by,
        extension_asked_by=draw(some_tiers) & held_by,
        extension_open_of=draw(some_tiers) & held_by,
        cards_of=draw(some_tiers),
        reporter=draw(st.sampled_from(list(Reporter))),
        linked_by=draw(tiers) if state is State.DUPLICATE else None,
    )


@given(situations(), tiers, st.booleans())
def test_evt_1_what_is_allowed_is_in_the_table_and_fits(
    found: Situation, tier: Tier, is_reporter: bool
) -> None:
    actor = Actor(tier, is_reporter=is_reporter)
    for act in Act:
        move = judge_act(found, actor, act)
        assert (move is not None) == (act in allowed(found, actor))
        assert move in (None, MOVES.get((tier, act, found.state)))


@given(situations())
def test_evt_1_whoever_holds_an_open_event_can_always_end_it_or_hand_it_on(
    found: Situation,
) -> None:
    for tier in found.held_by:
        may = allowed(found, Actor(tier))
        assert Act.CLOSE in may
        assert tier is CENTRE or Act.ESCALATE in may


@given(situations(), tiers)
def test_evt_1_what_has_ended_is_never_held_again_but_by_failed_verification_or_unlinking(
    found: Situation, tier: Tier
) -> None:
    if found.state in OPEN:
        return
    for act in allowed(found, Actor(tier, is_reporter=True)):
        move = judge_act(found, Actor(tier, is_reporter=True), act)
        assert move is not None
        assert move.becomes not in OPEN or act is Act.UNLINK


@given(situations(), tiers, tiers)
def test_evt_3_a_higher_tier_can_withdraw_whatever_cards_a_lower_one_can(
    found: Situation, one: Tier, other: Tier
) -> None:
    lower, higher = sorted((one, other), key=rank)
    if Act.WITHDRAW_CARD in allowed(found, Actor(lower)):
        assert Act.WITHDRAW_CARD in allowed(found, Actor(higher))


@given(some_tiers.filter(bool), st.sampled_from([GRID, COMMUNITY, TOWNSHIP]))
def test_evt_2_after_an_escalation_somebody_above_holds_it_and_nobody_below(
    held_by: frozenset[Tier], tier: Tier
) -> None:
    target = above(tier)
    assert target is not None
    still = (held_by - released_by_escalation(tier, held_by)) | {target}
    assert all(rank(left) > rank(tier) for left in still)


def test_the_line_of_tiers_goes_up_and_down_alike() -> None:
    assert [above(tier) for tier in LINE] == [*LINE[1:], None]
    assert [below(tier) for tier in LINE] == [None, *LINE[:-1]]


@pytest.mark.parametrize(
    ("tier", "act", "held_by", "vacant", "fits"),
    [
        (Tier.COMMUNITY, Act.TAKE_UP, [Tier.GRID], True, True),
        (Tier.COMMUNITY, Act.TAKE_UP, [Tier.GRID], False, False),
        (Tier.COMMUNITY, Act.CLOSE, [Tier.GRID], True, False),
        (Tier.TOWNSHIP, Act.TAKE_UP, [Tier.GRID], True, False),
        (Tier.COMMUNITY, Act.TAKE_UP, [Tier.TOWNSHIP], True, False),
        (Tier.COMMUNITY, Act.TAKE_UP, [Tier.GRID, Tier.TOWNSHIP], True, True),
    ],
    ids=["station", "not vacant", "another act", "township", "township's", "also township's"],
)
def test_evt_1_the_station_takes_up_what_a_vacant_grid_was_left_with(
    tier: Tier, act: Act, held_by: list[Tier], vacant: bool, fits: bool
) -> None:
    found = situation(State.HELD, *held_by, grid_vacant=vacant)
    assert (judge_act(found, Actor(tier), act) is not None) is fits
