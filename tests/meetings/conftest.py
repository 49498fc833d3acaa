"""Hosts of meetings."""

import pytest
from sqlalchemy.orm import Session

from app.people.principal import Principal
from tests.attendance.facts import acting
from tests.city import City


@pytest.fixture
def lead(db: Session, city: City) -> Principal:
    """The lead of the first station."""
    return acting(db, city, "station_lead")


@pytest.fixture
def township(db: Session, city: City) -> Principal:
    """The township above it."""
    return acting(db, city, "township")


@pytest.fixture
def centre(db: Session, city: City) -> Principal:
    """The city's command centre."""
    return acting(db, city, "command_centre")
