"""The year's database: lived through once, looked at by every test of this folder."""

from collections.abc import Iterator

import pytest

from app.db.engine import make_engine, make_sessions
from app.settings import Settings
from tests.city import City
from tests.conftest import copied
from tests.year import town as places
from tests.year.duty import FIRST, LAST, duty_dates
from tests.year.everyday import Work, year_of_work
from tests.year.town import Town
from tests.year.writing import meetings, write


@pytest.fixture(scope="session")
def work() -> Work:
    """All that was done in the year."""
    return year_of_work()


@pytest.fixture(scope="session")
def written(
    server: Settings, template: tuple[Settings, City], work: Work
) -> Iterator[tuple[Settings, Town]]:
    """A database with the town and everyday work of all who are there without being hired."""
    with copied(server, template[0]) as database:
        engine = make_engine(database)
        with make_sessions(engine).begin() as db:
            places.emptied(db)
            town = places.build(db)
            meetings(db, town, duty_dates(FIRST, LAST))
            write(db, town, work.of(town.workers))
        engine.dispose()
        yield database, town
