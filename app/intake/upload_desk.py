"""Where photos are taken in: announced, gathered, checked and kept."""

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio
from anyio.to_thread import run_sync
from fastapi import FastAPI, Request

from app.db.engine import Sessions
from app.intake import tus
from app.intake.carrier import Carrier
from app.intake.pieces import Pieces
from app.intake.upload_files import UploadKey, folder_of
from app.media import arrivals
from app.media.arrivals import Arrival
from app.media.pictures import FORMATS
from app.media.refusals import MetadataMissing, PhotoTooLarge, TypeNotTaken
from app.media.store import PhotoStore
from app.settings import Settings

READ_AT_ONCE = 2
"""Pictures: each takes some hundred megabytes and a core for a moment."""
SHA256 = re.compile("[0-9a-f]{64}")


@dataclass
class Desk:
    """All that taking in photos needs, for the life of a process."""

    sessions: Sessions
    store: PhotoStore
    pieces: Pieces
    library: FastAPI
    max_bytes: int
    reading: anyio.CapacityLimiter

    async def is_kept(self, sha256: str, size: int) -> bool:
        """Whether a photo need not be sent."""
        return await run_sync(arrivals.is_kept, self.sessions, self.store, sha256, size)

    async def keep(self, carrier: Carrier, uid: str, metadata: dict[str, str]) -> None:
        """A whole upload becomes a photo, before its last piece is answered."""
        key = UploadKey.parse(uid)
        if (await self.pieces.standing(key)).kept:
            return
        arrival = Arrival(
            content=await self.pieces.content(key),
            sha256=metadata["sha256"],
            media_type=metadata["filetype"],
            account_id=carrier.account_id,
            unit_code=carrier.unit_code,
            at=carrier.now,
        )
        await run_sync(arrivals.keep, self.sessions, self.store, arrival, limiter=self.reading)
        await self.pieces.mark_kept(key)

    async def ask(self, request: Request, carrier: Carrier, key: UploadKey) -> dict[str, str]:
        """The library's answer about an upload."""
        asked = tus.Asked(str(key), partial(self.keep, carrier))
        return await tus.ask(self.library, request, asked)


def open_desk(settings: Settings, sessions: Sessions, store: PhotoStore) -> Desk:
    """Where photos are taken in; pieces lie in the folder `uploads` of the state."""
    pieces = Pieces(folder_of(settings))
    return Desk(
        sessions=sessions,
        store=store,
        pieces=pieces,
        library=tus.protocol(
            pieces, settings.media_max_bytes, partial(announced, settings.media_max_bytes)
        ),
        max_bytes=settings.media_max_bytes,
        reading=anyio.CapacityLimiter(READ_AT_ONCE),
    )


def announced(max_bytes: int, metadata: dict[str, str], known: dict[str, Any]) -> None:
    """Whether such a photo is taken; raises PhotoTooLarge, MetadataMissing, TypeNotTaken."""
    if known["size"] > max_bytes:
        raise PhotoTooLarge(bytes=known["size"], most=max_bytes)
    if not SHA256.fullmatch(metadata.get("sha256", "")) or "filetype" not in metadata:
        raise MetadataMissing
    if metadata["filetype"] not in FORMATS:
        raise TypeNotTaken(taken=sorted(FORMATS))
