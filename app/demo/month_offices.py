"""What the offices of a community do on a date of the demo's month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Account, Record
from app.equipment.checks import check
from app.equipment.schemas import EquipmentCheckIn
from app.kit.clock import SHANGHAI
from app.kit.ids import uuid7
from app.meetings.recording import record_meeting
from app.meetings.schemas import MeetingIn, PresenceIn
from app.people.principal import Principal
from app.people.roles import scopes_of
from app.registry.entering import enter_record
from app.rules.equipment import EquipmentItem
from app.rules.information import RecordState
from app.rules.meetings import MeetingKind, Presence
from app.rules.tasks import Platform
from app.tasks.login_schemas import LoginEntryIn, PlatformLoginsIn
from app.tasks.logins import record_logins

MONDAY, WEDNESDAY = 0, 2
TRAINING_ON = range(10, 15)
"""The first duty date of the month from the tenth on."""

FORGOTTEN_EVERY = 3
"""So many workers come without work clothes in turn, one each week."""


@dataclass(frozen=True)
class Offices:
    """Who leads a station, and who administers its information."""

    lead: Principal
    administrator: Principal


def offices_of(session: Session, community: str) -> Offices:
    """The two office accounts of a community."""
    return Offices(
        acting(session, community, "station_lead"),
        acting(session, community, "information_administrator"),
    )


def acting(session: Session, unit: str, role: str) -> Principal:
    """Somebody who acts for a unit."""
    account = session.scalars(
        select(Account)
        .where(Account.unit_code == unit, Account.roles == [role])
        .order_by(Account.phone)
    ).first()
    assert account is not None
    return Principal(
        account_id=account.id,
        name=account.name,
        unit_code=unit,
        roles=(role,),
        scopes=scopes_of((role,)),
        worker_id=None,
        device_id=None,
        login_id=account.id,
    )


def morning(session: Session, offices: Offices, workers: Sequence[UUID], day: date) -> None:
    """The morning meeting, logins as the platforms' lists show them, checks, records entered."""
    meet(session, offices.lead, workers, day)
    log_in(session, offices.lead, workers, day)
    if day.weekday() == WEDNESDAY:
        look_at(session, offices.lead, workers, day)
    enter(session, offices.administrator, day)


def meet(session: Session, lead: Principal, workers: Sequence[UUID], day: date) -> None:
    """In the morning (MTG-1); on Mondays for the week; once a month to learn (TRN-1)."""
    held = [(MeetingKind.MORNING, time(8, 35), 10, "安排当天工作")]
    if day.weekday() == MONDAY:
        held.append((MeetingKind.WEEKLY, time(9, 0), 40, "总结上周工作，安排本周工作"))
    if day.day in TRAINING_ON and day.weekday() == TRAINING_ON.start % 5:
        held.append((MeetingKind.COMMUNITY_TRAINING, time(15, 0), 60, "信息采集业务学习"))
    for kind, begins, minutes, subject in held:
        starts = datetime.combine(day, begins, SHANGHAI)
        ends = starts + timedelta(minutes=minutes)
        body = MeetingIn(
            id=uuid7(ends),
            kind=kind,
            held_on=day,
            starts_at=starts,
            ends_at=ends,
            subject=subject,
            attendance=[PresenceIn(worker_id=key, presence=Presence.PRESENT) for key in workers],
        )
        record_meeting(session, lead, body, ends)


def log_in(session: Session, lead: Principal, workers: Sequence[UUID], day: date) -> None:
    """Both platforms' accounts, from the lists that the platforms print (TSK-1)."""
    for platform in Platform:
        body = PlatformLoginsIn(
            platform=platform,
            day=day,
            entries=[LoginEntryIn(worker_id=key) for key in workers],
            evidence=f"平台登录统计表 {day.isoformat()}",
        )
        record_logins(session, lead, body, datetime.combine(day, time(18, 0), SHANGHAI))


def look_at(session: Session, lead: Principal, workers: Sequence[UUID], day: date) -> None:
    """Clothes and equipment, once a week (EQP-1); now and then somebody forgot the clothes."""
    at = datetime.combine(day, time(8, 50), SHANGHAI)
    week = day.isocalendar().week
    for place, worker_id in enumerate(workers):
        body = EquipmentCheckIn(
            id=uuid7(at),
            worker_id=worker_id,
            day=day,
            work_clothes=week % FORGOTTEN_EVERY != place,
            items=dict.fromkeys(EquipmentItem, True),
        )
        check(session, lead, body, at)


def enter(session: Session, administrator: Principal, day: date) -> None:
    """What was submitted by the day before is checked and entered (INF-1)."""
    at = datetime.combine(day, time(16, 0), SHANGHAI)
    waiting = session.scalars(
        select(Record.id).where(
            Record.community_code == administrator.unit_code,
            Record.state == RecordState.SUBMITTED,
            Record.submitted_at < datetime.combine(day, time.min, SHANGHAI),
        )
    ).all()
    for key in waiting:
        enter_record(session, administrator, key, at)
