"""INF-1, INF-2 and part 8: a record's way into the registers, edits joined, terms of keeping."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.information import (
    MOVES,
    EntryVerdict,
    RecordAct,
    RecordActor,
    RecordState,
    allowed,
    judge_entry,
    move,
)
from app.rules.keeping import Ending, is_needed, is_over
from app.rules.merging import FieldConflict, join
from app.rules.parameters import Values

DRAFT, SUBMITTED = RecordState.DRAFT, RecordState.SUBMITTED
RETURNED, ENTERED = RecordState.RETURNED, RecordState.ENTERED
WORKER, ADMINISTRATOR = RecordActor.WORKER, RecordActor.ADMINISTRATOR
DEFAULTS = Values.defaults()
DAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("state", "act", "actor", "becomes"),
    [
        (None, RecordAct.COLLECT, WORKER, DRAFT),
        (None, RecordAct.SUBMIT, WORKER, SUBMITTED),
        (None, RecordAct.ENTER, ADMINISTRATOR, ENTERED),
        (None, RecordAct.ENTER, WORKER, None),
        (DRAFT, RecordAct.SUBMIT, WORKER, SUBMITTED),
        (DRAFT, RecordAct.SUBMIT, ADMINISTRATOR, None),
        (DRAFT, RecordAct.ENTER, ADMINISTRATOR, None),
        (DRAFT, RecordAct.RETURN, ADMINISTRATOR, None),
        (SUBMITTED, RecordAct.RETURN, ADMINISTRATOR, RETURNED),
        (SUBMITTED, RecordAct.RETURN, WORKER, None),
        (SUBMITTED, RecordAct.ENTER, ADMINISTRATOR, ENTERED),
        (SUBMITTED, RecordAct.ENTER, WORKER, None),
        (RETURNED, RecordAct.SUBMIT, WORKER, SUBMITTED),
        (RETURNED, RecordAct.ENTER, ADMINISTRATOR, None),
        (RETURNED, RecordAct.CORRECT, ADMINISTRATOR, None),
        (ENTERED, RecordAct.SUBMIT, WORKER, SUBMITTED),
        (ENTERED, RecordAct.COLLECT, WORKER, DRAFT),
        (ENTERED, RecordAct.CORRECT, ADMINISTRATOR, ENTERED),
        (ENTERED, RecordAct.CORRECT, WORKER, None),
        (ENTERED, RecordAct.ENTER, ADMINISTRATOR, None),
        (ENTERED, RecordAct.RETURN, ADMINISTRATOR, None),
        (ENTERED, RecordAct.END, ADMINISTRATOR, ENTERED),
        (DRAFT, RecordAct.END, ADMINISTRATOR, None),
    ],
)
def test_inf_1_collected_submitted_returned_entered(
    state: RecordState | None, act: RecordAct, actor: RecordActor, becomes: RecordState | None
) -> None:
    assert move(state, act, actor) is becomes
    assert (act in allowed(state, actor)) is (becomes is not None)


def test_inf_1_nothing_is_entered_that_was_not_submitted() -> None:
    into = [(state, act, actor) for (state, act, actor), to in MOVES.items() if to is ENTERED]
    first = [(act, actor) for state, act, actor in into if state is not ENTERED]
    assert set(first) == {(RecordAct.ENTER, ADMINISTRATOR)}
    assert {state for state, act, _ in into if act is RecordAct.ENTER} == {None, SUBMITTED}


def test_inf_1_only_the_administrator_decides_and_only_the_worker_collects() -> None:
    for state, act in product([None, *RecordState], RecordAct):
        both = [move(state, act, actor) is not None for actor in (WORKER, ADMINISTRATOR)]
        assert not all(both), (state, act)


@pytest.mark.parametrize(
    ("entered_after", "today_after", "verdict"),
    [
        (0, 0, EntryVerdict.IN_TIME),
        (7, 7, EntryVerdict.IN_TIME),
        (7, 90, EntryVerdict.IN_TIME),
        (8, 8, EntryVerdict.LATE),
        (None, 7, EntryVerdict.OPEN),
        (None, 8, EntryVerdict.OVERDUE),
    ],
)
def test_inf_2_entered_within_seven_days(
    entered_after: int | None, today_after: int, verdict: EntryVerdict
) -> None:
    entered = None if entered_after is None else DAY + timedelta(days=entered_after)
    found = judge_entry(DAY, entered, DAY + timedelta(days=today_after), DEFAULTS)
    assert (found.verdict, found.rule, found.clause) == (verdict, "INF-2", "四(二)5")
    assert found.because["due_on"] == "2026-03-25"
    assert found.because["collected_on"] == "2026-03-18"


@given(st.integers(0, 60), st.integers(0, 60))
def test_inf_2_earlier_is_never_worse(one: int, other: int) -> None:
    earlier, later = sorted((one, other))
    today = DAY + timedelta(days=100)
    judged = [
        judge_entry(DAY, DAY + timedelta(days=days), today, DEFAULTS).verdict
        for days in (earlier, later)
    ]
    assert judged != [EntryVerdict.LATE, EntryVerdict.IN_TIME]


@pytest.mark.parametrize(
    ("base", "standing", "proposed", "content", "conflicts"),
    [
        ({"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}, []),
        ({"a": 1}, {"a": 2}, {"a": 1}, {"a": 2}, []),
        ({"a": 1}, {"a": 2}, {"a": 2}, {"a": 2}, []),
        ({"a": 1}, {"a": 2}, {"a": 3}, {"a": 2}, [FieldConflict("a", 1, 2, 3)]),
        ({"a": 1}, {"a": 1}, {}, {}, []),
        ({"a": 1}, {"a": 2}, {}, {"a": 2}, [FieldConflict("a", 1, 2, None)]),
        ({"a": 1}, {}, {"a": 3}, {}, [FieldConflict("a", 1, None, 3)]),
        ({}, {"a": 1}, {"b": 2}, {"a": 1, "b": 2}, []),
        ({}, {"a": 1}, {"a": 2}, {"a": 1}, [FieldConflict("a", None, 1, 2)]),
    ],
)
def test_inf_1_edits_are_joined_field_by_field(
    base: dict[str, int],
    standing: dict[str, int],
    proposed: dict[str, int],
    content: dict[str, int],
    conflicts: list[FieldConflict],
) -> None:
    joined = join(base, standing, proposed)
    assert (joined.content, list(joined.conflicts)) == (content, conflicts)


contents = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3), max_size=6)


@given(contents, contents, contents)
def test_inf_1_no_value_that_anybody_wrote_is_lost(
    base: dict[str, int], standing: dict[str, int], proposed: dict[str, int]
) -> None:
    joined = join(base, standing, proposed)
    laid_open = {conflict.field: conflict for conflict in joined.conflicts}
    for field in {*base, *standing, *proposed}:
        was, stands, wanted = base.get(field), standing.get(field), proposed.get(field)
        kept = joined.content.get(field)
        if field in laid_open:
            found = laid_open[field]
            assert (found.base, found.standing, found.proposed) == (was, stands, wanted)
            assert kept == stands
        else:
            assert stands in (was, kept)
            assert wanted in (was, kept)


@given(contents, contents, contents)
def test_inf_1_who_comes_first_makes_no_difference_without_a_conflict(
    base: dict[str, int], one: dict[str, int], other: dict[str, int]
) -> None:
    this, that = join(base, one, other), join(base, other, one)
    fields = [conflict.field for conflict in this.conflicts]
    assert fields == [conflict.field for conflict in that.conflicts]
    if not fields:
        assert this.content == that.content


@pytest.mark.parametrize(
    ("ending", "days"), [(Ending.RECORD, 365), (Ending.SPECIAL_GROUP, 30), (Ending.DRAFT, 90)]
)
def test_part_8_what_ended_is_erased_after_its_term(ending: Ending, days: int) -> None:
    last, first = DAY + timedelta(days=days - 1), DAY + timedelta(days=days)
    assert not is_over(ending, DAY, last, DEFAULTS).verdict
    found = is_over(ending, DAY, first, DEFAULTS)
    assert (found.verdict, found.because["erased_on"]) == (True, first.isoformat())


@pytest.mark.parametrize(
    ("state", "was_entered", "ended_on", "needed"),
    [
        (ENTERED, True, None, True),
        (ENTERED, True, DAY, False),
        (SUBMITTED, False, None, True),
        (SUBMITTED, True, DAY, False),
        (DRAFT, False, None, False),
        (DRAFT, True, None, True),
        (RETURNED, False, None, False),
    ],
)
def test_part_8_a_record_is_needed_until_it_ends(
    state: RecordState, was_entered: bool, ended_on: date | None, needed: bool
) -> None:
    assert is_needed(state, was_entered, ended_on).verdict is needed
