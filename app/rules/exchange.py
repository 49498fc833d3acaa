"""INT-1: what the two platforms answer is taken in, in order, and nothing of it is dropped.

Their status of an event stands beside our own state and never in its place; their cards, logins
and receipts count as they say (三(一)1 “4”, 四(一)2, 四(二)).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.parameters import Label, Values, number

INT_1 = Cite("INT-1", "三(一)1 “4”, 四(一)2, 四(二)")
INT_1_READING = Cite("INT-1", "三(一)1 “4”", reading=True)

BODIES_ERASED_AFTER_DAYS = number(
    "platform_messages_erased_after_days",
    90,
    "d",
    "INT-1",
    (14, 730),
    Label("平台来文内容保留", "Content of the platforms' messages kept for"),
)
WAITS_FOR_WHAT_IT_NAMES = timedelta(days=1)
"""A message may come before the event or record that it is about."""
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=10)
AHEAD_AT_MOST = timedelta(minutes=5)
"""How far a platform's clock may be ahead of ours."""
FIRST_PAUSE = timedelta(seconds=10)
TRIES = 10
"""With pauses that double: given up after about an hour and a half."""


class MessageKind(StrEnum):
    """What a platform can say."""

    STATUS = "status"
    """Where it has one of our events, and with which result."""
    CARD = "card"
    LOGIN = "login"
    RECEIPT = "receipt"
    """Whether it took an information record."""


class Unclear(StrEnum):
    """Why a message can't be understood; it is kept and shown."""

    NOT_JSON = "not_json"
    UNKNOWN_TYPE = "unknown_type"
    MISSING_FIELD = "missing_field"
    BAD_VALUE = "bad_value"
    UNKNOWN_WORD = "unknown_word"
    UNKNOWN_EVENT = "unknown_event"
    UNKNOWN_RECORD = "unknown_record"
    UNKNOWN_ACCOUNT = "unknown_account"
    NO_POST = "no_post"
    """The account's worker had no post on that date."""
    MOMENT_TO_COME = "moment_to_come"
    BODY_ERASED = "body_erased"


class Order(StrEnum):
    """How a message stands to what was taken before it."""

    FRESH = "fresh"
    STALE = "stale"


class Look(StrEnum):
    """What is done about a message that names something which is not here."""

    WAIT = "wait"
    GIVE_UP = "give_up"


class RevealedFor(StrEnum):
    """What a platform's message can be looked at for; each look is logged."""

    MAPPING = "mapping"
    """To put right how it is read."""
    HANDLING = "handling"
    COMPLAINT = "complaint"
    AUDIT = "audit"


SUPERSEDING = frozenset({MessageKind.STATUS, MessageKind.RECEIPT})
"""A later one takes the place of an earlier one. Cards and logins add up: each counts, whenever it
comes [reading]."""


@dataclass(frozen=True)
class Placed:
    """A message's number, and the last one taken on its subject."""

    kind: MessageKind
    number: int
    last: int | None


@cites(INT_1)
def judge_order(placed: Placed) -> Order:
    """A word that is not later than the one that was taken changes nothing."""
    behind = placed.last is not None and placed.number <= placed.last
    return Order.STALE if behind and placed.kind in SUPERSEDING else Order.FRESH


@cites(INT_1_READING)
def judge_missing(received_at: datetime, now: datetime) -> Look:
    """For a day it may still arrive: handsets without network send late."""
    waits = now < received_at + WAITS_FOR_WHAT_IT_NAMES
    return Look.WAIT if waits else Look.GIVE_UP


@cites(INT_1_READING)
def judge_moment(said_at: datetime, now: datetime) -> Look | None:
    """None for a moment that has come; a platform's clock may be a little ahead."""
    if said_at <= now:
        return None
    return Look.WAIT if said_at - now <= AHEAD_AT_MOST else Look.GIVE_UP


@cites(INT_1_READING)
def next_look(received_at: datetime, now: datetime) -> datetime:
    """Soon at first, then every ten minutes, and once more when the day is over."""
    pause = min(max(SHORTEST_PAUSE, now - received_at), LONGEST_PAUSE)
    return min(now + pause, max(now, received_at + WAITS_FOR_WHAT_IT_NAMES))


@cites(INT_1_READING)
def next_try(tries: int, now: datetime) -> datetime | None:
    """After so many failed tries the next one; None when it is given up."""
    return None if tries >= TRIES else now + FIRST_PAUSE * 2 ** (tries - 1)


@cites(INT_1_READING)
def erased_before(today: date, values: Values) -> date:
    """Bodies received before this date are no longer needed."""
    return today - timedelta(days=int(values[BODIES_ERASED_AFTER_DAYS]))
