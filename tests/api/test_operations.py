"""Alive, ready, measured, documented; and whose clock the service goes by."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import ValidationError

from app.intake.quota import Quota
from app.kit import clock
from app.main import create_app
from app.settings import Settings
from tests.conftest import SignedIn


@pytest.fixture
def own_clock() -> Iterator[None]:
    """The system's clock again, whatever a test followed."""
    yield
    clock.follow(None)


def test_alive_ready_and_measured(client: SignedIn) -> None:
    assert client.http.get("/healthz").json() == {"status": "alive", "clock": "system"}
    assert client.http.get("/readyz").json() == {"status": "ready", "clock": "system"}
    assert 'route="/readyz"' in client.http.get("/metrics").text


@pytest.mark.usefixtures("own_clock")
def test_a_demonstration_goes_by_the_time_that_a_file_says_and_shows_it(
    database: Settings, tmp_path: Path
) -> None:
    told = tmp_path / "clock"
    told.write_text("2026-03-18T08:30:00+08:00")
    settings = Settings(database_url=database.database_url, demo=True, clock_file=told)
    app = create_app(settings)
    with TestClient(app) as http:
        assert http.get("/readyz").json() == {"status": "ready", "clock": "simulated"}
        assert clock.now() == datetime(2026, 3, 18, 0, 30, tzinfo=UTC)
        told.write_text("2026-03-18T09:00:00+08:00")
        assert clock.now() == datetime(2026, 3, 18, 1, 0, tzinfo=UTC)


def test_a_service_in_earnest_cannot_be_told_what_time_it_is(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="GRID_DEMO"):
        Settings(database_url="postgresql:///x", clock_file=tmp_path / "clock")


def test_beyond_the_quota_an_account_waits_and_no_other(api: FastAPI, client: SignedIn) -> None:
    lead, finance = client.as_("station_lead"), client.as_("finance")
    api.state.quota = Quota(2)
    for _ in range(2):
        assert client.http.get("/v1/units", headers=lead).status_code == 200
    refused = client.http.get("/v1/units", headers=lead)
    assert (refused.status_code, refused.json()["code"]) == (429, "request.too_many")
    assert int(refused.headers["Retry-After"]) > 0
    assert client.http.get("/v1/units", headers=finance).status_code == 200


def test_the_documentation_may_load_nothing_from_elsewhere(client: SignedIn) -> None:
    page = client.http.get("/docs")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "://" not in page.text
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert client.http.get(asset).status_code == 200, asset


def test_the_documentation_can_show_the_version_that_the_contract_has(client: SignedIn) -> None:
    assert client.http.get("/openapi.json").json()["openapi"].startswith("3.1.")
    assert r"/^3\.1\." in client.http.get("/docs/assets/swagger-ui-bundle.js").text


@pytest.mark.parametrize("path", ["/v1/units/", "/docs/", "/v1"])
def test_a_wrong_address_is_refused_and_leads_nowhere_else(client: SignedIn, path: str) -> None:
    refused = client.http.get(path, headers={"Host": "elsewhere.example"}, follow_redirects=False)
    assert (refused.status_code, refused.json()["code"]) == (404, "request.no_route")


def test_a_method_that_an_address_does_not_take_is_told_which_it_does(client: SignedIn) -> None:
    refused = client.http.put("/healthz")
    assert (refused.status_code, refused.json()["code"]) == (405, "request.method_not_allowed")
    assert refused.headers["allow"] == "GET"
