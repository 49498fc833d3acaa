"""The offices that cases go through."""

import pytest
from sqlalchemy.orm import Session

from tests.approvals.facts import Offices
from tests.city import City


@pytest.fixture
def offices(db: Session, city: City) -> Offices:
    """Those of the small city."""
    return Offices(db, city)
