"""CON-B4: a card that its worker could have avoided is a ground that may be proposed (四(二)4)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.cards import (
    CardDrawn,
    CardVerdict,
    Colour,
    HalfOfDate,
    Span,
    grounds,
    halves_held,
    judge_card,
)
from app.rules.deadlines import working_spans
from app.rules.duty import Employment, Half
from app.rules.parameters import Values
from app.rules.tiers import Tier
from tests.rules.facts import WEDNESDAY, at

THURSDAY = WEDNESDAY + timedelta(days=1)
SATURDAY = WEDNESDAY + timedelta(days=3)
MORNING, AFTERNOON = (WEDNESDAY, Half.MORNING), (WEDNESDAY, Half.AFTERNOON)
NEXT_MORNING = (THURSDAY, Half.MORNING)
CARD = CardDrawn(
    colour=Colour.YELLOW,
    tier=Tier.GRID,
    day=THURSDAY,
    withdrawn=False,
    has_worker=True,
    employment=Employment.FULL_TIME,
    held=(MORNING, AFTERNOON, NEXT_MORNING),
    on_leave=(),
)


def spans(day: date) -> Sequence[Span]:
    return working_spans(day, Values.defaults(), on_duty=day.isoweekday() <= 5)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, CardVerdict.AVOIDABLE),
        ({"colour": Colour.RED}, CardVerdict.AVOIDABLE),
        ({"questioned": True}, CardVerdict.AVOIDABLE),
        ({"withdrawn": True}, CardVerdict.WITHDRAWN),
        ({"tier": Tier.COMMUNITY}, CardVerdict.OTHER_TIER),
        ({"tier": Tier.CENTRE, "has_worker": False}, CardVerdict.OTHER_TIER),
        ({"has_worker": False}, CardVerdict.NOBODY),
        ({"employment": Employment.RURAL_PART_TIME}, CardVerdict.NOT_BOUND),
        ({"employment": None}, CardVerdict.NOT_BOUND),
        ({"on_leave": (MORNING, AFTERNOON)}, CardVerdict.AVOIDABLE),
        ({"on_leave": (MORNING, AFTERNOON, NEXT_MORNING)}, CardVerdict.ON_LEAVE),
        ({"held": (MORNING,), "on_leave": (MORNING, AFTERNOON)}, CardVerdict.ON_LEAVE),
    ],
)
def test_con_b4_which_cards_are_grounds(change: dict[str, object], verdict: CardVerdict) -> None:
    found = judge_card(replace(CARD, **change))  # type: ignore[arg-type]
    assert (found.verdict, found.rule, found.clause) == (verdict, "CON-B4", "四(二)4")


def test_con_b4_the_finding_says_what_decided() -> None:
    found = judge_card(replace(CARD, on_leave=(MORNING, AFTERNOON)))
    assert found.because == {
        "colour": "yellow",
        "day": "2026-03-19",
        "halves_held": 3,
        "halves_on_leave": 2,
        "questioned": False,
    }


@pytest.mark.parametrize(
    ("arrived", "fell", "halves"),
    [
        (at("08:30:00"), at("12:00:00"), [MORNING]),
        (at("11:59:59"), at("14:30:00"), [MORNING]),
        (at("11:59:59"), at("14:30:01"), [MORNING, AFTERNOON]),
        (at("12:00:00"), at("15:00:00"), [AFTERNOON]),
        (at("17:30:00"), at("09:00:00", THURSDAY), [NEXT_MORNING]),
        (at("20:00:00"), at("21:00:00"), [MORNING, AFTERNOON]),
        (
            at("23:30:00", SATURDAY),
            at("00:30:00", SATURDAY + timedelta(days=1)),
            [(SATURDAY + timedelta(days=passed), half) for passed in (0, 1) for half in Half],
        ),
    ],
)
def test_con_b4_in_which_halves_the_worker_could_have_acted(
    arrived: datetime, fell: datetime, halves: list[HalfOfDate]
) -> None:
    assert list(halves_held(arrived, fell, spans)) == halves


def test_con_b4_a_ground_counts_once_a_date() -> None:
    cards = [
        CARD,
        replace(CARD, colour=Colour.RED),
        replace(CARD, day=WEDNESDAY),
        replace(CARD, day=SATURDAY, withdrawn=True),
    ]
    assert grounds(map(judge_card, cards)) == (WEDNESDAY, THURSDAY)
    assert grounds([]) == ()


HALVES = st.sets(st.tuples(st.dates(WEDNESDAY, SATURDAY), st.sampled_from(Half)), min_size=1)


@given(HALVES, HALVES, HALVES)
def test_con_b4_more_leave_never_makes_a_card_a_ground(
    held: Collection[HalfOfDate], leave: set[HalfOfDate], more: set[HalfOfDate]
) -> None:
    less = judge_card(replace(CARD, held=held, on_leave=leave)).verdict
    found = judge_card(replace(CARD, held=held, on_leave=leave | more)).verdict
    assert less is not CardVerdict.ON_LEAVE or found is CardVerdict.ON_LEAVE
