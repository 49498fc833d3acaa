"""Clock, keys, cursors, language: the words that everyone uses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import clock, ids, paging
from app.kit.errors import BadCursor
from app.kit.language import Language, preferred

INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 3, 17, 15, 59, 59, tzinfo=UTC), date(2026, 3, 17)),
        (datetime(2026, 3, 17, 16, 0, 0, tzinfo=UTC), date(2026, 3, 18)),
    ],
)
def test_a_civil_day_begins_at_midnight_in_shanghai(instant: datetime, day: date) -> None:
    assert clock.civil_day(instant) == day


@given(INSTANTS)
def test_an_instant_lies_within_its_civil_day(instant: datetime) -> None:
    day = clock.civil_day(instant)
    assert clock.day_start(day) <= instant < clock.day_end(day)
    assert clock.day_end(day) == clock.day_start(day + timedelta(days=1))


@given(INSTANTS, st.binary(min_size=10, max_size=10))
def test_a_key_is_a_uuidv7_and_tells_its_millisecond(instant: datetime, rest: bytes) -> None:
    made = ids.uuid7(instant, rest)
    assert ids.is_uuid7(made)
    assert made.variant == "specified in RFC 4122"
    assert abs(ids.time_of(made) - instant) <= timedelta(milliseconds=1)
    assert ids.first_uuid7(instant) <= made


@given(INSTANTS, INSTANTS)
def test_keys_sort_by_time(a: datetime, b: datetime) -> None:
    earlier, later = sorted((a, b))
    if later - earlier > timedelta(milliseconds=1):
        assert ids.uuid7(earlier) < ids.uuid7(later)
        assert ids.uuid7(earlier) < ids.first_uuid7(later)


@given(st.text().filter(lambda text: "\x00" not in text), st.integers())
def test_a_cursor_gives_back_its_key(text: str, number: int) -> None:
    assert paging.decode(paging.encode(text, number), str, int) == (text, number)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "!",
        "e30",
        "WzFd",
        paging.encode("a"),
        paging.encode(True),
        paging.encode("\x00", 1),
        "ö",
    ],
)
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        paging.decode(cursor, str, int)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.8", "en"),
        ("zh-CN,en;q=0.9", "zh"),
        ("en;q=0.4,zh;q=0.6", "zh"),
        ("fr", "zh"),
        ("en;q=x", "zh"),
    ],
)
def test_chinese_unless_english_is_preferred(header: str | None, language: Language) -> None:
    assert preferred(header) == language
