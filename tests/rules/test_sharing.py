"""ORG-5: an absent member's open visits are shared out in the group, and given back (二9(2))."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.sharing import Crew, Held, Holding, OpenVisit, TakenOver, share_out
from app.rules.visits import VisitKind

MONDAY = date(2026, 3, 16)
ANNA, BO, CAI, DENG = (UUID(int=number) for number in (1, 2, 3, 4))
LEAVE = UUID(int=99)


def visit(
    number: int,
    home: UUID | None = ANNA,
    deadline: date = MONDAY + timedelta(days=6),
    kind: VisitKind = VisitKind.RENTAL,
) -> OpenVisit:
    """An open visit; its number is that of its place and of its target."""
    key = UUID(int=1000 + number)
    return OpenVisit(key, MONDAY, deadline, kind, key, home)


def away(*members: UUID, worker: UUID = ANNA) -> Crew:
    """One worker is away, and these of the group are present."""
    return Crew(leave={worker: LEAVE}, members={worker: members})


def holders(held: Holding) -> dict[int, UUID | None]:
    """By the number of each visit."""
    return {key[0].int - 1000: found.worker for key, found in held.items()}


def numbered(*homes: UUID) -> list[OpenVisit]:
    return [visit(number, home) for number, home in enumerate(homes)]


@pytest.mark.parametrize(
    ("crew", "visits", "expected"),
    [
        pytest.param(Crew(), numbered(ANNA, BO), [ANNA, BO], id="nobody is away"),
        pytest.param(away(BO), numbered(ANNA, BO), [BO, BO], id="one stands in for one"),
        pytest.param(away(BO, CAI), numbered(ANNA, ANNA), [BO, CAI], id="in turn, by key"),
        pytest.param(away(BO, CAI), numbered(ANNA, BO), [CAI, BO], id="to whoever has the fewest"),
        pytest.param(
            away(BO, CAI), numbered(ANNA, ANNA, ANNA, BO, BO), [CAI, CAI, BO, BO, BO], id="levelled"
        ),
        pytest.param(away(), numbered(ANNA, BO), [None, BO], id="nobody of the group is present"),
        pytest.param(
            Crew(leave={ANNA: LEAVE}), numbered(ANNA), [None], id="without a group: nobody"
        ),
        pytest.param(away(BO), [visit(0, None)], [None], id="a vacant grid is not shared out"),
        pytest.param(
            away(BO, worker=DENG), numbered(ANNA, DENG), [ANNA, BO], id="only who is away"
        ),
    ],
)
def test_org_5_who_holds_what(
    crew: Crew, visits: list[OpenVisit], expected: list[UUID | None]
) -> None:
    held = share_out(MONDAY, visits, {}, crew)
    assert [holders(held)[number] for number in range(len(visits))] == expected


def test_org_5_by_deadline_then_kind_then_place() -> None:
    soon, later = MONDAY, MONDAY + timedelta(days=6)
    visits = [
        visit(0, deadline=later),
        visit(1, deadline=later, kind=VisitKind.CARE),
        visit(2, deadline=soon, kind=VisitKind.PROPERTY_GUARD),
    ]
    held = share_out(MONDAY, visits, {}, away(BO, CAI))
    assert holders(held) == {2: BO, 1: CAI, 0: BO}


def test_org_5_who_held_it_the_day_before_keeps_it_and_the_trace_says_since_when() -> None:
    tuesday = MONDAY + timedelta(days=1)
    visits = numbered(ANNA, ANNA)
    monday = share_out(MONDAY, visits, {}, away(BO))
    again = share_out(tuesday, [*visits, visit(2)], monday, away(BO, CAI))
    assert holders(again) == {0: BO, 1: BO, 2: CAI}
    assert again[visits[0].key] == Held(BO, TakenOver(ANNA, LEAVE, MONDAY))
    assert again[visit(2).key] == Held(CAI, TakenOver(ANNA, LEAVE, tuesday))


def test_org_5_a_member_who_is_no_longer_there_gives_it_to_another() -> None:
    visits = numbered(ANNA)
    monday = share_out(MONDAY, visits, {}, away(BO))
    tuesday = MONDAY + timedelta(days=1)
    held = share_out(tuesday, visits, monday, away(CAI))
    assert held[visits[0].key] == Held(CAI, TakenOver(ANNA, LEAVE, tuesday))


def test_org_5_given_back_when_leave_ends() -> None:
    visits = numbered(ANNA, BO)
    monday = share_out(MONDAY, visits, {}, away(BO))
    held = share_out(MONDAY + timedelta(days=1), visits, monday, Crew())
    assert holders(held) == {0: ANNA, 1: BO}
    assert not any(found.taken_over for found in held.values())


WORKERS = [ANNA, BO, CAI, DENG]
VISITS = st.lists(
    st.builds(
        visit,
        st.integers(0, 60),
        st.sampled_from([*WORKERS, None]),
        st.integers(0, 6).map(lambda days: MONDAY + timedelta(days=days)),
        st.sampled_from(VisitKind),
    ),
    max_size=40,
    unique_by=lambda found: found.place,
)


@st.composite
def crews(draw: st.DrawFn) -> Crew:
    absent = draw(st.sets(st.sampled_from(WORKERS), max_size=3))
    present = [worker for worker in WORKERS if worker not in absent]
    members = {
        worker: draw(st.lists(st.sampled_from(present), unique=True)) for worker in sorted(absent)
    }
    return Crew(leave=dict.fromkeys(absent, LEAVE), members=members)


@settings(deadline=None)
@given(VISITS, st.lists(crews(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_org_5_nothing_is_lost_or_doubled_whatever_the_order(
    visits: list[OpenVisit], days: list[Crew], shuffle: random.Random
) -> None:
    held: Holding = {}
    for passed, crew in enumerate(days):
        day = MONDAY + timedelta(days=passed)
        shuffled = shuffle.sample(visits, len(visits))
        again = share_out(day, shuffled, held, crew)
        held = share_out(day, visits, held, crew)
        assert again == held
        assert set(held) == {found.key for found in visits}
        check_holders(visits, held, crew)


def check_holders(visits: Sequence[OpenVisit], held: Holding, crew: Crew) -> None:
    """Who is present holds the own; who is away holds nothing; only members stand in."""
    for found in visits:
        worker = held[found.key].worker
        if found.home is not None and found.home in crew.leave:
            assert worker is None or worker in crew.members[found.home]
            assert held[found.key].taken_over is not None
            assert (worker is None) == (not crew.members[found.home])
        else:
            assert worker == found.home


@settings(deadline=None)
@given(VISITS, st.lists(st.sampled_from([BO, CAI, DENG]), min_size=1, unique=True))
def test_org_5_nobody_who_receives_ends_up_with_two_more_than_another(
    visits: list[OpenVisit], members: list[UUID]
) -> None:
    held = share_out(MONDAY, visits, {}, away(*members))
    loads = Counter(found.worker for found in held.values())
    received = {found.worker for found in held.values() if found.taken_over}
    for worker in received:
        assert loads[worker] <= min(loads[member] for member in members) + 1
