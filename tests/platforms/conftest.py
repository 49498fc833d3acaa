"""The two platforms, agreed on, and an event of ours."""

from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.rules.tasks import Platform
from tests.attendance.facts import at
from tests.city import City
from tests.incidents.facts import Street
from tests.platforms.partner import Partner


@pytest.fixture
def chengdu(db: Session, city: City) -> Partner:
    """大联动·微治理, with a key."""
    partner = Partner(db, city, Platform.CHENGDU)
    partner.agree()
    return partner


@pytest.fixture
def sichuan(db: Session, city: City) -> Partner:
    """网格化服务管理系统, with a key."""
    partner = Partner(db, city, Platform.SICHUAN)
    partner.agree()
    return partner


@pytest.fixture
def sessions(api: FastAPI) -> Sessions:
    """As the worker has them."""
    found: Sessions = api.state.sessions
    return found


@pytest.fixture
def incident(db: Session, city: City) -> UUID:
    """An event that is held by the grid, reported at nine."""
    key = Street(db, city).reported(at("09:00"))
    db.commit()
    return key
