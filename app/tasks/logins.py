"""Logins to the two platforms: by the platform's own word, or by the station's (TSK-1, TSK-3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db.models import PlatformLogin
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.posts import post_of, postings_under
from app.people.principal import Principal
from app.rules.tasks import LoginSource, Platform
from app.tasks.login_refusals import (
    LoginFromPlatform,
    LoginNotYet,
    LoginTooLongAgo,
    WorkerNotPostedHere,
)
from app.tasks.login_schemas import (
    LoginEntryIn,
    PlatformLoginOut,
    PlatformLoginsIn,
    RecordedLogin,
    RecordedLogins,
)

REACHES_BACK = timedelta(days=31)
"""How far back the station can still record a login [reading]."""
KeyOfLogin = tuple[UUID, Platform, date]
Outcome = Literal["recorded", "changed", "unchanged", "kept"]


def record_logins(
    session: Session, asker: Principal, body: PlatformLoginsIn, now: datetime
) -> RecordedLogins:
    """The station records whose accounts logged in; the same again changes nothing."""
    _in_time(body.day, now)
    if any(entry.at is not None and entry.at > now for entry in body.entries):
        raise LoginNotYet(day=body.day)
    posts = {
        post.worker_id: post.community_code
        for post in session.scalars(postings_under(asker.unit_code, body.day))
    }
    strangers = [str(entry.worker_id) for entry in body.entries if entry.worker_id not in posts]
    if strangers:
        raise WorkerNotPostedHere(workers=strangers[:20], day=body.day)
    items = [
        _record(session, asker, (body, entry, posts[entry.worker_id]), now)
        for entry in sorted(body.entries, key=lambda entry: entry.worker_id)
    ]
    by_worker = {item.worker_id: item for item in items}
    _tell(session, asker, body, items)
    return RecordedLogins(items=[by_worker[entry.worker_id] for entry in body.entries])


def _in_time(day: date, now: datetime) -> None:
    """Raises LoginNotYet or LoginTooLongAgo."""
    today = civil_day(now)
    if day > today:
        raise LoginNotYet(day=day)
    if day < today - REACHES_BACK:
        raise LoginTooLongAgo(earliest=today - REACHES_BACK)


def _record(
    session: Session,
    asker: Principal,
    of: tuple[PlatformLoginsIn, LoginEntryIn, str],
    now: datetime,
) -> RecordedLogin:
    """Written where there was none; a platform's own word stays."""
    body, entry, community_code = of
    row = PlatformLogin(
        worker_id=entry.worker_id,
        platform=body.platform,
        day=body.day,
        community_code=community_code,
        at=entry.at,
        source=LoginSource.STATION,
        evidence=body.evidence,
        recorded_by=asker.account_id,
        recorded_at=now,
    )
    if _written(session, row):
        return _recorded(row, "recorded")
    stands = session.get_one(
        PlatformLogin, _key_of(row), with_for_update=True, populate_existing=True
    )
    if stands.source is LoginSource.WEBHOOK:
        return _recorded(stands, "kept")
    if (stands.at, stands.evidence) == (row.at, row.evidence):
        return _recorded(stands, "unchanged")
    stands.at, stands.evidence = row.at, row.evidence
    stands.recorded_by, stands.recorded_at = row.recorded_by, now
    return _recorded(stands, "changed")


def _written(session: Session, row: PlatformLogin) -> bool:
    """Whether there was no row of the worker, platform and date yet."""
    columns = {column.name: getattr(row, column.name) for column in PlatformLogin.__table__.c}
    written = session.scalar(
        insert(PlatformLogin)
        .values(columns)
        .on_conflict_do_nothing()
        .returning(PlatformLogin.worker_id)
    )
    return written is not None


def _key_of(row: PlatformLogin) -> KeyOfLogin:
    return row.worker_id, row.platform, row.day


def _recorded(row: PlatformLogin, outcome: Outcome) -> RecordedLogin:
    return RecordedLogin(**PlatformLoginOut.model_validate(row).model_dump(), outcome=outcome)


def _tell(
    session: Session, asker: Principal, body: PlatformLoginsIn, items: Sequence[RecordedLogin]
) -> None:
    written = [str(item.worker_id) for item in items if item.outcome in ("recorded", "changed")]
    if written:
        emit(
            session,
            "platform_login.recorded",
            by=asker.account_id,
            unit_code=asker.unit_code,
            subject=("platform_login", f"{body.platform.value} {body.day}"),
            workers=written,
            evidence=body.evidence,
        )
    session.flush()


@dataclass(frozen=True)
class PlatformSays:
    """A platform's own word that an account logged in; `evidence` is its message's id."""

    platform: Platform
    worker_id: UUID
    at: datetime
    evidence: str


def record_from_platform(session: Session, says: PlatformSays, now: datetime) -> bool:
    """Record what a platform reports, over the station's word and never under it.

    False where it was known already. Raises LoginNotYet for a moment to come, NoPost where the
    worker had no post.
    """
    if says.at > now:
        raise LoginNotYet(at=says.at)
    day = civil_day(says.at)
    post = post_of(session, says.worker_id, day)
    row = {
        "worker_id": says.worker_id,
        "platform": says.platform,
        "day": day,
        "community_code": post.community_code,
        "at": says.at,
        "source": LoginSource.WEBHOOK,
        "evidence": says.evidence,
        "recorded_by": None,
        "recorded_at": now,
    }
    taken = {name: row[name] for name in ("at", "source", "evidence", "recorded_by", "recorded_at")}
    written = session.scalar(
        insert(PlatformLogin)
        .values(row)
        .on_conflict_do_update(
            index_elements=["worker_id", "platform", "day"],
            set_=taken,
            where=PlatformLogin.source == LoginSource.STATION,
        )
        .returning(PlatformLogin.worker_id)
    )
    if written is None:
        return False
    emit(
        session,
        "platform_login.reported",
        by=None,
        unit_code=post.community_code,
        subject=("platform_login", f"{says.platform.value} {day}"),
        workers=[str(says.worker_id)],
        evidence=says.evidence,
    )
    return True


def withdraw_login(session: Session, asker: Principal, key: KeyOfLogin, reason: str) -> None:
    """The station takes back what it recorded; the trace keeps it. Raises LoginFromPlatform."""
    row = session.get(PlatformLogin, key, with_for_update=True)
    if row is None:
        raise NotFound
    asker.look(row.community_code)
    if row.source is LoginSource.WEBHOOK:
        raise LoginFromPlatform(evidence=row.evidence)
    session.delete(row)
    emit(
        session,
        "platform_login.withdrawn",
        by=asker.account_id,
        unit_code=row.community_code,
        subject=("platform_login", f"{row.platform.value} {row.day}"),
        workers=[str(row.worker_id)],
        evidence=row.evidence,
        recorded_by=str(row.recorded_by),
        reason=reason,
    )
    session.flush()
