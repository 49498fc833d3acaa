"""Reconciliation: what a platform has of a date is made equal to what we told it (INT-1, INT-2).

Of the last days each is reconciled once it is over, until the platform answered for it. What it
lacks is told again in order; what it said and we never got is taken in through the same door as
what it sends, once. That a platform can't be asked is kept with the date and never raised.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import InboundMessage, Reconciliation, WebhookEndpoint
from app.kit.clock import civil_day
from app.kit.errors import Refusal, TooLarge
from app.kit.ids import uuid7
from app.outbox.emit import emit
from app.platforms.adapters import ADAPTERS
from app.platforms.asking import NoAnswer, Peer, SaidThere, TheirDay, ask
from app.platforms.comparing import (
    Difference,
    DifferenceKind,
    Ours,
    Remedy,
    Subject,
    compare,
    unknown,
)
from app.platforms.inbound import BYTES_AT_MOST, store
from app.platforms.refusals import NothingToReconcile
from app.platforms.told import Reader, known, tell_again, told_on
from app.rules.delivery import EndpointState, SecretUse
from app.rules.tasks import Platform
from app.webhooks.keys import signing_secrets

log = structlog.get_logger("platforms")
LOOKS_BACK_DAYS = 7
SERVED = (EndpointState.ACTIVE, EndpointState.PAUSED)


@dataclass(frozen=True)
class Asked:
    """Which platform and date, when, and by whom; nobody: the night's work."""

    platform: Platform
    day: date
    now: datetime
    by: UUID | None = None


def reconcile_due(sessions: Sessions, now: datetime) -> list[Reconciliation]:
    """Each platform's last days that were not reconciled since they ended, the latest first.

    Whatever one platform answers, the other has its turn.
    """
    done: list[Reconciliation] = []
    for platform in Platform:
        try:
            done += _turn_of(sessions, platform, now)
        except Exception as error:
            log.exception("not_reconciled", platform=platform.value, error=type(error).__name__)
    return done


def _turn_of(sessions: Sessions, platform: Platform, now: datetime) -> Iterator[Reconciliation]:
    """The first that fails ends a platform's turn: the others would fail alike."""
    with sessions.begin() as session:
        days = days_due(session, platform, civil_day(now))
    for day in days:
        row = reconcile(sessions, Asked(platform, day, now))
        yield row
        if row.error is not None:
            break


def days_due(session: Session, platform: Platform, today: date) -> Sequence[date]:
    """Of the last days those that the platform has not answered for since they ended.

    Of a paused endpoint none: it is left alone until it is resumed, or somebody asks for a date.
    """
    endpoint = endpoint_of(session, platform)
    if endpoint is None or endpoint.state is not EndpointState.ACTIVE:
        return []
    rows = session.execute(
        select(Reconciliation.day, Reconciliation.ran_at).where(
            Reconciliation.platform == platform,
            Reconciliation.day >= today - timedelta(days=LOOKS_BACK_DAYS),
            Reconciliation.error.is_(None),
        )
    )
    answered = {day for day, ran_at in rows if civil_day(ran_at) > day}
    days = [today - timedelta(days=back) for back in range(1, LOOKS_BACK_DAYS + 1)]
    return [day for day in days if day not in answered]


def endpoint_of(session: Session, platform: Platform) -> WebhookEndpoint | None:
    """The endpoint of a platform that is told things now."""
    return session.scalar(
        select(WebhookEndpoint).where(
            WebhookEndpoint.platform == platform, WebhookEndpoint.state.in_(SERVED)
        )
    )


def reconcile(sessions: Sessions, asked: Asked) -> Reconciliation:
    """One date of one platform; raises NothingToReconcile where no endpoint is there to ask.

    What we told is read before the platform is asked: whatever happens meanwhile is told anyway.
    No transaction is open while it answers.
    """
    with sessions.begin() as session:
        endpoint = endpoint_of(session, asked.platform)
        if endpoint is None:
            raise NothingToReconcile(platform=asked.platform)
        secrets = signing_secrets(session, endpoint.id, SecretUse.OUTBOUND, asked.now)
        ours = told_on(session, Reader(endpoint, ADAPTERS[asked.platform]), asked.day)
    error, theirs = None, TheirDay({}, [])
    try:
        theirs = ask(Peer(endpoint, secrets), asked.day, asked.now)
    except NoAnswer as failure:
        error = str(failure)
    with sessions.begin() as session:
        found = _Found(endpoint, ours, theirs)
        row = _settled(session, asked, found) if error is None else _failed(asked, found, error)
        session.add(row)
        _trace(session, asked, endpoint, row)
    return row


@dataclass(frozen=True)
class _Found:
    endpoint: WebhookEndpoint
    ours: Mapping[Subject, Ours]
    theirs: TheirDay


def _settled(session: Session, asked: Asked, found: _Found) -> Reconciliation:
    differences = compare(found.ours, found.theirs.held)
    again = [event for difference in differences for event in difference.again]
    tell_again(session, found.endpoint, again)
    taken = _take_in(session, asked, found.theirs.messages)
    strange = unknown(found.theirs.held, known(session, found.theirs.held))
    return _row(
        asked,
        found,
        differences=[*map(Difference.shown, differences), *map(Difference.shown, strange), *taken],
        sent_again=len(again),
        taken_in=sum(message["remedy"] == Remedy.TAKEN_IN.value for message in taken),
    )


def _failed(asked: Asked, found: _Found, error: str) -> Reconciliation:
    return _row(asked, found, error=error, differences=[], sent_again=0, taken_in=0)


def _row(asked: Asked, found: _Found, **came_out: Any) -> Reconciliation:
    return Reconciliation(
        id=uuid7(asked.now),
        platform=asked.platform,
        day=asked.day,
        ran_at=asked.now,
        asked_by=asked.by,
        ours=len(found.ours),
        theirs=len(found.theirs.held),
        **came_out,
    )


def _take_in(
    session: Session, asked: Asked, messages: Sequence[SaidThere]
) -> Sequence[dict[str, Any]]:
    """Messages that never arrived, through the door; what it refuses is kept with its reason."""
    keys = [message.message_id for message in messages]
    here = set(
        session.scalars(
            select(InboundMessage.message_id).where(
                InboundMessage.platform == asked.platform, InboundMessage.message_id.in_(keys)
            )
        )
    )
    missing = (message for message in messages if message.message_id not in here)
    return [_taken_in(session, asked, message) for message in missing]


def _taken_in(session: Session, asked: Asked, message: SaidThere) -> dict[str, Any]:
    why, body = None, message.body.encode()
    try:
        if len(body) > BYTES_AT_MOST:
            raise TooLarge
        with session.begin_nested():
            store(session, asked.platform, message.headers, body, asked.now)
    except Refusal as refusal:
        why = refusal.code
    return {
        "kind": DifferenceKind.MISSING_HERE.value,
        "subject_kind": None,
        "subject_id": None,
        "message_id": message.message_id,
        "ours": None,
        "theirs": None,
        "remedy": (Remedy.TAKEN_IN if why is None else Remedy.NONE).value,
        "why": why,
    }


def _trace(session: Session, asked: Asked, endpoint: WebhookEndpoint, row: Reconciliation) -> None:
    emit(
        session,
        "platform.reconciled",
        by=asked.by,
        unit_code=endpoint.unit_code,
        subject=("reconciliation", row.id),
        platform=asked.platform.value,
        day=asked.day.isoformat(),
        differences=len(row.differences),
        sent_again=row.sent_again,
        taken_in=row.taken_in,
        error=row.error,
    )
