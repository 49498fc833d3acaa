"""What the tests of deliveries need: a database's sessions, a clock, a receiver."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.db.engine import Sessions, make_engine, make_sessions
from app.settings import Settings
from tests.webhooks.facts import Clock
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture
def sessions(database: Settings) -> Iterator[Sessions]:
    """Sessions over a database of one's own."""
    engine = make_engine(database)
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def db(sessions: Sessions) -> Iterator[Session]:
    """A transaction beside the drains'; commit to show it."""
    with sessions() as session:
        yield session


@pytest.fixture
def clock() -> Clock:
    """It is noon, until the test says otherwise."""
    return Clock()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    with receiving() as found:
        yield found
