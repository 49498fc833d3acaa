"""What operators read never holds what callers sent."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.api.deps import Db
from app.main import create_app
from app.settings import Settings

SECRET_WORDS = "a-password-nobody-may-read"


@pytest.fixture
def own(database: Settings) -> Iterator[FastAPI]:
    """A service that takes operations of a test's own."""
    app = create_app(database)
    yield app
    app.state.engine.dispose()


def test_a_failure_is_logged_without_the_values_at_hand(
    own: FastAPI, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(password: str) -> None:
        raise RuntimeError(str(len(password)))

    own.add_api_route("/v1/failing", failing, methods=["GET"])
    with TestClient(own, raise_server_exceptions=False) as http:
        answer = http.get("/v1/failing", params={"password": SECRET_WORDS})
    assert answer.status_code == 500
    written = capsys.readouterr()
    logged = written.out + written.err
    assert '"exc_type": "RuntimeError"' in logged
    assert SECRET_WORDS not in logged + answer.text


def test_a_failed_statement_is_logged_without_its_values(
    own: FastAPI, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(db: Db, phone: str) -> None:
        db.execute(text("select :phone from nowhere"), {"phone": phone})

    own.add_api_route("/v1/failing", failing, methods=["GET"])
    with TestClient(own, raise_server_exceptions=False) as http:
        answer = http.get("/v1/failing", params={"phone": SECRET_WORDS})
    assert answer.status_code == 500
    written = capsys.readouterr()
    assert "nowhere" in written.out + written.err
    assert SECRET_WORDS not in written.out + written.err
