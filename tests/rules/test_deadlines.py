"""EVT-3: until when a tier may hold an event, and when cards fall (四(二)4)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.cards import Colour, Span, WorkingSpans
from app.rules.deadlines import (
    HOURS,
    LONGEST_IDLE,
    RED_AFTER_H,
    Clock,
    Deadline,
    ExtensionVerdict,
    Hold,
    HoldEnded,
    Known,
    Policy,
    counts_anew,
    deadline_of,
    fallen,
    judge_clock,
    judge_extension,
    not_before_known,
    on_time_share,
    working_spans,
)
from app.rules.field_records import Severity
from app.rules.judge import judge_file
from app.rules.parameters import Supersession, Values, values_on
from app.rules.tiers import Tier
from tests.rules.facts import WEDNESDAY, at

DEFAULTS = Values.defaults()
SATURDAY, SUNDAY, MONDAY = date(2026, 3, 21), date(2026, 3, 22), date(2026, 3, 23)
THURSDAY, FRIDAY = date(2026, 3, 19), date(2026, 3, 20)
MAKE_UP = date(2026, 10, 10)
"""A Saturday on which the nation works."""
SECOND = timedelta(seconds=1)
GENERAL, MAJOR = Severity.GENERAL, Severity.MAJOR


def national(day: date) -> Sequence[Span]:
    return working_spans(day, DEFAULTS, on_duty=bool(chinese_calendar.is_workday(day)))


def but(exempted: date) -> WorkingSpans:
    return lambda day: () if day == exempted else national(day)


def clock(
    arrived: datetime,
    hours: float,
    severity: Severity = GENERAL,
    spans: WorkingSpans = national,
    extended: float = 0,
) -> Clock:
    deadline = Deadline(severity, Decimal(str(hours)))
    return judge_clock(Hold(arrived, deadline, Decimal(str(extended))), 24, spans)


@pytest.mark.parametrize(
    ("arrived", "hours", "due"),
    [
        (at("08:30:00"), 3.5, at("12:00:00")),
        (at("08:29:59"), 3.5, at("12:00:00")),
        (at("08:30:01"), 3.5, at("14:30:01")),
        (at("12:00:00"), 1, at("15:30:00")),
        (at("13:00:00"), 1, at("15:30:00")),
        (at("11:59:59"), 1, at("15:29:59")),
        (at("17:29:59"), 1, at("09:29:59", THURSDAY)),
        (at("17:30:00"), 1, at("09:30:00", THURSDAY)),
        (at("23:59:59"), 1, at("09:30:00", THURSDAY)),
        (at("08:30:00"), 6.5, at("17:30:00")),
        (at("08:30:00"), 0.01, at("08:30:36")),
        (at("17:00:00", FRIDAY), 1, at("09:00:00", MONDAY)),
        (at("10:00:00", SATURDAY), 6.5, at("17:30:00", MONDAY)),
        (at("10:00:00", SUNDAY), 6.5, at("17:30:00", MONDAY)),
        (at("16:30:00", date(2026, 10, 9)), 2, at("09:30:00", MAKE_UP)),
        (at("17:00:00", date(2026, 9, 30)), 1, at("09:00:00", date(2026, 10, 8))),
        (at("08:30:00"), 65, at("17:30:00", date(2026, 3, 31))),
    ],
)
def test_evt_3_general_events_have_working_hours(
    arrived: datetime, hours: float, due: datetime
) -> None:
    found = clock(arrived, hours)
    assert (found.due, found.yellow, found.red) == (due, due, due + timedelta(hours=24))


@pytest.mark.parametrize(
    ("arrived", "hours", "due"),
    [
        (at("23:30:00"), 0.5, at("00:00:00", THURSDAY)),
        (at("23:30:01"), 0.5, at("00:00:01", THURSDAY)),
        (at("12:00:00", SATURDAY), 4, at("16:00:00", SATURDAY)),
    ],
)
def test_evt_3_major_events_have_hours_of_the_clock(
    arrived: datetime, hours: float, due: datetime
) -> None:
    assert clock(arrived, hours, MAJOR).due == due


def test_evt_3_an_exempted_date_does_not_count() -> None:
    assert clock(at("16:30:00"), 2).due == at("09:30:00", THURSDAY)
    assert clock(at("16:30:00"), 2, spans=but(THURSDAY)).due == at("09:30:00", FRIDAY)
    assert clock(at("16:30:00"), 2, MAJOR, but(THURSDAY)).due == at("18:30:00")


def test_evt_3_an_extension_is_of_the_same_kind_of_hours() -> None:
    assert clock(at("16:30:00"), 1, extended=1).due == at("09:30:00", THURSDAY)
    assert clock(at("16:30:00"), 1, MAJOR, extended=1).due == at("18:30:00")


def test_evt_3_each_date_has_the_working_hours_of_its_day() -> None:
    rows = [Supersession("morning_from", "09:00", THURSDAY)]

    def spans(day: date) -> Sequence[Span]:
        return working_spans(day, values_on(day, rows), on_duty=True)

    assert clock(at("17:00:00"), 1, spans=spans).due == at("09:30:00", THURSDAY)
    assert clock(at("17:00:00"), 1).due == at("09:00:00", THURSDAY)
    assert working_spans(WEDNESDAY, DEFAULTS, on_duty=False) == ()


def test_evt_3_red_after_is_a_parameter() -> None:
    assert DEFAULTS[RED_AFTER_H] == 24
    hold = Hold(at("09:00:00"), Deadline(GENERAL, Decimal(1)))
    assert judge_clock(hold, 12, national).red == at("22:00:00")


def test_evt_3_without_any_duty_date_every_hour_counts_in_the_end() -> None:
    found = clock(at("09:00:00"), 2, spans=lambda _: ())
    later = WEDNESDAY + timedelta(days=LONGEST_IDLE)
    assert found.due == at("02:00:00", later)
    sparse = clock(at("09:00:00"), 13, spans=lambda day: national(day) if day.day == 1 else ())
    assert sparse.due == at("17:30:00", date(2026, 6, 1)), "the first of May is none"


def test_evt_3_what_it_was_computed_from_is_told() -> None:
    assert clock(at("11:00:00"), 2.5).inputs["counted"] == [
        "2026-03-18 11:00:00/12:00:00",
        "2026-03-18 14:30:00/16:00:00",
    ]
    over_midnight = clock(at("23:00:00"), 2, MAJOR).inputs
    assert over_midnight["counted"] == ["2026-03-18 23:00:00/2026-03-19 01:00:00"]
    assert over_midnight["counted_in"] == "hours_of_the_clock"


IN_2026 = st.integers(0, 200 * 86_400).map(lambda s: at("00:00:00", date(2026, 1, 1)) + s * SECOND)
HUNDREDTHS = st.integers(1, 6500).map(lambda hundredths: hundredths / 100)


@given(IN_2026, st.integers(0, 10 * 86_400), HUNDREDTHS, st.sampled_from(Severity))
def test_evt_3_arriving_later_is_never_due_earlier(
    arrived: datetime, later_s: int, hours: float, severity: Severity
) -> None:
    later = arrived + later_s * SECOND
    assert clock(arrived, hours, severity).due <= clock(later, hours, severity).due


@given(IN_2026, HUNDREDTHS, HUNDREDTHS, st.sampled_from(Severity))
def test_evt_3_more_hours_are_never_due_earlier(
    arrived: datetime, hours: float, more: float, severity: Severity
) -> None:
    longer = clock(arrived, round(hours + more, 2), severity)
    assert clock(arrived, hours, severity).due < longer.due


@given(IN_2026, HUNDREDTHS)
def test_evt_3_general_events_are_due_in_working_hours_that_were_all_used(
    arrived: datetime, hours: float
) -> None:
    due = clock(arrived, hours).due
    assert any(opens < due <= closes for opens, closes in national(due.date()))
    days = [
        arrived.date() + timedelta(days=n) for n in range((due.date() - arrived.date()).days + 1)
    ]
    parts = [span for day in days for span in national(day)]
    used = sum(
        (max(min(closes, due) - max(opens, arrived), timedelta()) for opens, closes in parts),
        timedelta(),
    )
    assert used == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("until", "cards"),
    [
        (at("12:00:00") - SECOND, []),
        (at("12:00:00"), []),
        (at("12:00:00") + SECOND, [Colour.YELLOW]),
        (at("12:00:00", THURSDAY), [Colour.YELLOW]),
        (at("12:00:00", THURSDAY) + SECOND, [Colour.YELLOW, Colour.RED]),
    ],
)
def test_evt_3_a_card_falls_when_its_instant_has_passed(
    until: datetime, cards: list[Colour]
) -> None:
    found = fallen(at("12:00:00"), at("12:00:00", THURSDAY), until)
    assert [colour for colour, _ in found] == cards


def policy(key: int, hours: str, first: date, category: str | None = None) -> Policy:
    return Policy(key, category, GENERAL, Tier.GRID, Decimal(hours), first, at("08:00:00"))


POLICIES = [
    policy(1, "3", WEDNESDAY),
    policy(2, "2", WEDNESDAY, "public_safety"),
    policy(3, "1", WEDNESDAY, "public_safety.fire"),
    policy(4, "5", FRIDAY),
    policy(5, "4", FRIDAY, "public_safety"),
    policy(6, "4.5", FRIDAY, "public_safety"),
]


@pytest.mark.parametrize(
    ("category", "day", "hours"),
    [
        ("dispute", WEDNESDAY - timedelta(days=1), "6.5"),
        ("dispute", WEDNESDAY, "3"),
        ("dispute", THURSDAY, "3"),
        ("dispute", FRIDAY, "5"),
        ("public_safety", THURSDAY, "2"),
        ("public_safety", FRIDAY, "4.5"),
        ("public_safety.fire", FRIDAY, "1"),
        ("public_safety.road", THURSDAY, "2"),
        ("public_safety.road", FRIDAY, "4.5"),
    ],
)
def test_evt_3_the_most_specific_hours_in_force_count(category: str, day: date, hours: str) -> None:
    found = deadline_of(POLICIES, category, GENERAL, Tier.GRID, day)
    assert found.hours == Decimal(hours)


def test_evt_3_hours_are_of_a_tier_and_a_severity() -> None:
    for severity, tier, hours in (
        (MAJOR, Tier.GRID, 0.5), (MAJOR, Tier.CENTRE, 4), (GENERAL, Tier.TOWNSHIP, 32.5),
    ):  # fmt: skip
        found = deadline_of(POLICIES, "dispute", severity, tier, WEDNESDAY)
        assert (found.hours, found.policy) == (Decimal(str(hours)), None)
    assert set(HOURS.on(WEDNESDAY)[GENERAL]) == set(Tier) - {Tier.OFFICE}


NOON, TWO, EVENING = at("12:00:00"), at("14:00:00"), at("23:00:00")


@pytest.mark.parametrize(
    ("due", "known", "changed", "yellow"),
    [
        (TWO, NOON, at("10:00:00"), TWO),
        (TWO, NOON, at("13:00:00"), TWO),
        (NOON, TWO, at("10:00:00"), NOON),
        (NOON, TWO, NOON + SECOND, NOON + SECOND),
        (NOON, TWO, at("18:00:00"), TWO),
        (NOON, NOON, at("18:00:00"), NOON),
    ],
)
def test_evt_3_nobody_is_charged_for_an_instant_that_was_not_known(
    due: datetime, known: datetime, changed: datetime, yellow: datetime
) -> None:
    day = timedelta(hours=24)
    was = Known(known, known + day, changed)
    found = not_before_known(Clock(due, due, due + day, {}), was)
    assert (found.due, found.yellow) == (due, yellow)
    assert found.red >= yellow + day
    again = not_before_known(
        Clock(due, due, due + day, {}), Known(found.yellow, found.red, EVENING)
    )
    assert again.yellow == yellow


@pytest.mark.parametrize(
    ("due", "was_due", "anew"),
    [
        (NOON - SECOND, NOON + SECOND, True),
        (NOON, NOON + SECOND, True),
        (NOON + SECOND, NOON + SECOND, False),
        (NOON, NOON, False),
        (NOON - SECOND, NOON - SECOND, False),
    ],
    ids=["past", "just now", "to come", "was due already", "was overdue"],
)
def test_evt_3_a_change_that_would_make_it_due_at_once_counts_anew(
    due: datetime, was_due: datetime, anew: bool
) -> None:
    day = timedelta(hours=24)
    assert counts_anew(Clock(due, due, due + day, {}), was_due, NOON) is anew


@given(IN_2026, IN_2026, IN_2026)
def test_evt_3_a_change_never_draws_a_card_before_it_or_before_the_old_instant(
    due: datetime, known: datetime, changed: datetime
) -> None:
    day = timedelta(hours=24)
    found = not_before_known(Clock(due, due, due + day, {}), Known(known, known + day, changed))
    assert found.yellow >= min(known, changed)
    assert found.red >= min(known + day, changed)
    assert found.yellow >= due
    assert found.red > found.yellow


@pytest.mark.parametrize(
    ("asked", "hours", "verdict"),
    [
        (NOON - SECOND, "6.5", ExtensionVerdict.FITS),
        (NOON, "6.5", ExtensionVerdict.OVERDUE),
        (NOON - SECOND, "6.51", ExtensionVerdict.TOO_LONG),
        (NOON - SECOND, "0.01", ExtensionVerdict.FITS),
    ],
)
def test_evt_3_an_extension_is_asked_for_in_time_and_not_too_long(
    asked: datetime, hours: str, verdict: ExtensionVerdict
) -> None:
    found = judge_extension(asked, NOON, Decimal(hours), Decimal("6.5"))
    assert (found.verdict, found.clause) == (verdict, "四(二)4")


def test_evt_3_share_on_time() -> None:
    on_time, late = HoldEnded(NOON, NOON), HoldEnded(NOON, NOON + SECOND)
    open_still, overdue = HoldEnded(TWO, None), HoldEnded(NOON, None)
    assert on_time_share([], TWO) is None
    assert on_time_share([open_still], TWO) is None
    assert on_time_share([open_still], TWO + SECOND) == 0.0
    assert on_time_share([on_time, late, open_still], TWO) == 0.5
    assert on_time_share([on_time, on_time, late, overdue], TWO) == 0.5
    assert on_time_share([on_time, on_time, late], TWO) == 0.6667


def test_evt_3_cases_may_say_more_or_less() -> None:
    file = {
        "judge": "cards",
        "cases": [
            _case({"tier": "grid"}, "2026-03-19T10:00:00+08:00"),
            _case({"tier": "grid", "severity": "major"}, "2026-03-18T10:30:00+08:00"),
            _case({"hours": 4, "extension": 2}, "2026-03-19T09:30:00+08:00"),
            _case({"hours": 6.5, "exempted": ["2026-03-19"]}, "2026-03-20T10:00:00+08:00"),
            _case(
                {"hours": 6.5, "on_duty": False, "severity": "major"}, "2026-03-18T16:30:00+08:00"
            ),
            _case(
                {"hours": 4, "arrived": "2026-03-21T09:00:00+08:00", "declared": ["2026-03-21"]},
                "2026-03-21T15:30:00+08:00",
            ),
            _case({"hours": 1, "arrived": "2026-03-18T10:00:00"}, "2026-03-18T11:00:00+08:00"),
            _case(
                {"hours": 1, "parameters": {"morning_to": "11:30"}, "arrived": "2026-03-18T11:00"},
                "2026-03-18T15:00:00+08:00",
            ),
        ],
    }
    assert [
        case for case in judge_file(file, None, chinese_calendar.is_workday) if not case.agrees
    ] == []


def _case(said: dict[str, object], due: str) -> dict[str, object]:
    arrived = {"severity": "general", "arrived": "2026-03-18T10:00:00+08:00"}
    return {**arrived, **said, "expect": {"due": due}}


def test_evt_3_cases_can_ask_for_the_cards() -> None:
    known = {"severity": "general", "hours": 1, "arrived": "2026-03-18T10:00:00+08:00"}
    expected = [("2026-03-18T11:00:00+08:00", []), ("2026-03-18T11:00:01+08:00", ["yellow"])]
    cases = [known | {"ended": ended, "expect": {"cards": cards}} for ended, cards in expected]
    red = {
        "red_after": 2,
        "at": "2026-03-18T13:00:01+08:00",
        "expect": {"cards": ["yellow", "red"]},
    }
    file = {"judge": "cards", "cases": [*cases, known | red]}
    assert all(case.agrees for case in judge_file(file, None, chinese_calendar.is_workday))


@pytest.mark.parametrize(
    "wrong",
    [{"hours": "NaN"}, {"hours": None}, {"arrived": None}, {"severity": "grave"}, {"hours": "x"}],
)
def test_evt_3_malformed_cases_are_errors_never_exceptions(wrong: dict[str, object]) -> None:
    case = {"severity": "general", "hours": 1, "arrived": "2026-03-18T10:00:00+08:00", "expect": {}}
    [found] = judge_file({"judge": "cards", "cases": [case | wrong]}, None, lambda _: True)
    assert found.error is not None
