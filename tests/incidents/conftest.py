"""Events of the small city."""

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from tests.city import City
from tests.incidents.facts import Street


@pytest.fixture
def street(db: Session, city: City) -> Street:
    """Reports and acts through the commands."""
    return Street(db, city)


@pytest.fixture
def sessions(api: FastAPI) -> Sessions:
    """Transactions of one's own."""
    found: Sessions = api.state.sessions
    return found
