"""How accounts at the platforms, and what the platforms sent, are spoken (INT-1)."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from app.kit.schema import Day, In, MadeId, Out
from app.rules.delivery import InboundState
from app.rules.exchange import MessageKind, RevealedFor
from app.rules.tasks import Platform

Example = dict[str, Any]
ID = "0199d2f0-0000-7000-8000-000000000041"
INCIDENT = "0199d2f0-0000-7000-8000-000000000042"
ACT = "0199d2f0-0000-7000-8000-000000000043"
WORKER = "0199d2f0-0000-7000-8000-000000000002"
OFFICE = "0199d2f0-0000-7000-8000-000000000003"
ASKED: Example = {
    "id": ID,
    "platform": "chengdu",
    "account": "jy-dc-wg01",
    "worker_id": WORKER,
    "first_day": "2026-03-01",
    "last_day": None,
}
ACCOUNT: Example = {**ASKED, "recorded_by": OFFICE, "recorded_at": "2026-03-02T01:00:00Z"}
MESSAGE: Example = {
    "id": 4711,
    "platform": "chengdu",
    "message_id": "msg_2026031800001",
    "type": "status",
    "subject": f"incident:{INCIDENT}",
    "number": 3,
    "state": "done",
    "outcome": {"act_id": ACT, "state": "handling"},
    "tries": 0,
    "sent_at": "2026-03-18T01:29:59Z",
    "received_at": "2026-03-18T01:30:00Z",
    "next_at": "2026-03-18T01:30:00Z",
    "processed_at": "2026-03-18T01:30:01Z",
    "erased": False,
}


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be printable")
    return text


AccountName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_printable),
]


class PlatformAccountIn(In):
    """A worker's account at a platform, from a date on."""

    model_config = ConfigDict(json_schema_extra={"examples": [ASKED]})

    id: MadeId
    platform: Platform
    account: AccountName = Field(description="As the platform writes it in its messages")
    worker_id: UUID
    first_day: Day
    last_day: Day | None = None

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.last_day is not None and self.last_day < self.first_day:
            raise ValueError("must not end before it begins")
        return self


class PlatformAccountEndIn(In):
    """The last date on which the account is the worker's."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"last_day": "2026-03-31"}]})

    last_day: Day


class PlatformAccountOut(Out):
    """A worker's account at a platform over a span of dates."""

    model_config = ConfigDict(json_schema_extra={"examples": [ACCOUNT]})

    id: UUID
    platform: Platform
    account: str
    worker_id: UUID
    first_day: date
    last_day: date | None
    recorded_by: UUID
    recorded_at: datetime


class PlatformAccountRow(PlatformAccountOut):
    """An account in a list, with the worker's name."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**ACCOUNT, "worker_name": "王网格"}]}
    )

    worker_name: str


class PlatformAccountPage(Out):
    """Some accounts, the last recorded first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"items": [{**ACCOUNT, "worker_name": "王网格"}], "next_cursor": None}]
        }
    )

    items: list[PlatformAccountRow]
    next_cursor: str | None


class PlatformMessageOut(Out):
    """A message of a platform and what became of it; what it says is revealed for a purpose."""

    model_config = ConfigDict(json_schema_extra={"examples": [MESSAGE]})

    id: int
    platform: Platform
    message_id: str
    type: MessageKind | None = Field(description="None: not made out")
    subject: str | None = Field(description="`incident:…`, `account:…` or `record:…:version`")
    number: int | None = Field(description="The platform's own within the subject")
    state: InboundState
    outcome: dict[str, Any] = Field(
        description="done: what it did; stale: the `last` number taken; stored: what it `waits` "
        "for, or the `error` it met; not_understood: `why`"
    )
    tries: int
    sent_at: datetime
    received_at: datetime
    next_at: datetime
    processed_at: datetime | None
    erased: bool = Field(description="Its content was erased after its term")


class PlatformMessagePage(Out):
    """Some messages, the last received first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [MESSAGE], "next_cursor": None}]}
    )

    items: list[PlatformMessageOut]
    next_cursor: str | None


class PlatformMessageRevealIn(In):
    """What a message is looked at for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"purpose": "mapping"}]})

    purpose: RevealedFor


class PlatformMessageRevealed(Out):
    """A message as it came."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 4711,
                    "purpose": "mapping",
                    "text": '{"msgType":"EVENT_STATUS","seqNo":3}',
                    "base64": None,
                }
            ]
        }
    )

    id: int
    purpose: RevealedFor
    text: str | None
    base64: str | None = Field(description="Of a content that is no text")


class InboundCount(Out):
    """How many messages of a platform are in a state."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"platform": "chengdu", "state": "done", "messages": 40}]}
    )

    platform: Platform
    state: InboundState
    messages: int


class InboundCounts(Out):
    """Messages by platform and state; what waits longest."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [{"platform": "chengdu", "state": "done", "messages": 40}],
                    "waiting_since": None,
                }
            ]
        }
    )

    items: list[InboundCount]
    waiting_since: datetime | None = Field(description="Receipt of the oldest not yet taken in")


class PlatformViewOut(Out):
    """What a platform says of an event, beside what we say; its result is in the event's acts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "platform": "chengdu",
                    "their_ref": "CD20260318001",
                    "their_state": "处理中",
                    "state": "handling",
                    "number": 3,
                    "said_at": "2026-03-18T01:29:00Z",
                    "message_id": "msg_2026031800001",
                    "has_result": False,
                }
            ]
        }
    )

    platform: Platform
    their_ref: str | None
    their_state: str
    state: str | None = Field(description="Ours that it stands for; none: nothing that we have")
    number: int
    said_at: datetime
    message_id: str
    has_result: bool


class PlatformViews(Out):
    """What the platforms say of one event."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": []}]})

    items: list[PlatformViewOut]


class PlatformReceiptOut(Out):
    """A platform's answer to a version of a record."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "platform": "sichuan",
                    "version": 2,
                    "accepted": False,
                    "code": "E17",
                    "said_at": "2026-03-18T01:29:00Z",
                    "message_id": "msg_2026031800001",
                }
            ]
        }
    )

    platform: Platform
    version: int
    accepted: bool
    code: str | None
    said_at: datetime
    message_id: str


class PlatformReceipts(Out):
    """The platforms' answers to one record, the latest version first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": []}]})

    items: list[PlatformReceiptOut]
