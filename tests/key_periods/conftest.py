"""Who opens responses, and who answers them."""

import pytest
from sqlalchemy.orm import Session

from app.people.principal import Principal
from tests.attendance.facts import Handset, acting
from tests.city import City


@pytest.fixture
def centre(db: Session, city: City) -> Principal:
    """The city's command centre."""
    return acting(db, city, "command_centre")


@pytest.fixture
def lead(db: Session, city: City) -> Principal:
    """The lead of the first station."""
    return acting(db, city, "station_lead")


@pytest.fixture
def handset(db: Session, city: City) -> Handset:
    """The handset of the worker of the first grid."""
    return Handset(db, city)
