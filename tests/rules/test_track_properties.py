"""FLD-2 as properties, and beside a second, plain implementation of the same sentences."""

from dataclasses import fields
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from app.rules.area import prepare_area
from app.rules.field_time import measure
from app.rules.fixes import Fixes
from app.rules.intervals import clip, length_s, overlap_s, union
from app.rules.parameters import Values
from tests.rules.facts import Fix, square, walk

DEFAULTS = Values.defaults()
GRID = prepare_area([square()], DEFAULTS)
WIDER = prepare_area([square()], Values((("edge_tolerance_m", 120.0),)))

times = st.integers(0, 15).map(lambda step: step * 45.0)
nearby = st.integers(-100, 500).map(lambda metre: metre + 0.5)
"""Never on an edge, where flat metres and those of the ellipsoid may differ by a hair."""
stray = st.just(24_300.0)
walks = st.lists(st.tuples(times, st.one_of(nearby, stray), nearby), max_size=14)
seldom = st.sampled_from([False] * 9 + [True])
accuracies = st.sampled_from([5.0, 8.0, 100.0, 101.0])


@st.composite
def tracks(draw: st.DrawFn) -> Fixes:
    fixes = walk(draw(walks))
    size = len(fixes)
    accuracy_m = np.array(draw(st.lists(accuracies, min_size=size, max_size=size)))
    mocked = draw(st.lists(seldom, min_size=size, max_size=size))
    return Fixes(fixes.t_s, fixes.lon, fixes.lat, accuracy_m, np.array(mocked, dtype=np.bool_))


def counted_s(*devices: Fixes) -> float:
    return length_s(measure(devices, GRID, DEFAULTS).intervals)


@given(tracks(), st.randoms(use_true_random=False))
def test_fld_2_the_order_of_arrival_changes_nothing(fixes: Fixes, random: Random) -> None:
    order = list(range(len(fixes)))
    random.shuffle(order)
    shuffled = fixes.taken(np.array(order, dtype=np.intp))
    assert counted_s(shuffled) == counted_s(fixes)


@given(tracks())
def test_fld_2_a_repeated_upload_and_a_twin_device_change_nothing(fixes: Fixes) -> None:
    twice = Fixes(*(np.concatenate([getattr(fixes, f.name)] * 2) for f in fields(Fixes)))
    assert counted_s(twice) == counted_s(fixes)
    assert counted_s(fixes, fixes) == counted_s(fixes)


@given(tracks(), tracks())
def test_fld_2_a_second_device_never_lowers_and_never_counts_twice(a: Fixes, b: Fixes) -> None:
    together = counted_s(a, b)
    assert max(counted_s(a), counted_s(b)) <= together + 1e-6
    assert together <= counted_s(a) + counted_s(b) + 1e-6


@given(tracks())
def test_fld_2_never_more_than_from_the_first_fix_to_the_last(fixes: Fixes) -> None:
    span = float(np.ptp(fixes.t_s)) if len(fixes) else 0.0
    assert 0.0 <= counted_s(fixes) <= span + 1e-6


@given(tracks())
def test_fld_2_a_wider_area_never_lowers(fixes: Fixes) -> None:
    wider = length_s(measure([fixes], WIDER, DEFAULTS).intervals)
    assert wider >= counted_s(fixes) - 1e-6


Plain = tuple[float, float, float]


def plain_usable(stops: list[Fix], fixes: Fixes) -> list[Plain]:
    """Precise and not mocked, in order, the most accurate of each time."""
    rows = zip(stops, fixes.accuracy_m, fixes.mocked, strict=True)
    kept = [(t, accuracy, x, y) for (t, x, y), accuracy, mocked in rows
            if accuracy <= 100 and not mocked]  # fmt: skip
    first: dict[float, Plain] = {}
    for t, _, x, y in sorted(kept):
        first.setdefault(t, (t, x, y))
    return list(first.values())


def plain_too_fast(a: Plain, b: Plain) -> bool:
    return bool(np.hypot(b[1] - a[1], b[2] - a[2]) > 40 * (b[0] - a[0]))


def plain_steps(usable: list[Plain]) -> list[tuple[Plain, Plain]]:
    """The sentences on teleports, one fix at a time."""
    steps: list[tuple[Plain, Plain]] = []
    last: Plain | None = None
    aside: Plain | None = None
    for fix in usable:
        if last is None:
            last = fix
        elif not plain_too_fast(last, fix):
            steps.append((last, fix))
            last, aside = fix, None
        elif aside is not None and not plain_too_fast(aside, fix):
            steps.append((aside, fix))
            last, aside = fix, None
        else:
            aside = fix
    return [(a, b) for a, b in steps if b[0] - a[0] <= 300]


def plain_counted_s(stops: list[Fix], fixes: Fixes) -> float:
    """In flat metres, by shapely's own intersection of each line."""
    inside = Polygon([(0, 0), (400, 0), (400, 400), (0, 400)]).buffer(30, quad_segs=64)
    total = 0.0
    for a, b in plain_steps(plain_usable(stops, fixes)):
        ends = [inside.covers(Point(fix[1:])) for fix in (a, b)]
        line = LineString([a[1:], b[1:]])
        if all(ends):
            total += b[0] - a[0]
        elif any(ends):
            total += (b[0] - a[0]) * line.intersection(inside).length / line.length
    return total


@settings(max_examples=200)
@given(walks, st.data())
def test_fld_2_agrees_with_a_plain_implementation(stops: list[Fix], data: st.DataObject) -> None:
    fixes = walk(stops)
    size = len(fixes)
    fixes.accuracy_m[:] = data.draw(st.lists(accuracies, min_size=size, max_size=size))
    fixes.mocked[:] = data.draw(st.lists(seldom, min_size=size, max_size=size))
    assert counted_s(fixes) == pytest.approx(plain_counted_s(stops, fixes), abs=2.0)


pieces = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


def as_seconds(bounds: list[tuple[int, int]]) -> set[int]:
    return {second for start, end in bounds for second in range(start, end)}


def as_intervals(
    bounds: list[tuple[int, int]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array(bounds, dtype=np.float64).reshape(-1, 2)


@given(pieces, pieces, st.integers(0, 60), st.integers(0, 60))
def test_intervals_are_sets_of_seconds(
    a: list[tuple[int, int]], b: list[tuple[int, int]], start: int, end: int
) -> None:
    one, other = union(as_intervals(a)), union(as_intervals(b))
    assert length_s(one) == len(as_seconds(a))
    assert overlap_s(one, other) == len(as_seconds(a) & as_seconds(b))
    assert all(earlier[1] < later[0] for earlier, later in pairwise(one))
    if start <= end:
        assert length_s(clip(one, start, end)) == len(as_seconds(a) & set(range(start, end)))
