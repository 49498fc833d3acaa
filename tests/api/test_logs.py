"""What operators read never holds what callers sent."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.api.deps import Db

SECRET_WORDS = "a-password-nobody-may-read"


def test_a_failure_is_logged_without_the_values_at_hand(
    api: FastAPI, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(password: str) -> None:
        raise RuntimeError(str(len(password)))

    api.add_api_route("/v1/failing", failing, methods=["GET"])
    with TestClient(api, raise_server_exceptions=False) as http:
        answer = http.get("/v1/failing", params={"password": SECRET_WORDS})
    assert answer.status_code == 500
    written = capsys.readouterr()
    logged = written.out + written.err
    assert '"exc_type": "RuntimeError"' in logged
    assert SECRET_WORDS not in logged + answer.text


def test_a_failed_statement_is_logged_without_its_values(
    api: FastAPI, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(db: Db, phone: str) -> None:
        db.execute(text("select :phone from nowhere"), {"phone": phone})

    api.add_api_route("/v1/failing", failing, methods=["GET"])
    with TestClient(api, raise_server_exceptions=False) as http:
        answer = http.get("/v1/failing", params={"phone": SECRET_WORDS})
    assert answer.status_code == 500
    written = capsys.readouterr()
    assert "nowhere" in written.out + written.err
    assert SECRET_WORDS not in written.out + written.err
