"""Real PostgreSQL for every test: a small city built once, cloned for each test that asks."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from app.db import schema
from app.db.engine import make_engine, make_sessions
from app.main import connect, create_app
from app.settings import Settings
from tests import city as small_city
from tests.city import City
from tests.databases import Copies, name_of

Headers = dict[str, str]


LONGEST = (
    "test_year.py",
    "test_fuzz.py",
    "test_month.py",
    "test_simulate.py",
    "test_faults.py",
    "test_outage.py",
)
"""Files of few tests that take minutes: begun first, they don't leave one core to end alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; all others as they were."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The server that tests make their databases on, and a folder of their own for state."""
    os.environ["GRID_STATE_DIR"] = str(tmp_path_factory.mktemp("state"))
    os.environ["GRID_REQUESTS_PER_MINUTE"] = "1000000"
    os.environ["GRID_REQUIRE_SECOND_FACTOR"] = "false"
    return Settings()


@pytest.fixture(scope="session")
def template(server: Settings) -> Iterator[tuple[Settings, City]]:
    """A migrated database with the small city in it; never written to again."""
    with schema.scratch_database(server, "test_template") as fresh:
        schema.upgrade(fresh)
        slim(fresh)
        engine = make_engine(fresh)
        with make_sessions(engine).begin() as db:
            city = small_city.build(db)
        engine.dispose()
        yield fresh, city


def slim(database: Settings) -> None:
    """Without the 8,500 reference systems that nothing here uses: half the size to copy."""
    with psycopg.connect(database.libpq_url, autocommit=True) as connection:
        connection.execute("delete from spatial_ref_sys where srid <> 4326")
        connection.execute("vacuum full spatial_ref_sys")


@contextmanager
def copied(server: Settings, template: Settings) -> Iterator[Settings]:
    """A database of one's own, as the template is."""
    source = make_url(template.libpq_url).database
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server.libpq_url, autocommit=True) as admin:
        made = sql.SQL("create database {} template {}")
        admin.execute(made.format(sql.Identifier(name), sql.Identifier(source or "")))
        try:
            url = make_url(server.libpq_url).set(database=name)
            yield Settings(database_url=url.render_as_string(hide_password=False))
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def copies(server: Settings, template: tuple[Settings, City]) -> Iterator[Copies]:
    """Databases that are as the template is."""
    made = Copies(server, name_of(template[0]))
    yield made
    made.drop_all()


@pytest.fixture
def database(copies: Copies) -> Iterator[Settings]:
    """A database of one's own with the small city in it."""
    with copies.lent() as lent:
        yield lent


@pytest.fixture
def city(template: tuple[Settings, City]) -> City:
    """Who and what is in the small city; a copy, so that what a test adds is its own."""
    return deepcopy(template[1])


@pytest.fixture(scope="session")
def operations(server: Settings) -> FastAPI:
    """Every operation, built once: the first request to each app costs as much as many tests."""
    return create_app(server)


@pytest.fixture
def api(operations: FastAPI, database: Settings) -> Iterator[FastAPI]:
    """The service over a database of its own."""
    operations.state.engine.dispose()
    connect(operations, database)
    yield operations
    operations.dependency_overrides.clear()
    operations.state.engine.dispose()


@pytest.fixture
def db(api: FastAPI) -> Iterator[Session]:
    """A transaction beside the service's; commit to show it."""
    with api.state.sessions() as session:
        yield session


@dataclass
class SignedIn:
    """A client of the API and what each person of the city needs to use it."""

    http: TestClient
    city: City
    devices: dict[str, UUID] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def as_(self, who: str) -> Headers:
        """The headers of a worker (by grid code) or an office (by role), signed in once."""
        if who not in self.tokens:
            device = self.devices.setdefault(who, uuid4())
            body = {
                "phone": self.city.phones[who],
                "password": small_city.PASSWORD,
                "device": {"id": str(device), "model": "test", "app_version": "1.0.0"},
            }
            answer = self.http.post("/v1/tokens", json=body)
            assert answer.status_code == 200, answer.text
            self.tokens[who] = answer.json()["access_token"]
        return {"Authorization": f"Bearer {self.tokens[who]}"}


@pytest.fixture
def client(api: FastAPI, city: City) -> Iterator[SignedIn]:
    """A client of the API; unexpected errors of the server fail the test."""
    with TestClient(api) as http:
        yield SignedIn(http, city)


@pytest.fixture
def root() -> Path:
    """The project's folder."""
    return Path(__file__).resolve().parent.parent
