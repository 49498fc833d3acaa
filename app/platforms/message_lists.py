"""What the platforms sent, as the desk looks at it: what became of it, and what it says (INT-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, defer

from app.db.models import (
    InboundMessage,
    Incident,
    PlatformReceipt,
    PlatformView,
    Record,
)
from app.kit.clock import day_end, day_start
from app.kit.errors import BadCursor, Forbidden, NotFound
from app.kit.paging import decode, encode
from app.outbox.emit import emit
from app.people.principal import Principal
from app.platforms.adapters import ADAPTERS
from app.platforms.bodies import BASE64, raw
from app.platforms.hearing import glance
from app.platforms.refusals import MessageErased, MessageNotRetried
from app.platforms.schemas import (
    InboundCount,
    InboundCounts,
    PlatformMessageOut,
    PlatformMessagePage,
    PlatformMessageRevealed,
    PlatformReceiptOut,
    PlatformReceipts,
    PlatformViewOut,
    PlatformViews,
)
from app.rules.delivery import InboundState
from app.rules.divisions import UnitTier
from app.rules.exchange import MessageKind, RevealedFor
from app.rules.tasks import Platform

KEY_AT_MOST = 2**63 - 1
RETRIED = frozenset({InboundState.NOT_UNDERSTOOD, InboundState.FAILED})


@dataclass(frozen=True)
class MessagesAsked:
    """Which messages: of a platform, a state, a type, about what, received over which dates."""

    platform: Platform | None = None
    state: InboundState | None = None
    type: MessageKind | None = None
    subject: str | None = None
    first: date | None = None
    last: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the rows must be."""
        row = InboundMessage
        found: list[ColumnElement[bool] | None] = [
            None if self.platform is None else row.platform == self.platform,
            None if self.state is None else row.state == self.state,
            None if self.type is None else row.type == self.type.value,
            None if self.subject is None else row.subject == self.subject,
            None if self.first is None else row.received_at >= day_start(self.first),
            None if self.last is None else row.received_at < day_end(self.last),
        ]
        return [condition for condition in found if condition is not None]


def messages(
    session: Session, asked: MessagesAsked, page: tuple[str | None, int]
) -> PlatformMessagePage:
    """Messages, the last received first; their contents stay sealed."""
    cursor, limit = page
    rows = session.execute(
        select(InboundMessage, InboundMessage.body.is_(None))
        .options(defer(InboundMessage.body))
        .where(*asked.conditions(), *_before(cursor))
        .order_by(InboundMessage.id.desc())
        .limit(limit + 1)
    ).all()
    shown = rows[:limit]
    more = len(rows) > limit
    return PlatformMessagePage(
        items=[_out(row, erased=erased) for row, erased in shown],
        next_cursor=encode(shown[-1][0].id) if more else None,
    )


def _before(cursor: str | None) -> Sequence[ColumnElement[bool]]:
    if cursor is None:
        return ()
    key = int(decode(cursor, int)[0])
    if not 0 <= key <= KEY_AT_MOST:
        raise BadCursor
    return (InboundMessage.id < key,)


def _out(row: InboundMessage, *, erased: bool) -> PlatformMessageOut:
    return PlatformMessageOut(
        id=row.id,
        platform=row.platform,
        message_id=row.message_id,
        type=None if row.type is None else MessageKind(row.type),
        subject=row.subject,
        number=row.number,
        state=row.state,
        outcome=row.outcome,
        tries=row.tries,
        sent_at=row.sent_at,
        received_at=row.received_at,
        next_at=row.next_at,
        processed_at=row.processed_at,
        erased=erased,
    )


def message_out(session: Session, row: InboundMessage) -> PlatformMessageOut:
    """One message without its content."""
    erased = select(InboundMessage.body.is_(None)).where(InboundMessage.id == row.id)
    return _out(row, erased=session.scalars(erased).one())


def message_of(session: Session, asker: Principal, key: int) -> InboundMessage:
    """One message, to the city's offices; raises NotFound."""
    _of_the_city(asker)
    row = session.get(InboundMessage, key, options=[defer(InboundMessage.body)])
    if row is None:
        raise NotFound
    return row


def _of_the_city(asker: Principal) -> None:
    """What the platforms send is about the whole city."""
    if asker.tier is not UnitTier.CITY:
        raise Forbidden(needed=[UnitTier.CITY.value])


def reveal(
    session: Session, asker: Principal, key: int, purpose: RevealedFor
) -> PlatformMessageRevealed:
    """A message as it came; it may name residents, and each look is logged.

    Raises MessageErased, Unreadable.
    """
    row = message_of(session, asker, key)
    if row.body is None:
        raise MessageErased(id=key)
    emit(
        session,
        "platform_message.revealed",
        by=asker.account_id,
        unit_code=asker.unit_code,
        subject=("platform_message", key),
        platform=row.platform.value,
        message_id=row.message_id,
        purpose=purpose.value,
    )
    packed = isinstance(row.body, dict)
    return PlatformMessageRevealed(
        id=key,
        purpose=purpose,
        text=None if packed else row.body,
        base64=row.body[BASE64] if packed else None,
    )


def retry(session: Session, asker: Principal, key: int, now: datetime) -> InboundMessage:
    """Once what it names, or how it is read, was put right: it waits for its turn again.

    Raises MessageNotRetried, MessageErased.
    """
    _of_the_city(asker)
    row = session.get(InboundMessage, key, with_for_update=True)
    if row is None:
        raise NotFound
    if row.state not in RETRIED:
        raise MessageNotRetried(state=row.state.value)
    if row.body is None:
        raise MessageErased(id=key)
    seen = glance(ADAPTERS[row.platform], raw(row.body))
    row.type, row.subject, row.number = seen.type, seen.subject, seen.number
    before, row.state = row.state, InboundState.STORED
    row.next_at, row.tries, row.processed_at = now, 0, None
    emit(
        session,
        "platform_message.retried",
        by=asker.account_id,
        unit_code=asker.unit_code,
        subject=("platform_message", key),
        platform=row.platform.value,
        message_id=row.message_id,
        was=before.value,
        outcome=row.outcome,
    )
    return row


def counts(session: Session, first: date | None, last: date | None) -> InboundCounts:
    """Messages received over a span of dates, by platform and state."""
    where = MessagesAsked(first=first, last=last).conditions()
    rows = session.execute(
        select(InboundMessage.platform, InboundMessage.state, func.count())
        .where(*where)
        .group_by(InboundMessage.platform, InboundMessage.state)
        .order_by(InboundMessage.platform, InboundMessage.state)
    )
    waiting = session.scalar(
        select(func.min(InboundMessage.received_at)).where(
            InboundMessage.state == InboundState.STORED
        )
    )
    return InboundCounts(
        items=[
            InboundCount(platform=platform, state=state, messages=number)
            for platform, state, number in rows
        ],
        waiting_since=waiting,
    )


def views_of(session: Session, asker: Principal, incident_id: UUID) -> PlatformViews:
    """What each platform says of an event of one's unit."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound
    asker.look(incident.grid_code)
    rows = session.scalars(
        select(PlatformView)
        .where(PlatformView.incident_id == incident_id)
        .order_by(PlatformView.platform)
    )
    return PlatformViews(items=[_view(row) for row in rows])


def _view(row: PlatformView) -> PlatformViewOut:
    return PlatformViewOut(
        platform=row.platform,
        their_ref=row.their_ref,
        their_state=row.their_state,
        state=row.state,
        number=row.number,
        said_at=row.said_at,
        message_id=row.message_id,
        has_result=row.result is not None,
    )


def receipts_of(session: Session, asker: Principal, record_id: UUID) -> PlatformReceipts:
    """What each platform answered to a record of one's unit."""
    record = session.get(Record, record_id)
    if record is None:
        raise NotFound
    asker.look(record.community_code)
    rows = session.scalars(
        select(PlatformReceipt)
        .where(PlatformReceipt.record_id == record_id)
        .order_by(PlatformReceipt.version.desc(), PlatformReceipt.platform)
    )
    return PlatformReceipts(items=[PlatformReceiptOut.model_validate(row) for row in rows])
