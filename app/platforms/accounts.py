"""Which account at a platform is which worker, over dates (INT-1, TSK-3)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import InboundMessage, PlatformAccount, Posting, Worker
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.posts import latest_posting, post_of, under
from app.people.principal import Principal
from app.people.spans import starts
from app.platforms.refusals import AccountNotShortened, AccountRecordReused, AccountTaken
from app.platforms.schemas import (
    PlatformAccountIn,
    PlatformAccountOut,
    PlatformAccountPage,
    PlatformAccountRow,
)
from app.rules.delivery import InboundState
from app.rules.exchange import Unclear
from app.rules.tasks import Platform

PLACE = (PlatformAccount.recorded_at, PlatformAccount.id)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class AccountsAsked:
    """Which accounts: of a platform, of a worker, in force on a date."""

    platform: Platform | None
    worker_id: UUID | None
    on: date | None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the rows must be."""
        found: list[ColumnElement[bool] | None] = [
            None if self.platform is None else PlatformAccount.platform == self.platform,
            None if self.worker_id is None else PlatformAccount.worker_id == self.worker_id,
            None if self.on is None else PlatformAccount.valid.contains(self.on),
        ]
        return [condition for condition in found if condition is not None]


def record_account(
    session: Session, asker: Principal, body: PlatformAccountIn, now: datetime
) -> PlatformAccount:
    """A worker's account from a date on; the same again is the first.

    Logins that came before it was known are tried again. Raises NotFound, NoPost, AccountTaken.
    """
    before = session.get(PlatformAccount, body.id)
    if before is not None:
        return _same(before, body)
    post = post_of(session, body.worker_id, body.first_day)
    asker.look(post.community_code)
    span = Range(body.first_day, body.last_day + A_DAY if body.last_day else None)
    _free(session, body, span)
    account = PlatformAccount(
        id=body.id,
        platform=body.platform,
        account=body.account,
        worker_id=body.worker_id,
        valid=span,
        recorded_by=asker.account_id,
        recorded_at=now,
    )
    session.add(account)
    session.flush()
    again = _try_again(session, account, now)
    _trace(session, asker, "platform_account.recorded", account, post.community_code, again)
    return account


def _same(before: PlatformAccount, body: PlatformAccountIn) -> PlatformAccount:
    """An account that was ended since is still the one that was recorded."""
    asked = (body.platform, body.account, body.worker_id, body.first_day)
    if (before.platform, before.account, before.worker_id, starts(before.valid)) != asked:
        raise AccountRecordReused
    return before


def _free(session: Session, body: PlatformAccountIn, span: Range[date]) -> None:
    taken = session.scalar(
        select(PlatformAccount.id)
        .where(
            PlatformAccount.platform == body.platform,
            PlatformAccount.account == body.account,
            PlatformAccount.valid.overlaps(span),
        )
        .limit(1)
    )
    if taken is not None:
        raise AccountTaken(account=body.account)


def _try_again(session: Session, account: PlatformAccount, now: datetime) -> int:
    """Logins of the account that nobody could be found for."""
    found = update(InboundMessage).where(
        InboundMessage.platform == account.platform,
        InboundMessage.state == InboundState.NOT_UNDERSTOOD,
        InboundMessage.subject == f"account:{account.account}",
        InboundMessage.outcome["why"].astext == Unclear.UNKNOWN_ACCOUNT.value,
        InboundMessage.body.is_not(None),
    )
    waiting = found.values(state=InboundState.STORED, next_at=now, tries=0, processed_at=None)
    return len(session.scalars(waiting.returning(InboundMessage.id)).all())


def end_account(session: Session, asker: Principal, key: UUID, last_day: date) -> PlatformAccount:
    """From the day after it is nobody's. Raises NotFound, AccountNotShortened."""
    account = session.get(PlatformAccount, key, with_for_update=True)
    if account is None:
        raise NotFound
    community_code = _community(session, account)
    asker.look(community_code)
    end = last_day + A_DAY
    if account.valid.upper == end:
        return account
    if last_day < starts(account.valid) or (account.valid.upper and end > account.valid.upper):
        raise AccountNotShortened(first_day=starts(account.valid), last_day=last_day)
    account.valid = Range(account.valid.lower, end)
    session.flush()
    _trace(session, asker, "platform_account.ended", account, community_code, 0)
    return account


def _community(session: Session, account: PlatformAccount) -> str | None:
    """Where its worker stands now, or stood last."""
    posting = latest_posting(session, account.worker_id)
    return None if posting is None else posting.community_code


def accounts_under(
    session: Session, unit_code: str, asked: AccountsAsked, page: tuple[str | None, int]
) -> PlatformAccountPage:
    """Accounts of workers who have, or had, a post in a unit; the last recorded first."""
    cursor, limit = page
    posted = select(Posting.worker_id).where(under(Posting.community_code, unit_code))
    rows = session.execute(
        select(PlatformAccount, Worker.name)
        .join(Worker, Worker.id == PlatformAccount.worker_id)
        .where(PlatformAccount.worker_id.in_(posted), *asked.conditions(), earlier(PLACE, cursor))
        .order_by(*latest_first(PLACE))
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    return PlatformAccountPage(
        items=[
            PlatformAccountRow(**account_out(account).model_dump(), worker_name=name)
            for account, name in shown
        ],
        next_cursor=cursor_of(last[0].recorded_at, last[0].id) if last else None,
    )


def account_out(account: PlatformAccount) -> PlatformAccountOut:
    """An account as it is shown."""
    upper = account.valid.upper
    return PlatformAccountOut(
        id=account.id,
        platform=account.platform,
        account=account.account,
        worker_id=account.worker_id,
        first_day=starts(account.valid),
        last_day=None if upper is None else upper - A_DAY,
        recorded_by=account.recorded_by,
        recorded_at=account.recorded_at,
    )


def _trace(
    session: Session,
    asker: Principal,
    name: str,
    account: PlatformAccount,
    community_code: str | None,
    again: int,
) -> None:
    emit(
        session,
        name,
        by=asker.account_id,
        unit_code=community_code,
        subject=("platform_account", account.id),
        platform=account.platform.value,
        worker_id=str(account.worker_id),
        valid=[str(account.valid.lower), str(account.valid.upper)],
        logins_tried_again=again,
    )
