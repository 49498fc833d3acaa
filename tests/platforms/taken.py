"""Messages that were taken in, as tests look at them."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import (
    Account,
    IncidentAct,
    PlatformAccount,
    PlatformView,
)
from app.incidents.commands import record_incident
from app.incidents.schemas import IncidentIn
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.rules.incidents import Act
from app.rules.tasks import Platform
from tests.attendance.facts import GRID, Handset, at
from tests.city import City
from tests.incidents.facts import Street, report
from tests.platforms.partner import Partner

NOW = at("10:00")
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def reported(street: Street, key: UUID) -> None:
    """An event under a key that was known before it arrived."""
    capture = Handset(street.db, street.city).captured(at("09:00"), key=key)
    record_incident(street.db, capture, IncidentIn.model_validate(report()))


def account(
    db: Session, city: City, name: str = "wg01", platform: Platform = Platform.CHENGDU
) -> None:
    office = db.scalars(select(Account.id).limit(1)).one()
    db.add(
        PlatformAccount(
            id=uuid7(NOW),
            platform=platform,
            account=name,
            worker_id=city.workers[GRID],
            valid=Range(civil_day(at("00:00")), None),
            recorded_by=office,
            recorded_at=NOW,
        )
    )
    db.commit()


def became(partner: Partner, *keys: int) -> list[str]:
    """The states of messages; of those not understood, why."""
    rows = [partner.row(key) for key in keys]
    return [str(row.outcome.get("why") or row.state.value) for row in rows]


def view(db: Session, platform: Platform, incident_id: UUID) -> PlatformView:
    db.rollback()
    return db.get_one(PlatformView, (platform, incident_id))


def words(db: Session, incident_id: UUID) -> list[IncidentAct]:
    db.rollback()
    return list(
        db.scalars(
            select(IncidentAct)
            .where(IncidentAct.incident_id == incident_id, IncidentAct.act == Act.PLATFORM_WORD)
            .order_by(IncidentAct.number)
        )
    )
