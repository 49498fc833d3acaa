"""What each kind of message does once it is understood (INT-1).

A platform's word never changes our own state: a person sees it and decides.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import (
    InboundMessage,
    Incident,
    PlatformAccount,
    PlatformReceipt,
    PlatformView,
    RecordVersion,
)
from app.incidents.card_refusals import CardOfUnknownEvent
from app.incidents.drawing import PlatformCard, draw_platform_card
from app.incidents.platform_words import PlatformWord, record_platform_word
from app.kit.clock import civil_day
from app.people.posts import NoPost
from app.platforms.sayings import (
    CardSaid,
    LoginSaid,
    Message,
    NotUnderstood,
    ReceiptSaid,
    StatusSaid,
)
from app.rules.cards import CardOrigin
from app.rules.exchange import MessageKind, Unclear
from app.tasks.logins import PlatformSays, record_from_platform

Outcome = dict[str, Any]
REASON_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
"""Anything longer or freer is somebody's words: they stay sealed in the message."""


class NotHere(Exception):
    """What a message names has not arrived here, or never will."""

    def __init__(self, why: Unclear) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Taking:
    """A message while it is taken in: as it is stored, and as it reads."""

    row: InboundMessage
    message: Message
    now: datetime


def take_status(session: Session, taking: Taking) -> Outcome:
    """The platform's view of an event, and an act that changes nothing of ours."""
    said = taking.message.said
    assert isinstance(said, StatusSaid)
    if session.get(Incident, said.incident_id) is None:
        raise NotHere(Unclear.UNKNOWN_EVENT)
    act = record_platform_word(session, _word(taking, said), taking.now)
    _look_anew(session, taking, said)
    return {"act_id": str(act.id), "state": said.state.ours}


def _word(taking: Taking, said: StatusSaid) -> PlatformWord:
    return PlatformWord(
        platform=taking.row.platform,
        incident_id=said.incident_id,
        state=str(said.state.theirs),
        result=said.result,
        said_at=taking.message.said_at,
        message_id=taking.row.message_id,
    )


def _look_anew(session: Session, taking: Taking, said: StatusSaid) -> None:
    key = (taking.row.platform, said.incident_id)
    view = session.get(PlatformView, key, with_for_update=True)
    if view is None:
        view = PlatformView(platform=taking.row.platform, incident_id=said.incident_id)
        session.add(view)
    view.their_ref = said.their_ref or view.their_ref
    view.their_state, view.state = str(said.state.theirs), said.state.ours
    view.result = said.result
    view.number, view.said_at = taking.message.number, taking.message.said_at
    view.message_id = taking.row.message_id


def take_card(session: Session, taking: Taking) -> Outcome:
    """A card that was drawn there counts here; the same card again changes nothing."""
    said = taking.message.said
    assert isinstance(said, CardSaid)
    colour, tier = said.drawn
    drawn = PlatformCard(
        incident_id=said.incident_id,
        origin=CardOrigin(taking.row.platform.value),
        their_ref=said.card_ref,
        colour=colour,
        tier=tier,
        fell_at=said.fell_at,
    )
    try:
        card = draw_platform_card(session, drawn, taking.now)
    except CardOfUnknownEvent:
        raise NotHere(Unclear.UNKNOWN_EVENT) from None
    return {"card_id": None if card is None else str(card.id)}


def take_login(session: Session, taking: Taking) -> Outcome:
    """The worker whose account it is on that date logged in."""
    said = taking.message.said
    assert isinstance(said, LoginSaid)
    worker_id = session.scalar(
        select(PlatformAccount.worker_id).where(
            PlatformAccount.platform == taking.row.platform,
            PlatformAccount.account == said.account,
            PlatformAccount.valid.contains(civil_day(said.at)),
        )
    )
    if worker_id is None:
        raise NotUnderstood(Unclear.UNKNOWN_ACCOUNT, account=said.account)
    says = PlatformSays(taking.row.platform, worker_id, said.at, taking.row.message_id)
    try:
        new = record_from_platform(session, says, taking.now)
    except NoPost:
        raise NotUnderstood(Unclear.NO_POST, worker_id=str(worker_id)) from None
    return {"worker_id": str(worker_id), "new": new}


def take_receipt(session: Session, taking: Taking) -> Outcome:
    """Whether a version of a record was taken there."""
    said = taking.message.said
    assert isinstance(said, ReceiptSaid)
    if said.accepted.ours is None:
        raise NotUnderstood(Unclear.UNKNOWN_WORD, word=str(said.accepted.theirs))
    if session.get(RecordVersion, (said.record_id, said.version)) is None:
        raise NotHere(Unclear.UNKNOWN_RECORD)
    key = (taking.row.platform, said.record_id, said.version)
    receipt = session.get(PlatformReceipt, key, with_for_update=True)
    if receipt is None:
        platform, record_id, version = key
        receipt = PlatformReceipt(platform=platform, record_id=record_id, version=version)
        session.add(receipt)
    code = said.code if said.code and REASON_CODE.fullmatch(said.code) else None
    receipt.accepted, receipt.code = said.accepted.ours == "true", code
    receipt.said_at, receipt.message_id = taking.message.said_at, taking.row.message_id
    worded = {"worded": True} if code != said.code else {}
    return {"accepted": receipt.accepted, "code": code, **worded}


EFFECTS: Mapping[MessageKind, Callable[[Session, Taking], Outcome]] = MappingProxyType(
    {
        MessageKind.STATUS: take_status,
        MessageKind.CARD: take_card,
        MessageKind.LOGIN: take_login,
        MessageKind.RECEIPT: take_receipt,
    }
)


def latest_moment(message: Message) -> datetime:
    """The latest instant that a message speaks of: none may lie ahead."""
    match message.said:
        case LoginSaid(at=at) | CardSaid(fell_at=at):
            return max(at, message.said_at)
        case StatusSaid() | ReceiptSaid():
            return message.said_at
