"""What tests of conduct begin with: the small city, and transactions beside each other."""

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from tests.city import City
from tests.conduct.matters import Matters
from tests.conduct.month import SearchedMonth


@pytest.fixture
def matters(db: Session, city: City) -> Matters:
    """What is held against the worker of the first grid."""
    return Matters(db, city)


@pytest.fixture
def month(db: Session, city: City) -> SearchedMonth:
    """A month in which nothing happened yet."""
    return SearchedMonth(db, city)


@pytest.fixture
def sessions(api: FastAPI) -> Sessions:
    """Transactions of one's own."""
    found: Sessions = api.state.sessions
    return found
