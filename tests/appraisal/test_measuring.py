"""APR-1: what each indicator is made of, record by record, and how it is stored (五1)."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appraisal.computing import compute_month
from app.db.models import MonthAppraisal, MonthIndicator, ParameterValue
from app.rules.appraisal import Indicator, Result
from app.rules.incidents import State
from app.rules.information import CheckResult
from app.rules.meetings import Presence
from tests.appraisal.facts import (
    COMMUNITY,
    GRID,
    MONTH,
    NEIGHBOUR,
    SETTLED,
    THIRD,
    StationMonth,
)


def stored(db: Session, worker_id: UUID) -> dict[Indicator, tuple[int, int]]:
    rows = db.scalars(select(MonthIndicator).where(MonthIndicator.worker_id == worker_id))
    return {row.indicator: (row.numerator, row.denominator) for row in rows}


def a_mixed_month(month: StationMonth) -> None:
    """Some of everything, on both sides of the month's edges."""
    for grid in (NEIGHBOUR, THIRD):
        month.days(grid)
    month.days(missed=[2, 3], short=[4], leave=[5])
    month.tally(date(2026, 2, 23), date(2026, 3, 1), owed=3, paid=2)
    month.tally(date(2026, 3, 30), date(2026, 4, 5), owed=9, paid=0)
    in_time = month.record(date(2026, 3, 2), date(2026, 3, 9))
    late = month.record(date(2026, 3, 2), date(2026, 3, 10))
    month.record(date(2026, 3, 30), None)
    month.check(date(2026, 3, 20), [(in_time, CheckResult.CORRECT), (late, CheckResult.WRONG)])
    month.hold(date(2026, 3, 10))
    month.hold(date(2026, 3, 11), card=True)
    month.hold(date(2026, 3, 12), card=True, questioned=True)
    month.hold(date(2026, 4, 1))
    month.rated(date(2026, 3, 31), 4)
    month.rated(date(2026, 4, 1), 1)
    present = {GRID: Presence.PRESENT, NEIGHBOUR: Presence.ABSENT}
    month.meeting(date(2026, 3, 2), present)
    month.meeting(date(2026, 3, 3), {GRID: Presence.ABSENT})


def test_apr_1_every_indicator_is_measured_from_its_records(month: StationMonth) -> None:
    db = month.db
    a_mixed_month(month)

    assert compute_month(db, COMMUNITY, MONTH, SETTLED) == 3

    duty = len(month.duty)
    assert stored(db, month.worker()) == {
        Indicator.ATTENDANCE: (3 * (duty - 1) - 2, 3 * (duty - 1)),
        Indicator.FIELD_TIME: (duty - 2, duty - 1),
        Indicator.VISITS: (2, 3),
        Indicator.INFORMATION: (1 + 1, 2 + 2),
        Indicator.EVENTS: (1, 2),
        Indicator.SERVICES: (4, 5),
        Indicator.MEETINGS: (1, 2),
    }
    row = db.get_one(MonthAppraisal, (month.worker(), MONTH))
    expected = (
        20 * Decimal(3 * (duty - 1) - 2) / (3 * (duty - 1))
        + 20 * Decimal(duty - 2) / (duty - 1)
        + 20 * Decimal(2) / 3
        + Decimal("7.5") + Decimal("7.5") + 4 + Decimal("2.5")
    )  # fmt: skip
    assert row.score == expected.quantize(Decimal("0.01"))
    assert row.proposed is Result.PASS
    assert row.because["posts"] == [
        {"community_code": COMMUNITY, "first": "2026-03-01", "last": "2026-03-31"}
    ]
    assert row.because["settled"] is True
    neighbour = stored(db, month.worker(NEIGHBOUR))
    assert neighbour[Indicator.ATTENDANCE] == (3 * duty, 3 * duty)
    assert neighbour[Indicator.VISITS] == (0, 0)
    assert neighbour[Indicator.MEETINGS] == (0, 1)


def test_apr_1_computed_again_nothing_is_doubled_and_what_changed_shows(
    month: StationMonth,
) -> None:
    db = month.db
    for grid in (GRID, NEIGHBOUR, THIRD):
        month.days(grid)
    compute_month(db, COMMUNITY, MONTH, SETTLED)
    before = stored(db, month.worker())
    month.meeting(date(2026, 3, 2), {GRID: Presence.ABSENT})
    assert compute_month(db, COMMUNITY, MONTH, SETTLED) == 3
    after = stored(db, month.worker())
    assert {name for name in after if after[name] != before[name]} == {Indicator.MEETINGS}
    assert len(db.scalars(select(MonthAppraisal)).all()) == 3
    assert len(db.scalars(select(MonthIndicator)).all()) == 3 * len(Indicator)


def test_apr_1_evt_5_the_quota_counts_where_one_was_set_by_the_month(month: StationMonth) -> None:
    db = month.db
    for grid in (GRID, NEIGHBOUR, THIRD):
        month.days(grid)
    setter = month.account("command_centre")
    for value, since in ((3, date(2026, 3, 1)), (9, date(2026, 3, 2))):
        db.add(
            ParameterValue(
                name="monthly_event_quota", value=value, effective_from=since, reason="r",
                decided_by=setter, decided_at=SETTLED,
            )
        )  # fmt: skip
    month.hold(date(2026, 3, 10))
    month.hold(date(2026, 3, 11))
    month.hold(date(2026, 3, 12), state=State.FALSE)
    compute_month(db, COMMUNITY, MONTH, SETTLED)
    assert stored(db, month.worker())[Indicator.EVENTS] == (3 + 2, 3 + 3)
    assert stored(db, month.worker(NEIGHBOUR))[Indicator.EVENTS] == (0, 3)
    parts = db.get_one(MonthIndicator, (month.worker(), MONTH, Indicator.EVENTS)).parts["parts"]
    assert parts["quota"]["numerator"] == 2
