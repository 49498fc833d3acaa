"""A station's month as facts, and its offices at the API."""

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from tests.api.station import StationDay
from tests.appraisal.facts import GRID, NEIGHBOUR, SETTLED, THIRD, StationMonth
from tests.city import City
from tests.conftest import SignedIn


@pytest.fixture
def month(db: Session, city: City) -> StationMonth:
    """Of the first station; without days nothing is stored of anybody yet."""
    return StationMonth(db, city)


@pytest.fixture
def full(month: StationMonth) -> StationMonth:
    """All three workers did all that was owed, but the first one missed six windows."""
    month.days(GRID, missed=[2, 3, 4, 5, 6, 9])
    month.days(NEIGHBOUR)
    month.days(THIRD)
    month.db.commit()
    return month


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    """Offices and workers at the API, after the month has settled."""
    found = StationDay(api, client, db)
    found.at(SETTLED)
    return found
