"""INT-2: at least once, retried for days, without hurting who can't take it (三(一)1 “4”)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.delivery import (
    DISABLED_AFTER,
    FAILURES_SPREAD,
    RETRY_AFTER_AT_MOST,
    RETRY_DELAYS_S,
    SUCCEEDED_KEPT,
    Answer,
    AttemptError,
    AttemptVerdict,
    judge_attempt,
    judge_disabling,
    judge_rest,
    judge_telling,
    may_replay_from,
)

DAY = date(2026, 3, 18)
NOON = datetime(2026, 3, 18, 4, tzinfo=UTC)
LADDER = RETRY_DELAYS_S.on(DAY)
SUCCEEDED, RETRY = AttemptVerdict.SUCCEEDED, AttemptVerdict.RETRY
DEAD, DISABLE = AttemptVerdict.DEAD, AttemptVerdict.DISABLE
TIMEOUT = Answer(error=AttemptError.TIMEOUT)
CONNECTION = Answer(error=AttemptError.CONNECTION)


def seconds(found: timedelta | None) -> float | None:
    return None if found is None else found.total_seconds()


def asked(status: int, wait_s: float) -> Answer:
    return Answer(status, AttemptError.STATUS, timedelta(seconds=wait_s))


def refusal(status: int) -> Answer:
    return Answer(status, AttemptError.STATUS)


def test_int_2_ten_attempts_over_75_hours_and_35_minutes() -> None:
    assert (len(LADDER), sum(LADDER)) == (10, (75 * 60 + 35) * 60 + 5)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (199, RETRY),
        (200, SUCCEEDED),
        (299, SUCCEEDED),
        (300, RETRY),
        (302, RETRY),
        (400, RETRY),
        (409, RETRY),
        (410, DISABLE),
        (411, RETRY),
        (500, RETRY),
    ],
)
def test_int_2_what_a_status_means(status: int, verdict: AttemptVerdict) -> None:
    answer = Answer(status) if verdict is SUCCEEDED else refusal(status)
    found = judge_attempt(1, answer, 0, DAY)
    assert (found.verdict, found.rule) == (verdict, "INT-2")


@pytest.mark.parametrize("attempt", range(1, 10))
def test_int_2_the_ladder(attempt: int) -> None:
    found = judge_attempt(attempt, CONNECTION, 0, DAY)
    assert (found.verdict, seconds(found.delay)) == (RETRY, LADDER[attempt])


@pytest.mark.parametrize(
    ("attempt", "verdict"), [(9, RETRY), (10, DEAD), (11, DEAD)], ids=["9", "10", "11"]
)
def test_int_2_dead_after_the_tenth(attempt: int, verdict: AttemptVerdict) -> None:
    assert judge_attempt(attempt, refusal(500), 0, DAY).verdict is verdict


@pytest.mark.parametrize("attempt", [1, 10])
def test_int_2_gone_is_gone_and_a_success_counts_at_any_attempt(attempt: int) -> None:
    assert judge_attempt(attempt, refusal(410), 0, DAY).verdict is DISABLE
    assert judge_attempt(attempt, Answer(204), 0, DAY).verdict is SUCCEEDED


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refusal(500), 5),
        (refusal(503), 5),
        (CONNECTION, 5),
        (TIMEOUT, 60),
        (refusal(429), 60),
        (refusal(502), 60),
        (refusal(504), 60),
        (asked(503, 0), 5),
        (asked(503, 4), 5),
        (asked(503, 6), 6),
        (asked(429, 59), 60),
        (asked(429, 61), 61),
        (asked(500, 3599), 3599),
        (asked(500, 3601), 3600),
        (asked(500, 10**9), 3600),
        (asked(500, -5), 5),
    ],
)
def test_int_2_waits_at_least_as_long_as_asked(answer: Answer, expected: float) -> None:
    assert seconds(judge_attempt(1, answer, 0, DAY).delay) == expected


@pytest.mark.parametrize(("jitter", "expected"), [(-1, 240), (0, 300), (1, 360), (7, 360)])
def test_int_2_jitter_is_a_fifth(jitter: float, expected: float) -> None:
    assert seconds(judge_attempt(2, CONNECTION, jitter, DAY).delay) == pytest.approx(expected)


answers = st.builds(
    Answer,
    status=st.none() | st.integers(100, 599),
    error=st.sampled_from(AttemptError),
    retry_after=st.none() | st.timedeltas(),
)


@given(st.integers(1, 9), answers, st.floats(-1, 1))
def test_int_2_a_retry_comes_within_its_bounds(attempt: int, answer: Answer, jitter: float) -> None:
    found = judge_attempt(attempt, answer, jitter, DAY)
    if found.verdict is DISABLE:
        assert (answer.status, found.delay) == (410, None)
        return
    assert found.verdict is RETRY
    assert found.delay is not None
    least = timedelta(seconds=LADDER[attempt]) * 0.8
    most = max(timedelta(seconds=LADDER[attempt]) * 1.2, RETRY_AFTER_AT_MOST)
    assert least <= found.delay <= most


@given(answers, answers, st.integers(1, 9), st.floats(-1, 1))
def test_int_2_who_asks_for_more_time_is_never_tried_sooner(
    answer: Answer, other: Answer, attempt: int, jitter: float
) -> None:
    longer = Answer(answer.status, answer.error, other.retry_after)
    bare = judge_attempt(attempt, Answer(answer.status, answer.error), jitter, DAY)
    found = judge_attempt(attempt, longer, jitter, DAY)
    assert found.verdict is bare.verdict
    if bare.delay is not None:
        assert found.delay is not None
        assert found.delay >= bare.delay


@pytest.mark.parametrize(
    ("failures", "expected"),
    [(1, None), (4, None), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (11, 900), (999, 900)],
)
def test_int_2_rests_after_five_failures_in_a_row(failures: int, expected: float | None) -> None:
    found = judge_rest(failures, CONNECTION)
    assert (found.verdict, seconds(found.rest)) == (expected is not None, expected)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refusal(429), 60),
        (asked(429, 10), 10),
        (asked(429, 7200), 3600),
        (asked(503, 90), 90),
        (refusal(503), None),
        (asked(500, 90), None),
    ],
)
def test_int_2_rests_at_once_when_it_asks_for_a_pause(
    answer: Answer, expected: float | None
) -> None:
    assert seconds(judge_rest(1, answer).rest) == expected


@given(st.integers(1, 10_000), answers)
def test_int_2_more_failures_never_shorten_a_rest(failures: int, answer: Answer) -> None:
    fewer, more = judge_rest(failures, answer), judge_rest(failures + 1, answer)
    assert (fewer.rest or timedelta(0)) <= (more.rest or timedelta(0)) <= RETRY_AFTER_AT_MOST


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("since", "last", "gone"),
    [
        (DISABLED_AFTER, timedelta(hours=1), True),
        (DISABLED_AFTER - SECOND, timedelta(hours=1), False),
        (DISABLED_AFTER, DISABLED_AFTER - FAILURES_SPREAD, True),
        (DISABLED_AFTER, DISABLED_AFTER - FAILURES_SPREAD + SECOND, False),
        (DISABLED_AFTER, DISABLED_AFTER, False),
    ],
    ids=["five days", "a second less", "spread", "not spread", "once before"],
)
def test_int_2_given_up_after_five_days_of_failures_that_spread(
    since: timedelta, last: timedelta, gone: bool
) -> None:
    assert judge_disabling(NOON - since, NOON - last, NOON).verdict is gone


def test_int_2_the_first_failure_gives_nobody_up() -> None:
    assert judge_disabling(None, None, NOON).verdict is False


def test_int_2_a_replay_goes_back_as_far_as_successes_are_known() -> None:
    assert may_replay_from(NOON) == NOON - SUCCEEDED_KEPT


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(refusal(422), True), (refusal(404), False), (refusal(500), False), (TIMEOUT, False)],
)
def test_int_2_some_answers_are_about_the_message(answer: Answer, expected: bool) -> None:
    assert answer.is_about_the_message is expected


@pytest.mark.parametrize(
    ("attempt", "failing_s", "told"),
    [
        (0, 2104.999, False),
        (0, 2105, True),
        (1, 2104.999, False),
        (1, 2105, True),
        (3, 0, False),
        (4, 0, True),
        (5, 0, False),
    ],
)
def test_int_2_offices_are_told_at_the_fourth_attempt_or_after_as_long(
    attempt: int, failing_s: float, told: bool
) -> None:
    now = NOON + timedelta(seconds=failing_s)
    assert judge_telling(attempt, NOON, now, DAY).verdict is told
