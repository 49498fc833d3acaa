"""Who checks, who is checked, who exempts."""

import pytest
from sqlalchemy.orm import Session

from app.people.principal import Principal
from tests.attendance.facts import GRID, Handset, acting
from tests.city import City


@pytest.fixture
def handset(db: Session, city: City) -> Handset:
    """The handset of the worker of the first grid."""
    return Handset(db, city)


@pytest.fixture
def worker(db: Session, city: City) -> Principal:
    """The worker who carries it."""
    return acting(db, city, GRID)


@pytest.fixture
def lead(db: Session, city: City) -> Principal:
    """The lead of that worker's station."""
    return acting(db, city, "station_lead")


@pytest.fixture
def township(db: Session, city: City) -> Principal:
    """The township above it."""
    return acting(db, city, "township")
