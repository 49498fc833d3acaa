"""Both platforms of the demo: endpoints that lead to stand-ins on this machine, and are paused.

Whoever starts `python3 -m app platform-stub` and resumes an endpoint sees what happened in the
demo's month delivered. The keys guard nothing and are known to everyone.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Unit
from app.demo.month_offices import acting
from app.people.principal import Principal
from app.rules.delivery import Scheme
from app.rules.divisions import UnitTier
from app.rules.tasks import Platform
from app.rules.telling import EndpointAct
from app.webhooks.endpoints import act_on_endpoint, open_endpoint
from app.webhooks.schemas import CredentialsIn, EndpointIn

LOOPBACK = "127.0.0.0/8"
TOLD_SECRET = "whsec_c3RhbmQtaW4tcGxhdGZvcm0tdG9sZC1ieS11cw=="  # noqa: S105 - known to everyone
SAYS_SECRET = "whsec_c3RhbmQtaW4tcGxhdGZvcm0tc2F5cy10by11cw=="  # noqa: S105 - known to everyone
APP_KEY = "stand-in"
ENDPOINTS = (
    EndpointIn(
        url="http://127.0.0.1:8101/deliveries",
        description="大联动·微治理（演示：本机替身平台）",
        platform=Platform.CHENGDU,
        scheme=Scheme.HMAC_HEADER,
        inbound_scheme=Scheme.HMAC_HEADER,
        credentials=CredentialsIn(app_key=APP_KEY),
        allow_cidrs=[LOOPBACK],
        secret=TOLD_SECRET,
        inbound_secret=SAYS_SECRET,
    ),
    EndpointIn(
        url="http://127.0.0.1:8102/deliveries",
        description="网格化服务管理（演示：本机替身平台）",
        platform=Platform.SICHUAN,
        scheme=Scheme.STANDARD_WEBHOOKS,
        inbound_scheme=Scheme.STANDARD_WEBHOOKS,
        allow_cidrs=[LOOPBACK],
        secret=TOLD_SECRET,
        inbound_secret=SAYS_SECRET,
    ),
)


def open_paused(session: Session, now: datetime) -> None:
    """Deliveries of what follows wait; nothing leaves the machine."""
    administrator = _administrator(session)
    for body in ENDPOINTS:
        endpoint, _ = open_endpoint(session, administrator, body, now)
        act_on_endpoint(session, administrator, endpoint.id, EndpointAct.PAUSE, now)


def _administrator(session: Session) -> Principal:
    city = session.scalars(select(Unit.code).where(Unit.tier == UnitTier.CITY)).one()
    return acting(session, city, "system_administrator")
