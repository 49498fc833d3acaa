"""A street of the small city."""

import pytest
from sqlalchemy.orm import Session

from tests.city import City
from tests.visits.facts import Street


@pytest.fixture
def street(db: Session, city: City) -> Street:
    """Doors, and who visits them."""
    return Street(db, city)
