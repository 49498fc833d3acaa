"""Addresses: as libpq, SQLAlchemy and a person read them."""

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from app.bootstrap.urls import (
    database_of,
    given_url,
    libpq_url,
    on_database,
    private_url,
)


@pytest.mark.parametrize("directory", ["/srv/grid/var/run", "/srv/a b's/网格/run"])
def test_a_socket_directory_survives_the_url(directory: str) -> None:
    url = make_url(private_url(Path(directory)))
    assert (url.database, url.host) == ("jianyang", None)
    assert url.query == {"host": directory, "port": "5432", "user": "jianyang"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgresql+psycopg://u:p@h:1/d?a=b", "postgresql://u:p@h:1/d?a=b"),
        ("postgresql://u:p+q@h/d", "postgresql://u:p+q@h/d"),
        ("postgresql:///d?host=/run", "postgresql:///d?host=/run"),
    ],
)
def test_the_driver_is_dropped_and_nothing_else(given: str, expected: str) -> None:
    assert libpq_url(given) == expected


def test_another_database_of_the_same_server() -> None:
    private = private_url(Path("/srv/run"), "one")
    assert on_database(private, "two") == private_url(Path("/srv/run"), "two")
    assert on_database("postgresql://u:p@h:1/one", "二") == "postgresql://u:p@h:1/%E4%BA%8C"
    assert database_of("postgresql://u:p@h:1/%E4%BA%8C") == "二"


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_variable_names_no_database(blank: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", blank)
    assert given_url() is None


def test_the_variable_names_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://h/d")
    assert given_url() == "postgresql://h/d"
