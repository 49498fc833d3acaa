"""FLD-2 and FLD-5: time in the grid from the track alone (三(一)1 “6”)."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from shapely.geometry import Polygon

from app.rules.area import prepare_area
from app.rules.field_time import Measurement, measure
from app.rules.fixes import Disposition, Fixes, data_quality
from app.rules.geodesy import Position, distance_m
from app.rules.intervals import length_s
from app.rules.parameters import Values
from tests.rules.facts import NINE, WEDNESDAY, Fix, square, walk

DEFAULTS = Values.defaults()
GRID = prepare_area([square()], DEFAULTS)
USED, MOCKED, IMPRECISE, SUPERSEDED, TELEPORT = Disposition

IN, OUT, FAR = (200.0, 200.0), (-200.0, 200.0), (9000.0, 200.0)
"""Inside the grid, 200 m west of it, and a place that nobody reaches in a minute."""


def go(*stops: tuple[float, tuple[float, float]]) -> list[Fix]:
    return [(seconds, *spot) for seconds, spot in stops]


def measured(*devices: Fixes, values: Values = DEFAULTS) -> Measurement:
    return measure(devices, GRID, values)


def seconds(*devices: Fixes, values: Values = DEFAULTS) -> float:
    return round(length_s(measured(*devices, values=values).intervals), 3)


@pytest.mark.parametrize(
    ("gap_s", "counted_s"), [(300.0, 300.0), (300.001, 0.0), (301.0, 0.0), (0.5, 0.5)]
)
def test_fld_2_a_step_is_at_most_300_seconds(gap_s: float, counted_s: float) -> None:
    assert seconds(walk(go((0, IN), (gap_s, IN)))) == counted_s


def test_fld_2_a_gap_of_whole_milliseconds_is_not_lost_to_binary_fractions() -> None:
    for millisecond in range(1000):
        fixes = walk(go((millisecond / 1000, IN), (300 + millisecond / 1000, IN)))
        assert seconds(fixes) == 300.0


@pytest.mark.parametrize(("west_m", "counted_s"), [(0.0, 60.0), (29.9, 60.0), (30.1, 0.0)])
def test_fld_2_the_edge_is_widened_by_30_m(west_m: float, counted_s: float) -> None:
    outside = (-west_m, 200.0)
    assert seconds(walk(go((0, outside), (60, outside)))) == counted_s


@pytest.mark.parametrize(("diagonal_m", "counted_s"), [(29.9, 60.0), (30.1, 0.0)])
def test_fld_2_the_widened_corner_is_round(diagonal_m: float, counted_s: float) -> None:
    corner = (-diagonal_m / math.sqrt(2), -diagonal_m / math.sqrt(2))
    assert seconds(walk(go((0, corner), (60, corner)))) == counted_s


def test_fld_2_one_end_inside_counts_the_share_of_the_line() -> None:
    """From 200 m inside to 200 m outside: 230 m of 400 m."""
    assert seconds(walk(go((0, IN), (100, OUT)))) == pytest.approx(57.5, abs=0.01)
    assert seconds(walk(go((0, OUT), (100, IN)))) == pytest.approx(57.5, abs=0.01)


def test_fld_2_both_ends_outside_count_nothing_though_the_line_crosses() -> None:
    assert seconds(walk(go((0, OUT), (100, (600.0, 200.0))))) == 0.0


def test_fld_2_both_ends_inside_count_whole_though_the_line_leaves() -> None:
    notched = prepare_area([square(0, 100), square(300, 100)], DEFAULTS)
    fixes = walk(go((0, (50.0, 50.0)), (100, (350.0, 50.0))))
    assert length_s(measure([fixes], notched, DEFAULTS).intervals) == 100.0


def test_fld_2_a_line_can_be_inside_in_several_parts() -> None:
    """Two squares of 100 m, widened: from inside the first, past the second, to the outside."""
    two = prepare_area([square(0, 100), square(300, 100)], DEFAULTS)
    fixes = walk(go((0, (50.0, 50.0)), (60, (650.0, 50.0))))
    parts = measure([fixes], two, DEFAULTS).intervals - NINE
    assert parts == pytest.approx(np.array([[0, 8], [22, 38]]), abs=0.01)


def test_fld_2_accuracy_and_mocked_providers() -> None:
    fixes = walk(go((0, IN), (60, IN), (120, IN), (180, IN)), mocked=[1])
    accuracies = np.array([100.0, 5.0, 100.1, np.nan])
    judged = measured(replace(fixes, accuracy_m=accuracies))
    assert judged.dispositions[0].tolist() == [USED, MOCKED, IMPRECISE, IMPRECISE]


def test_fld_2_without_numbers_there_is_no_fix() -> None:
    fixes = walk(go((0, IN), (60, IN), (120, IN)))
    fixes.lon[1] = np.nan
    assert measured(fixes).dispositions[0].tolist() == [USED, IMPRECISE, USED]
    assert seconds(fixes) == 120.0


def test_fld_2_of_one_time_the_most_accurate_usable_fix_is_kept() -> None:
    fixes = walk(go((0, IN), (60, FAR), (60, IN), (60, OUT), (120, IN)), mocked=[1])
    accuracies = np.array([8.0, 1.0, 5.0, 6.0, 8.0])
    judged = measured(replace(fixes, accuracy_m=accuracies))
    assert judged.dispositions[0].tolist() == [USED, MOCKED, USED, SUPERSEDED, USED]
    assert length_s(judged.intervals) == 120.0


@pytest.mark.parametrize(("metres", "disposition"), [(399.9, USED), (400.1, TELEPORT)])
def test_fld_2_more_than_40_metres_a_second(metres: float, disposition: Disposition) -> None:
    fixes = walk(go((0, (0.0, 0.0)), (10, (metres, 0.0))))
    assert measured(fixes).dispositions[0].tolist() == [USED, disposition]


@pytest.mark.parametrize(
    ("stops", "dispositions", "counted_s"),
    [
        (go((0, IN), (60, FAR), (120, IN)), [USED, TELEPORT, USED], 120),
        (go((0, FAR), (60, IN), (120, IN)), [USED, USED, USED], 60),
        (go((0, IN), (60, IN), (120, FAR)), [USED, USED, TELEPORT], 60),
        (go((0, IN), (60, FAR), (120, FAR), (180, FAR)), [USED] * 4, 0),
        (
            go((0, IN), (10, FAR), (20, (-9000.0, 0.0)), (30, (20000.0, 0.0)), (40, IN)),
            [USED, TELEPORT, TELEPORT, TELEPORT, USED],
            40,
        ),
        (
            go(
                (0, IN), (60, FAR), (70, (-9000.0, 0.0)), (80, (-9000.0, 0.0)), (600, IN), (660, IN)
            ),
            [USED, TELEPORT, USED, USED, USED, USED],
            60,
        ),
        (
            go((0, IN), (60, FAR), (120, FAR), (180, IN), (240, IN)),
            [USED, USED, USED, USED, USED],
            60,
        ),
    ],
)
def test_fld_2_teleports(stops: list[Fix], dispositions: list[int], counted_s: float) -> None:
    fixes = walk(stops)
    assert measured(fixes).dispositions[0].tolist() == dispositions
    assert seconds(fixes) == counted_s


def test_fld_2_a_second_device_counts_no_second_twice() -> None:
    first = walk([(second, *IN) for second in range(0, 601, 60)])
    second = walk([(second, *IN) for second in range(300, 901, 60)])
    assert seconds(first, second) == 900.0
    assert len(measured(first, second).intervals) == 1


@pytest.mark.parametrize("grids", [[], [Polygon()]])
def test_fld_2_without_a_grid_nothing_is_inside(grids: Sequence[Polygon]) -> None:
    area = prepare_area(grids, DEFAULTS)
    assert len(measure([walk(go((0, IN), (60, IN), (120, FAR)))], area, DEFAULTS).intervals) == 0


def test_fld_2_without_fixes_nothing_counts() -> None:
    assert seconds() == 0.0
    assert seconds(walk([]), walk(go((0, IN)))) == 0.0


def test_fld_2_a_thousand_crossings_are_counted_in_blocks() -> None:
    fixes = walk([(float(step), *(IN if step % 2 else OUT)) for step in range(20_001)])
    slow = Values((("max_speed_mps", 1000.0),))
    assert seconds(fixes, values=slow) == pytest.approx(20_000 * 0.575, abs=2)


def test_fld_5_quality_counts_the_fixes_of_the_date() -> None:
    stops = go((0, IN), (60, FAR), (120, IN), (120, IN), (180, IN), (240, IN))
    fixes = walk(stops, mocked=[4])
    fixes.accuracy_m[5] = 500.0
    yesterday = replace(fixes, t_s=fixes.t_s - 86_400)
    judged = measured(fixes, yesterday)
    quality = data_quality([fixes, yesterday], judged.dispositions, WEDNESDAY)
    assert quality == data_quality([fixes], judged.dispositions[:1], WEDNESDAY)
    assert (quality.fixes, quality.used, quality.superseded) == (6, 2, 1)
    assert (quality.mocked, quality.imprecise, quality.teleports) == (1, 1, 1)
    assert quality.doubtful_share == 0.5
    nothing = data_quality([fixes], judged.dispositions[:1], WEDNESDAY + timedelta(days=1))
    assert nothing.doubtful_share == 0.0


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        # A second of arc on the equator and on the meridian, a degree, and over the date line.
        (Position(0, 0), Position(1 / 3600, 0), 30.922),
        (Position(0, 0), Position(0, 1 / 3600), 30.715),
        (Position(104.0, 45.0), Position(104.0, 46.0), 111_141.5),
        (Position(179.9999, 0), Position(-179.9999, 0), 22.264),
    ],
)
def test_metres_are_those_of_the_ellipsoid(a: Position, b: Position, metres: float) -> None:
    assert distance_m(a, b) == pytest.approx(metres, rel=2e-5)
