"""On how many dates workers' accounts of the two platforms were active (TSK-3)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range, distinct_on
from sqlalchemy.orm import Session

from app.db.models import PlatformLogin, Posting, Worker
from app.kit.errors import BadCursor
from app.kit.paging import decode, encode
from app.people.posts import under
from app.rules.activity import TSK_3, LoggedIn, active_days
from app.rules.tasks import LoginSource, Platform
from app.tasks.login_schemas import (
    AccountDays,
    ActiveDaysPage,
    ActiveDaysRow,
    MyPlatformLogins,
    PlatformLoginOut,
)


def logins_between(
    session: Session, unit_code: str, worker_ids: Collection[UUID], first: date, last: date
) -> Sequence[PlatformLogin]:
    """The logins of some workers over a span, while posted in a unit."""
    return session.scalars(
        select(PlatformLogin)
        .where(
            PlatformLogin.worker_id.in_(worker_ids),
            PlatformLogin.day.between(first, last),
            under(PlatformLogin.community_code, unit_code),
        )
        .order_by(PlatformLogin.day, PlatformLogin.platform)
    ).all()


def account_days(
    logins: Collection[PlatformLogin], first: date, last: date
) -> dict[Platform, AccountDays]:
    """What one worker's logins come to (TSK-3)."""
    days = active_days([LoggedIn(login.platform, login.day) for login in logins], first, last)
    return {
        platform: AccountDays(
            active_days=len(found),
            days=list(found),
            by_platform=_known_by(logins, platform, LoginSource.WEBHOOK),
            by_station=_known_by(logins, platform, LoginSource.STATION),
        )
        for platform, found in days.items()
    }


def _known_by(logins: Collection[PlatformLogin], platform: Platform, source: LoginSource) -> int:
    return sum(login.platform is platform and login.source is source for login in logins)


@dataclass(frozen=True)
class Span:
    """From the first date to the last, both included."""

    first: date
    last: date


def active_days_page(
    session: Session,
    unit_code: str,
    span: Span,
    worker_id: UUID | None,
    asked: tuple[str | None, int],
) -> ActiveDaysPage:
    """One row for each worker posted in a unit on a date of the span."""
    cursor, limit = asked
    query = (
        select(Worker, Posting.community_code)
        .join(Posting, Posting.worker_id == Worker.id)
        .where(
            Worker.level == 1,
            under(Posting.community_code, unit_code),
            Posting.valid.overlaps(Range(span.first, span.last, bounds="[]")),
        )
        .ext(distinct_on(Worker.id))
        .order_by(Worker.id, Posting.valid.desc())
        .limit(limit + 1)
    )
    if worker_id is not None:
        query = query.where(Worker.id == worker_id)
    if cursor is not None:
        query = query.where(Worker.id > _key_in(cursor))
    rows = session.execute(query).all()
    shown = rows[:limit]
    keys = [worker.id for worker, _ in shown]
    logins: dict[UUID, list[PlatformLogin]] = defaultdict(list)
    for login in logins_between(session, unit_code, keys, span.first, span.last):
        logins[login.worker_id].append(login)
    return ActiveDaysPage(
        unit=unit_code,
        items=[
            _row(worker, community, logins.get(worker.id, []), span) for worker, community in shown
        ],
        next_cursor=encode(str(keys[-1])) if len(rows) > limit else None,
    )


def _key_in(cursor: str) -> UUID:
    (key,) = decode(cursor, str)
    try:
        return UUID(str(key))
    except ValueError:
        raise BadCursor from None


def _row(
    worker: Worker, community: str, logins: Collection[PlatformLogin], span: Span
) -> ActiveDaysRow:
    days = account_days(logins, span.first, span.last)
    return ActiveDaysRow(
        worker_id=worker.id,
        worker_name=worker.name,
        community_code=community,
        chengdu=days[Platform.CHENGDU],
        sichuan=days[Platform.SICHUAN],
        rule=TSK_3.rule,
        clause=TSK_3.clause,
    )


def my_logins(session: Session, worker_id: UUID, span: Span) -> MyPlatformLogins:
    """A worker's own, wherever the post was."""
    logins = logins_between(session, "", [worker_id], span.first, span.last)
    days = account_days(logins, span.first, span.last)
    return MyPlatformLogins(
        chengdu=days[Platform.CHENGDU],
        sichuan=days[Platform.SICHUAN],
        logins=[PlatformLoginOut.model_validate(login) for login in logins],
        rule=TSK_3.rule,
        clause=TSK_3.clause,
    )
