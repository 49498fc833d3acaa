"""INF-1: what makes two records likely the same, and what never does (二2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.duplicates import (
    ALIKE,
    Described,
    alike,
    box_around,
    compared,
    contradict,
    likeness,
)
from app.rules.geodesy import Position, distance_m
from app.rules.information import RecordKind

RADIUS_M = 30
HERE = Position(104.547, 30.411)
NEAR = Position(104.547, 30.411 + 29.9 / 110_860)
FAR = Position(104.547, 30.411 + 30.2 / 110_860)


def shop(
    name: str | None = "好又多便利店",
    address: str | None = "射洪坝街道东溪路 12 号",
    position: Position | None = HERE,
    kind: RecordKind = RecordKind.PLACE,
    sort: str | None = "shop",
) -> Described:
    return Described(kind, position, name, address, sort)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (shop(), True),
        (shop(position=NEAR), True),
        (shop(position=FAR), False),
        (shop(position=None), False),
        (shop(name="好又多便利"), True),
        (shop(name="理发店", address="射洪坝街道东溪路12号"), True),
        (shop(name="理发店", address="老街三巷"), False),
        (shop(name=None), True),
        (shop(name=None, address=None), False),
        (shop(kind=RecordKind.ORGANISATION), False),
        (shop(sort="home"), False),
        (shop(sort=None), False),
        (shop(address="射洪坝街道东溪路 13 号"), False),
        (shop(name="好又多便利店", address="射洪坝街道东溪路十二号"), False),
        (shop(name="好又多便利店2店"), False),
    ],
)
def test_inf_1_near_and_alike_and_of_one_kind(other: Described, expected: bool) -> None:
    assert (alike(shop(), other, RADIUS_M) is not None) is expected
    assert (alike(other, shop(), RADIUS_M) is not None) is expected


def test_inf_1_the_reasons_are_figures() -> None:
    assert alike(shop(), shop(name="好又多便利", position=NEAR), RADIUS_M) == {
        "distance_m": 29.9,
        "name": 0.91,
        "address": 1.0,
    }


def test_inf_1_persons_are_never_compared_by_resemblance() -> None:
    one = shop(kind=RecordKind.PERSON)
    assert alike(one, one, RADIUS_M) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("3栋2单元301", "3栋2单元302", True),
        ("3栋2单元301", "３栋 2 单元 301", False),
        ("第一小学", "第1小学", False),
        ("第一小学", "第二小学", True),
        ("A座", "B座", True),
        ("a座", "A 座", False),
        ("甲院", "乙院", True),
        ("东溪路", "东溪路8号", True),
        (None, "东溪路8号", False),
        ("东溪路", "东溪街", False),
    ],
)
def test_inf_1_another_number_is_another_thing(
    one: str | None, other: str | None, expected: bool
) -> None:
    assert contradict(one, other) is expected
    assert contradict(other, one) is expected


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ("abcde", "abcdx", True),
        ("abcd", "abcx", False),
        ("东溪路 12 号（旁）", "东溪路12号旁", True),
        ("", "", False),
        ("——", "——", False),
    ],
)
def test_inf_1_alike_from_four_fifths_on(one: str, other: str, is_alike: bool) -> None:
    assert (likeness(one, other) >= ALIKE) is is_alike


texts = st.text("东西溪路街1234号ab A-一二", max_size=20)


@given(texts, texts)
def test_inf_1_likeness_is_mutual(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == (1 if compared(one) else 0)


@given(
    st.floats(103, 106),
    st.floats(29, 32),
    st.floats(-0.01, 0.01),
    st.floats(-0.01, 0.01),
    st.floats(1, 500),
)
def test_inf_1_the_box_holds_every_neighbour(
    lon: float, lat: float, east: float, north: float, radius_m: float
) -> None:
    here, there = Position(lon, lat), Position(lon + east, lat + north)
    box = box_around(here, radius_m)
    if distance_m(here, there) <= radius_m:
        assert box.west <= there.lon <= box.east
        assert box.south <= there.lat <= box.north
