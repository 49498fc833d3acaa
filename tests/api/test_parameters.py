"""Parameters over HTTP (rulebook part 0)."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent, StaleDay
from app.kit import clock
from tests.conftest import SignedIn

NAME = "station_radius_m"


@pytest.fixture
def today() -> date:
    """The civil date of the test."""
    return clock.civil_day(clock.now())


def superseded(client: SignedIn, value: object, first: date, name: str = NAME) -> httpx.Response:
    """The centre sets a value."""
    body = {
        "name": name,
        "value": value,
        "effective_from": first.isoformat(),
        "reason": "山区定位误差",
    }
    answer: httpx.Response = client.http.post(
        "/v1/parameters", json=body, headers=client.as_("command_centre")
    )
    return answer


def shown(client: SignedIn, on: date, language: str = "zh") -> dict[str, Any]:
    """The station radius as of a date."""
    answer = client.http.get(
        f"/v1/parameters?on={on}",
        headers={**client.as_("command_centre"), "Accept-Language": language},
    ).json()
    (found,) = [item for item in answer["items"] if item["name"] == NAME]
    assert isinstance(found, dict)
    return found


def test_a_default_holds_until_a_row_supersedes_it(
    client: SignedIn, db: Session, today: date
) -> None:
    assert superseded(client, 250, today + timedelta(days=1)).status_code == 201
    before, after = shown(client, today), shown(client, today + timedelta(days=1))
    assert (before["value"], before["since"]) == (200.0, None)
    assert (after["value"], after["default"]) == (250.0, 200.0)
    assert after["since"] == (today + timedelta(days=1)).isoformat()
    assert [row["reason"] for row in after["history"]] == ["山区定位误差"]
    assert after["rule"] == "ATT-2"
    event = db.scalars(select(OutboxEvent).where(OutboxEvent.name == "parameter.superseded")).one()
    assert event.subject_id == NAME
    assert db.scalars(select(StaleDay)).all() == []


@pytest.mark.parametrize(("ahead", "status"), [(-1, 422), (0, 201)])
def test_a_value_never_takes_effect_in_the_past(
    client: SignedIn, db: Session, today: date, ahead: int, status: int
) -> None:
    answer = superseded(client, 250, today + timedelta(days=ahead))
    assert answer.status_code == status
    assert len(db.scalars(select(StaleDay)).all()) == (6 if status == 201 else 0)
    if status == 422:
        assert answer.json()["facts"]["problems"][0]["code"] == "in_the_past"


def test_bounds_are_kept_on_both_sides(client: SignedIn, today: date) -> None:
    found = shown(client, today)
    for value, status in (
        (found["minimum"], 201),
        (found["minimum"] - 0.5, 422),
        (found["maximum"], 201),
        (found["maximum"] + 0.5, 422),
    ):
        assert superseded(client, value, today).status_code == status


@pytest.mark.parametrize("value", ["wide", True, None, "NaN", "inf", [1]])
def test_what_is_no_value_is_refused(client: SignedIn, today: date, value: object) -> None:
    assert superseded(client, value, today).status_code == 422


def test_an_unknown_name_is_refused(client: SignedIn, today: date) -> None:
    refused = superseded(client, 1, today, "no_such_parameter").json()
    assert refused["facts"]["problems"][0]["code"] == "unknown"


def test_only_the_centre_sets_values(client: SignedIn, today: date) -> None:
    body = {
        "name": NAME, "value": 250, "effective_from": today.isoformat(), "reason": "x",
    }  # fmt: skip
    refused = client.http.post("/v1/parameters", json=body, headers=client.as_("township"))
    assert refused.status_code == 403


def test_labels_are_in_the_callers_language(client: SignedIn, today: date) -> None:
    assert shown(client, today)["label"] != shown(client, today, "en")["label"]
