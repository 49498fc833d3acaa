"""INT-1: the order of what platforms say, how long it waits, when it is tried again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.exchange import (
    AHEAD_AT_MOST,
    BODIES_ERASED_AFTER_DAYS,
    SUPERSEDING,
    TRIES,
    WAITS_FOR_WHAT_IT_NAMES,
    Look,
    MessageKind,
    Order,
    Placed,
    erased_before,
    judge_missing,
    judge_moment,
    judge_order,
    next_look,
    next_try,
)
from app.rules.parameters import Values

NOW = datetime(2026, 3, 18, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("kind", "number", "last", "order"),
    [
        (MessageKind.STATUS, 1, None, Order.FRESH),
        (MessageKind.STATUS, 3, 2, Order.FRESH),
        (MessageKind.STATUS, 2, 2, Order.STALE),
        (MessageKind.STATUS, 1, 2, Order.STALE),
        (MessageKind.RECEIPT, 1, 2, Order.STALE),
        (MessageKind.CARD, 1, 2, Order.FRESH),
        (MessageKind.LOGIN, 1, 2, Order.FRESH),
    ],
)
def test_int_1_only_what_supersedes_can_be_stale(
    kind: MessageKind, number: int, last: int | None, order: Order
) -> None:
    assert judge_order(Placed(kind, number, last)) is order


@given(numbers=st.lists(st.integers(0, 50), min_size=1), kind=st.sampled_from(sorted(SUPERSEDING)))
def test_int_1_in_whatever_order_they_come_the_highest_stands(
    numbers: list[int], kind: MessageKind
) -> None:
    last = None
    for number in numbers:
        if judge_order(Placed(kind, number, last)) is Order.FRESH:
            last = number
    assert last == max(numbers)


@pytest.mark.parametrize(
    ("waited", "look"),
    [
        (timedelta(0), Look.WAIT),
        (WAITS_FOR_WHAT_IT_NAMES - SECOND, Look.WAIT),
        (WAITS_FOR_WHAT_IT_NAMES, Look.GIVE_UP),
    ],
)
def test_int_1_a_day_for_what_it_names_to_arrive(waited: timedelta, look: Look) -> None:
    assert judge_missing(NOW - waited, NOW) is look


@pytest.mark.parametrize(
    ("ahead", "look"),
    [
        (timedelta(0), None),
        (SECOND, Look.WAIT),
        (AHEAD_AT_MOST, Look.WAIT),
        (AHEAD_AT_MOST + SECOND, Look.GIVE_UP),
    ],
)
def test_int_1_a_clock_that_is_a_little_ahead(ahead: timedelta, look: Look | None) -> None:
    assert judge_moment(NOW + ahead, NOW) is look


@given(waited=st.timedeltas(timedelta(0), WAITS_FOR_WHAT_IT_NAMES - SECOND))
def test_int_1_looks_go_on_until_the_day_is_over(waited: timedelta) -> None:
    received_at = NOW - waited
    following = next_look(received_at, NOW)
    assert NOW < following <= received_at + WAITS_FOR_WHAT_IT_NAMES
    assert following - NOW <= timedelta(minutes=10)


def test_int_1_pauses_double_and_end() -> None:
    pauses = [next_try(tries, NOW) for tries in range(1, TRIES + 1)]
    assert pauses[-1] is None
    seconds = [(at - NOW).total_seconds() for at in pauses if at is not None]
    assert seconds == [10 * 2**n for n in range(TRIES - 1)]


@pytest.mark.parametrize(
    ("values", "before"),
    [
        (Values.defaults(), date(2025, 12, 18)),
        (Values(((BODIES_ERASED_AFTER_DAYS.name, 14.0),)), date(2026, 3, 4)),
    ],
    ids=["default", "city"],
)
def test_int_1_contents_are_kept_for_the_term(values: Values, before: date) -> None:
    assert erased_before(date(2026, 3, 18), values) == before
