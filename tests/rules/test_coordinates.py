"""GCJ-02 and BD-09: published reference points, round trips, and places that are not shifted.

The points are those of eviltransform's tests and of the README of coordtransform.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.coordinates import (
    ReferenceSystem,
    bd09_to_gcj02,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    position_to_wgs84,
    to_wgs84,
    wgs84_to_gcj02,
)
from app.rules.geodesy import Position, distance_m

TENTH_OF_A_MICRODEGREE = 1e-7

WGS84_AND_GCJ02 = [
    pytest.param((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597), id="shanghai"),
    pytest.param((113.912316, 22.543847), (113.9171764808363, 22.540796131694766), id="shenzhen"),
    pytest.param((116.377817, 39.911954), (116.38404722455657, 39.91334545536069), id="beijing"),
    pytest.param((116.404, 39.915), (116.41024449916938, 39.91640428150164), id="tiananmen"),
]

UNSHIFTED = [
    pytest.param(-104.9903, 39.7392, id="denver"),
    pytest.param(153.0251, -27.4698, id="brisbane"),
    pytest.param(-43.1729, -22.9068, id="rio_de_janeiro"),
    pytest.param(72.003, 30.0, id="west_of_the_rectangle"),
    pytest.param(137.8348, 30.0, id="east_of_the_rectangle"),
    pytest.param(100.0, 0.8292, id="south_of_the_rectangle"),
    pytest.param(100.0, 55.8272, id="north_of_the_rectangle"),
    pytest.param(180.0, 90.0, id="pole"),
]

in_china = st.tuples(st.floats(73.5, 135.0), st.floats(18.2, 53.5))


def one(position: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([position[0]]), np.array([position[1]])


@pytest.mark.parametrize(("wgs84", "gcj02"), WGS84_AND_GCJ02)
def test_published_points_forward(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    lon, lat = wgs84_to_gcj02(*one(wgs84))
    assert (lon[0], lat[0]) == pytest.approx(gcj02, abs=1e-12)


@pytest.mark.parametrize(("wgs84", "gcj02"), WGS84_AND_GCJ02)
def test_published_points_back(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    found = position_to_wgs84(Position(*gcj02), ReferenceSystem.GCJ02)
    assert (found.lon, found.lat) == pytest.approx(wgs84, abs=1e-9)


def test_published_point_of_bd09_forward() -> None:
    lon, lat = gcj02_to_bd09(*one((116.404, 39.915)))
    assert (lon[0], lat[0]) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-12)


def test_published_point_of_bd09_back_within_a_decimetre() -> None:
    """The published inverse is an approximation: ours leads back to where it came from."""
    lon, lat = bd09_to_gcj02(*one((116.404, 39.915)))
    published = Position(116.39762729119315, 39.90865673957631)
    assert distance_m(Position(lon[0], lat[0]), published) < 0.1
    assert gcj02_to_bd09(lon, lat)[0][0] == pytest.approx(116.404, abs=1e-10)


def test_bd09_goes_through_gcj02() -> None:
    lon, lat = gcj02_to_bd09(*wgs84_to_gcj02(*one((104.547, 30.411))))
    found = position_to_wgs84(Position(lon[0], lat[0]), ReferenceSystem.BD09)
    assert (found.lon, found.lat) == pytest.approx((104.547, 30.411), abs=1e-9)


@pytest.mark.parametrize(("lon", "lat"), UNSHIFTED)
def test_outside_the_rectangle_nothing_is_shifted(lon: float, lat: float) -> None:
    assert [part[0] for part in wgs84_to_gcj02(*one((lon, lat)))] == [lon, lat]
    assert [part[0] for part in gcj02_to_wgs84(*one((lon, lat)))] == [lon, lat]


@pytest.mark.parametrize(("lon", "lat"), [(72.004, 30.0), (137.8347, 30.0), (100.0, 0.8293)])
def test_the_edge_of_the_rectangle_is_shifted(lon: float, lat: float) -> None:
    assert [part[0] for part in wgs84_to_gcj02(*one((lon, lat)))] != [lon, lat]


def test_wgs84_stays_as_it_is() -> None:
    lon, lat = one((104.547, 30.411))
    assert to_wgs84(lon, lat, ReferenceSystem.WGS84) == (lon, lat)


@given(in_china)
def test_there_and_back(position: tuple[float, float]) -> None:
    lon, lat = gcj02_to_wgs84(*wgs84_to_gcj02(*one(position)))
    assert (lon[0], lat[0]) == pytest.approx(position, abs=1e-9)


@given(in_china)
def test_baidu_there_and_back(position: tuple[float, float]) -> None:
    lon, lat = bd09_to_gcj02(*gcj02_to_bd09(*one(position)))
    assert (lon[0], lat[0]) == pytest.approx(position, abs=1e-9)


@given(st.lists(in_china, min_size=1, max_size=20))
def test_many_at_once_are_what_each_is_alone(positions: list[tuple[float, float]]) -> None:
    lon, lat = np.array(positions).T
    together = to_wgs84(lon, lat, ReferenceSystem.GCJ02)
    alone = [position_to_wgs84(Position(*found), ReferenceSystem.GCJ02) for found in positions]
    assert np.column_stack(together) == pytest.approx(
        np.array([(found.lon, found.lat) for found in alone]), abs=1e-9
    )


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_every_position_on_earth_has_an_answer(lon: float, lat: float) -> None:
    for system in ReferenceSystem:
        found = position_to_wgs84(Position(lon, lat), system)
        assert np.isfinite([found.lon, found.lat]).all()
