"""The two platforms, agreed on."""

import pytest
from sqlalchemy.orm import Session

from app.rules.tasks import Platform
from tests.city import City
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
