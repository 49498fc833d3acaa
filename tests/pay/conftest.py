"""A desk of pay for each test."""

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from tests.conftest import SignedIn
from tests.pay.desk import PayDesk


@pytest.fixture
def desk(api: FastAPI, client: SignedIn, db: Session) -> PayDesk:
    """The centre in the morning of 10 April 2026, with nothing set yet."""
    return PayDesk(api, client, db)
