"""Where the platforms post to (INT-1)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict, Field

from app.api.deps import Db, Now
from app.api.problems import refusals
from app.kit.errors import BadEncoding, TooLarge
from app.kit.schema import Out
from app.platforms import inbound
from app.platforms.refusals import MessageReused, PlatformNotSetUp, PlatformUnknown
from app.rules.tasks import Platform
from app.webhooks.refusals import NotAuthentic

router = APIRouter(prefix="/v1", tags=["platforms"])
RAW = "application/octet-stream"
PLATFORMS = UUID("5b3c2f54-6d5e-4e0b-9a1c-0d2f8f3b7a10")
"""Under which the platforms are counted beside accounts."""


class InboundTaken(Out):
    """A message that is stored; what it says is taken in afterwards."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "message_id": "msg_2026031800001",
                    "received_at": "2026-03-18T01:30:00Z",
                    "again": False,
                }
            ]
        }
    )

    message_id: str
    received_at: datetime = Field(description="When it came first")
    again: bool = Field(description="It was stored before")


async def raw_body(request: Request) -> bytes:
    """The bytes as they came; raises TooLarge."""
    body = await request.body()
    if len(body) > inbound.BYTES_AT_MOST:
        raise TooLarge(limit_bytes=inbound.BYTES_AT_MOST)
    return body


@router.post(
    "/platforms/{platform}/webhooks",
    status_code=202,
    responses=refusals(
        PlatformUnknown, PlatformNotSetUp, NotAuthentic, MessageReused, TooLarge, BadEncoding
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                RAW: {
                    "schema": {
                        "type": "string",
                        "format": "binary",
                        "description": "The platform's message: JSON by its mapping tables; "
                        "the signature is over these bytes, at most 256 KiB",
                        "examples": ["{}"],
                    }
                }
            },
        },
    },
)
def take_message(
    request: Request, db: Db, now: Now, platform: str, body: Annotated[bytes, Depends(raw_body)]
) -> InboundTaken:
    """A message of a platform, proven by its signature: stored, then answered, then taken in.

    `platform` is `chengdu` or `sichuan`; the headers are those of the scheme agreed with it. The
    same message id with the same content is answered the same; with another content refused.
    """
    found: Platform = inbound.platform_named(platform)
    proven = inbound.prove(db, found, request.headers, body, now)
    request.app.state.quota.count(uuid5(PLATFORMS, found.value), now)
    stored = inbound.keep(db, found, proven, body, now)
    return InboundTaken(
        message_id=stored.message.message_id,
        received_at=stored.message.received_at,
        again=stored.again,
    )
