"""The duty calendar over HTTP (ATT-6)."""

from datetime import date, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import StaleDay
from app.kit import clock
from app.people.city_refusals import TooLateToDeclare, TooLateToExempt
from app.people.duty_calendar import check_in_time
from app.rules.duty import DutyChange
from tests.conftest import SignedIn

COMMUNITY = "510185001001"


@pytest.fixture
def today() -> date:
    """The civil date of the test."""
    return clock.civil_day(clock.now())


def decided(client: SignedIn, day: date, change: str, unit: str = "510185") -> httpx.Response:
    """The centre decides a date."""
    body = {"day": day.isoformat(), "unit": unit, "change": change, "reason": "重点时段"}
    answer: httpx.Response = client.http.post(
        "/v1/calendar/decisions", json=body, headers=client.as_("command_centre")
    )
    return answer


def shown(client: SignedIn, unit: str, first: date, last: date) -> httpx.Response:
    """The calendar of a unit."""
    answer: httpx.Response = client.http.get(
        f"/v1/calendar?unit={unit}&from={first}&to={last}", headers=client.as_("command_centre")
    )
    return answer


def test_att_6_the_national_calendar_with_make_up_days(client: SignedIn) -> None:
    days = shown(client, COMMUNITY, date(2026, 9, 20), date(2026, 10, 1)).json()["items"]
    duty = {item["day"]: item["on_duty"] for item in days}
    assert duty["2026-09-20"] is True  # a Sunday worked for the holiday
    assert duty["2026-09-26"] is False
    assert duty["2026-10-01"] is False
    assert days[0]["by"] == "national_calendar"
    assert days[0]["clause"] == "三(二)2, 二8"


def test_beyond_the_published_calendar_weekdays_count(client: SignedIn) -> None:
    days = shown(client, COMMUNITY, date(2027, 1, 1), date(2027, 1, 2)).json()["items"]
    assert [(day["on_duty"], day["published"]) for day in days] == [(True, False), (False, False)]


def test_att_6_a_decision_reaches_its_unit_and_the_latest_counts(
    client: SignedIn, today: date
) -> None:
    day = today + timedelta(days=1)
    assert decided(client, day, "declared").status_code == 201
    assert decided(client, day, "exempted", "510185001").status_code == 201
    (here,) = shown(client, COMMUNITY, day, day).json()["items"]
    (there,) = shown(client, "510185002001", day, day).json()["items"]
    assert (here["on_duty"], here["by"]) == (False, "exempted")
    assert (there["on_duty"], there["by"]) == (True, "declared")
    assert [found["reason"] for found in here["decisions"]] == ["重点时段", "重点时段"]


def test_an_exemption_of_today_marks_the_days_of_the_unit(
    client: SignedIn, db: Session, today: date
) -> None:
    assert decided(client, today, "exempted", COMMUNITY).status_code == 201
    marked = set(db.scalars(select(StaleDay.worker_id)))
    assert marked == {client.city.workers[f"{COMMUNITY}00{number}"] for number in (1, 2, 3)}
    assert decided(client, today + timedelta(days=1), "exempted").status_code == 201
    assert len(db.scalars(select(StaleDay)).all()) == 3


@pytest.mark.parametrize(("back", "refused"), [(31, False), (32, True)])
def test_an_exemption_reaches_back_31_days(back: int, refused: bool) -> None:
    now = datetime(2026, 6, 15, 12, tzinfo=clock.SHANGHAI)
    day = date(2026, 6, 15) - timedelta(days=back)
    if refused:
        with pytest.raises(TooLateToExempt):
            check_in_time(day, DutyChange.EXEMPTED, now)
    else:
        check_in_time(day, DutyChange.EXEMPTED, now)


@pytest.mark.parametrize(
    ("hour", "minute", "second", "refused"), [(8, 29, 59, False), (8, 30, 0, True)]
)
def test_a_declaration_comes_before_the_first_window(
    hour: int, minute: int, second: int, refused: bool
) -> None:
    now = datetime(2026, 6, 15, hour, minute, second, tzinfo=clock.SHANGHAI)
    if refused:
        with pytest.raises(TooLateToDeclare):
            check_in_time(date(2026, 6, 15), DutyChange.DECLARED, now)
    else:
        check_in_time(date(2026, 6, 15), DutyChange.DECLARED, now)


def test_yesterday_is_never_declared(client: SignedIn, today: date) -> None:
    refused = decided(client, today - timedelta(days=1), "declared")
    assert (refused.status_code, refused.json()["code"]) == (422, "city.too_late_to_declare")


def test_only_the_centre_decides(client: SignedIn, today: date) -> None:
    body = {"day": today.isoformat(), "unit": COMMUNITY, "change": "exempted", "reason": "x"}
    for who in ("station_lead", "township", "auditor", "510185001001001"):
        refused = client.http.post("/v1/calendar/decisions", json=body, headers=client.as_(who))
        assert refused.status_code == 403


@pytest.mark.parametrize(("days", "status"), [(399, 200), (400, 422), (-1, 422)])
def test_a_span_has_400_days_at_most(client: SignedIn, today: date, days: int, status: int) -> None:
    assert shown(client, COMMUNITY, today, today + timedelta(days=days)).status_code == status


def test_next_years_national_calendar_is_entered(client: SignedIn) -> None:
    body = {
        "days": [{"day": "2099-01-01", "working": False}, {"day": "2099-01-03", "working": True}]
    }
    put = client.http.put("/v1/calendar/national", json=body, headers=client.as_("command_centre"))
    assert put.json() == {"entered": 2}
    days = shown(client, COMMUNITY, date(2099, 1, 1), date(2099, 1, 3)).json()["items"]
    assert [day["on_duty"] for day in days] == [False, True, True]
    assert [day["published"] for day in days] == [True, False, True]


@pytest.mark.parametrize(("ahead", "status"), [(0, 422), (1, 200)])
def test_national_dates_of_the_past_stay(
    client: SignedIn, today: date, ahead: int, status: int
) -> None:
    body = {"days": [{"day": (today + timedelta(days=ahead)).isoformat(), "working": False}]}
    put = client.http.put("/v1/calendar/national", json=body, headers=client.as_("command_centre"))
    assert put.status_code == status


def test_att_6_duty_is_kept_at_stations_and_not_for_a_grid_alone(
    client: SignedIn, today: date
) -> None:
    tomorrow = today + timedelta(days=1)
    assert decided(client, tomorrow, "declared", f"{COMMUNITY}001").status_code == 404
    assert decided(client, tomorrow, "declared", COMMUNITY).status_code == 201
