"""What the platforms sent and have: messages, views, receipts (INT-1)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from app.api.city_queries import Listed
from app.api.deps import Db, Now, PlatformsReader, PlatformsRevealer, PlatformsWriter, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import refusals
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day, In, Line
from app.kit.secrets import Unreadable
from app.platforms import message_lists
from app.platforms.refusals import MessageErased, MessageNotRetried
from app.platforms.schemas import (
    InboundCounts,
    PlatformMessageOut,
    PlatformMessagePage,
    PlatformMessageRevealed,
    PlatformMessageRevealIn,
    PlatformReceipts,
    PlatformViews,
)
from app.rules.delivery import InboundState
from app.rules.exchange import MessageKind
from app.rules.tasks import Platform

router = APIRouter(prefix="/v1", tags=["platforms"])
MessageKey = Annotated[int, Path(ge=1, le=message_lists.KEY_AT_MOST)]
MESSAGE_COLUMNS: Columns = {
    "received_at": ("接收时间", "Received at"),
    "platform": ("平台", "Platform"),
    "type": ("类型", "Type"),
    "subject": ("对象", "Subject"),
    "number": ("序号", "Number"),
    "state": ("状态", "State"),
    "outcome.why": ("未能理解的原因", "Why not understood"),
    "outcome.waits": ("等待", "Waits for"),
    "outcome.error": ("错误", "Error"),
    "processed_at": ("处理时间", "Taken in at"),
    "message_id": ("消息编号", "Message"),
    "id": ("编号", "Key"),
}


class PlatformMessagesAsked(Listed):
    """Which messages."""

    platform: Platform | None = None
    state: InboundState | None = None
    type: MessageKind | None = None
    subject: Line | None = Field(
        default=None, description="`incident:…`, `account:…` or `record:…:version`"
    )
    from_: Day | None = Field(default=None, alias="from", description="Received on or after")
    to: Day | None = Field(default=None, description="Received on or before")

    @property
    def which(self) -> message_lists.MessagesAsked:
        """As conditions."""
        return message_lists.MessagesAsked(
            self.platform, self.state, self.type, self.subject, self.from_, self.to
        )


class InboundCountsAsked(In):
    """Received over which dates."""

    from_: Day | None = Field(default=None, alias="from", description="Received on or after")
    to: Day | None = Field(default=None, description="Received on or before")


@router.get(
    "/platform-messages",
    response_model=PlatformMessagePage,
    responses=refusals(BadCursor) | FILES,
)
def list_platform_messages(
    db: Db,
    asker: PlatformsReader,
    reads: Reads,
    asked: Annotated[PlatformMessagesAsked, Query()],
) -> PlatformMessagePage | Response:
    """What the platforms sent and what became of it, the last received first; not what it says."""
    del asker
    page = message_lists.messages(db, asked.which, asked.page)
    return as_asked(page, MESSAGE_COLUMNS, asked.format, "platform-messages", reads)


@router.get("/platform-messages/counts", responses=refusals())
def count_platform_messages(
    db: Db, asker: PlatformsReader, asked: Annotated[InboundCountsAsked, Query()]
) -> InboundCounts:
    """Messages by platform and state, and since when the oldest waits."""
    del asker
    return message_lists.counts(db, asked.from_, asked.to)


@router.get("/platform-messages/{id}", responses=refusals(NotFound))
def read_platform_message(db: Db, asker: PlatformsReader, id: MessageKey) -> PlatformMessageOut:
    """One message and what became of it."""
    return message_lists.message_out(db, message_lists.message_of(db, asker, id))


@router.post(
    "/platform-messages/{id}/reveal", responses=refusals(NotFound, MessageErased, Unreadable)
)
def reveal_platform_message(
    db: Db, asker: PlatformsRevealer, id: MessageKey, body: PlatformMessageRevealIn
) -> PlatformMessageRevealed:
    """What a message says, as it came, for a purpose; each look is logged."""
    return message_lists.reveal(db, asker, id, body.purpose)


@router.post(
    "/platform-messages/{id}/retry",
    responses=refusals(NotFound, MessageNotRetried, MessageErased, Unreadable),
)
def retry_platform_message(
    db: Db, asker: PlatformsWriter, now: Now, id: MessageKey
) -> PlatformMessageOut:
    """Take a message in again, after the mapping or what it names was put right."""
    return message_lists.message_out(db, message_lists.retry(db, asker, id, now))


@router.get("/incidents/{id}/platform-views", responses=refusals(NotFound))
def read_platform_views(db: Db, asker: PlatformsReader, id: UUID) -> PlatformViews:
    """What each platform says of an event, beside what we say."""
    return message_lists.views_of(db, asker, id)


@router.get("/records/{id}/platform-receipts", responses=refusals(NotFound))
def read_platform_receipts(db: Db, asker: PlatformsReader, id: UUID) -> PlatformReceipts:
    """Whether each platform took the versions of a record, and why not."""
    return message_lists.receipts_of(db, asker, id)
