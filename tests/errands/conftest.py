"""A handset for the tests of errands."""

import pytest
from sqlalchemy.orm import Session

from tests.attendance.facts import Handset
from tests.city import City


@pytest.fixture
def handset(db: Session, city: City) -> Handset:
    """The handset of the worker of the first grid."""
    return Handset(db, city)
