"""Stored messages are taken in: in order within a subject, each in its own transaction (INT-1).

Any number of workers may do it at once: a subject is one worker's at a time, and a message that
can't be taken in holds up nothing but what follows it on its own subject.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, String, and_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session, defer

from app.db.engine import Sessions
from app.db.models import InboundMessage, PlatformSubject
from app.kit.errors import Refusal
from app.platforms.adapters import ADAPTERS
from app.platforms.bodies import raw
from app.platforms.effects import EFFECTS, NotHere, Outcome, Taking, latest_moment
from app.platforms.hearing import heard
from app.platforms.sayings import NotUnderstood
from app.rules.delivery import InboundState
from app.rules.exchange import (
    SUPERSEDING,
    Look,
    Order,
    Placed,
    Unclear,
    judge_missing,
    judge_moment,
    judge_order,
    next_look,
    next_try,
)
from app.rules.tasks import Platform

SUBJECTS_AT_ONCE = 200
MESSAGES_IN_A_ROW = 50
"""Of one subject, before others have their turn."""
log = structlog.get_logger("platforms")

IS_STORED = InboundMessage.state == InboundState.STORED
IN_ORDER = (InboundMessage.number.asc().nulls_last(), InboundMessage.id)
ALONE = "message:"
LINE: ColumnElement[str] = func.coalesce(
    InboundMessage.subject, literal(ALONE) + cast(InboundMessage.id, String)
)
"""What is taken in one after the other: a subject; what has none stands alone."""


@dataclass(frozen=True)
class Line:
    """A platform's subject with messages that wait."""

    platform: Platform
    name: str

    @property
    def waiting(self) -> ColumnElement[bool]:
        """Its messages, found by an index: of an outage's backlog only these are read."""
        if self.name.startswith(ALONE):
            key = int(self.name.removeprefix(ALONE))
            found = and_(InboundMessage.id == key, InboundMessage.subject.is_(None))
        else:
            found = InboundMessage.subject == self.name
        return and_(IS_STORED, InboundMessage.platform == self.platform, found)


def process(sessions: Sessions, now: datetime) -> int:
    """Take in what is due; says how many messages were looked at."""
    looked_at = 0
    while True:
        lines = _due(sessions, now)
        found = sum(_work_through(sessions, line, now) for line in lines)
        looked_at += found
        if not found:
            return looked_at


def _due(sessions: Sessions, now: datetime) -> Sequence[Line]:
    """The lines whose first message is due, the longest waiting first."""
    first = (
        select(
            InboundMessage.id, InboundMessage.platform, LINE.label("line"), InboundMessage.next_at
        )
        .ext(distinct_on(InboundMessage.platform, LINE))
        .where(IS_STORED)
        .order_by(InboundMessage.platform, LINE, *IN_ORDER)
        .subquery()
    )
    with sessions.begin() as session:
        rows = session.execute(
            select(first.c.platform, first.c.line)
            .where(first.c.next_at <= now)
            .order_by(first.c.id)
            .limit(SUBJECTS_AT_ONCE)
        )
        return [Line(platform, name) for platform, name in rows]


def _work_through(sessions: Sessions, line: Line, now: datetime) -> int:
    for taken in range(MESSAGES_IN_A_ROW):
        if not _take_next(sessions, line, now):
            return taken
    return MESSAGES_IN_A_ROW


def _take_next(sessions: Sessions, line: Line, now: datetime) -> bool:
    """The first message of a line; False when another worker has it, or nothing is due."""
    key = None
    try:
        with sessions.begin() as session:
            row = _claimed(session, line, now)
            if row is None:
                return False
            key = row.id
            _take(session, row, now)
    except Exception as error:
        if key is None:
            raise
        log.exception("inbound_message_failed", message=key, error=type(error).__name__)
        _note_failure(sessions, key, error, now)
    return True


def _claimed(session: Session, line: Line, now: datetime) -> InboundMessage | None:
    name = f"inbound {line.platform.value} {line.name}"
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0))
    if not session.scalar(select(lock)):
        return None
    row = session.scalars(
        select(InboundMessage)
        .options(defer(InboundMessage.body))
        .where(line.waiting)
        .order_by(*IN_ORDER)
        .limit(1)
        .with_for_update()
    ).one_or_none()
    return None if row is None or row.next_at > now else row


def _take(session: Session, row: InboundMessage, now: datetime) -> None:
    """Read it, judge it, let it have its effect; or keep it with what is not understood."""
    try:
        with session.begin_nested():
            taken = _taken(session, row, now)
    except NotUnderstood as found:
        _settle(row, InboundState.NOT_UNDERSTOOD, {"why": found.why.value, **found.where}, now)
    except NotHere as found:
        _not_here(row, found.why, now)
    except Refusal as refusal:
        _settle(row, InboundState.NOT_UNDERSTOOD, {"why": refusal.code}, now)
    else:
        if taken is not None:
            _settle(row, *taken, now)


def _taken(
    session: Session, row: InboundMessage, now: datetime
) -> tuple[InboundState, Outcome] | None:
    """What became of it; None while its moment is still to come by our clock."""
    if row.body is None:
        raise NotUnderstood(Unclear.BODY_ERASED)
    message = heard(ADAPTERS[row.platform], raw(row.body))
    moment = latest_moment(message)
    look = judge_moment(moment, now)
    if look is Look.GIVE_UP:
        raise NotUnderstood(Unclear.MOMENT_TO_COME)
    if look is Look.WAIT:
        row.next_at = moment
        return None
    subject = message.said.subject
    last = session.get(PlatformSubject, (row.platform, subject), with_for_update=True)
    placed = Placed(message.kind, message.number, last.last_number if last else None)
    if judge_order(placed) is Order.STALE:
        return InboundState.STALE, {"last": placed.last}
    outcome = EFFECTS[message.kind](session, Taking(row, message, now))
    if message.kind in SUPERSEDING:
        _note_number(session, row.platform, subject, message.number)
    return InboundState.DONE, outcome


def _note_number(session: Session, platform: Platform, subject: str, number: int) -> None:
    row = {"platform": platform, "subject": subject, "last_number": number}
    session.execute(
        insert(PlatformSubject)
        .values(row)
        .on_conflict_do_update(index_elements=["platform", "subject"], set_={"last_number": number})
    )


def _not_here(row: InboundMessage, why: Unclear, now: datetime) -> None:
    """For a day it waits for what it names, and says for what."""
    if judge_missing(row.received_at, now) is Look.GIVE_UP:
        _settle(row, InboundState.NOT_UNDERSTOOD, {"why": why.value}, now)
        return
    row.outcome = {"waits": why.value}
    row.next_at = next_look(row.received_at, now)


def _settle(row: InboundMessage, state: InboundState, outcome: Outcome, now: datetime) -> None:
    row.state, row.outcome, row.processed_at = state, outcome, now


def _note_failure(sessions: Sessions, key: int, error: Exception, now: datetime) -> None:
    """It is tried again after a pause, and in the end given up; kept either way."""
    with sessions.begin() as session:
        sealed = [defer(InboundMessage.body)]
        row = session.get_one(InboundMessage, key, with_for_update=True, options=sealed)
        row.tries += 1
        row.outcome = {"error": type(error).__name__}
        again = next_try(row.tries, now)
        if again is None:
            row.state, row.processed_at = InboundState.FAILED, now
        else:
            row.next_at = again
