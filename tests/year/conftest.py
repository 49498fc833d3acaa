"""The year's database: lived through once, looked at by every test of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db.engine import make_engine, make_sessions
from app.kit import clock
from app.main import create_app
from app.settings import Settings
from tests.city import City
from tests.conftest import SignedIn, copied
from tests.year import town as places
from tests.year.desk import Desk
from tests.year.duty import FIRST, LAST, duty_dates
from tests.year.everyday import Work, year_of_work
from tests.year.independent import Reckoning
from tests.year.timeline import live
from tests.year.town import Town
from tests.year.writing import meetings, write


@pytest.fixture(scope="module")
def reckoning() -> Reckoning:
    """The year by hand."""
    return Reckoning().pay_the_year()


@pytest.fixture(scope="module")
def database_of_the_year(
    server: Settings, template: tuple[Settings, City]
) -> Iterator[tuple[Settings, Town]]:
    """The town and the everyday work of all who are there without being hired."""
    with copied(server, template[0]) as database:
        yield database, _written(database, year_of_work())


def _written(database: Settings, work: Work) -> Town:
    engine = make_engine(database)
    with make_sessions(engine).begin() as db:
        places.emptied(db)
        town = places.build(db)
        meetings(db, town, duty_dates(FIRST, LAST))
        write(db, town, work.of(town.workers))
        places.settle(db)
    engine.dispose()
    return town


@pytest.fixture(scope="module")
def desk(
    database_of_the_year: tuple[Settings, Town], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """The service after the year; its clock shows the last instant of what was done."""
    database, town = database_of_the_year
    file: Path = tmp_path_factory.mktemp("clock") / "now"
    app = create_app(database)
    try:
        with TestClient(app) as http:
            made = Desk(SignedIn(http, town.city), town, app.state.sessions, file)
            live(made, year_of_work())
            yield made
    finally:
        clock.follow(None)
        app.state.engine.dispose()
