"""What has arrived of uploads, in a folder: what the tus library asks of its storage.

An upload is `account/upload/` with `promise` (what was announced), `content` (the bytes so far),
`lock`, and at the end `kept` (the photo is in the store). How much has arrived is the size of
`content` and nothing else: a server killed in the middle of a piece forgets nothing and doubles
nothing.
"""

import fcntl
import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
from anyio.to_thread import run_sync
from fastapi import HTTPException
from tuspyserver.storage import TusStorage
from typing_extensions import override

from app.intake.upload_refusals import NoSuchUpload, UploadBusy
from app.kit.ids import is_uuid7, time_of, uuid7
from app.settings import Settings

KEPT_FOR = timedelta(days=7)
WAIT_S = 5.0
BETWEEN_TRIES_S = 0.05
KEY_LETTERS = 32


@dataclass(frozen=True)
class UploadKey:
    """Whose upload it is, and which; the instant of a UUIDv7 is when it began."""

    account_id: UUID
    upload_id: UUID

    @classmethod
    def new(cls, account_id: UUID, now: datetime) -> "UploadKey":
        """Of an upload that begins now."""
        return cls(account_id, uuid7(now))

    @classmethod
    def parse(cls, text: str) -> "UploadKey":
        """As it stands in an address; raises NoSuchUpload."""
        try:
            account_id, upload_id = UUID(text[:KEY_LETTERS]), UUID(text[KEY_LETTERS:])
        except ValueError:
            raise NoSuchUpload from None
        found = cls(account_id, upload_id)
        if str(found) != text or not is_uuid7(upload_id):
            raise NoSuchUpload
        return found

    @property
    def expires_at(self) -> datetime:
        """When what has arrived of it is let go."""
        return time_of(self.upload_id) + KEPT_FOR

    @override
    def __str__(self) -> str:
        return self.account_id.hex + self.upload_id.hex


@dataclass(frozen=True)
class Standing:
    """What was announced of an upload, and how much of it has arrived."""

    size: int
    metadata: dict[str, str]
    arrived: int
    kept: bool

    @property
    def offset(self) -> int:
        """Where it goes on; the end only once the photo is kept."""
        return self.size if self.kept else self.arrived


class Pieces(TusStorage):
    """Uploads below one folder. Files are touched in threads, never on the event loop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, key: UploadKey) -> Path:
        """The folder of an upload."""
        return self.folder / key.account_id.hex / key.upload_id.hex

    @asynccontextmanager
    async def held(self, key: UploadKey) -> AsyncIterator[Standing]:
        """An upload that nobody else touches meanwhile, in any process over the same folder.

        Raises NoSuchUpload, UploadBusy. An upload that arrived whole without being kept lost its
        server in between: it stands one byte short, so that whoever sends it finds out and ends it.
        """
        place = self.place(key)
        descriptor = await run_sync(_open, place / "lock")
        try:
            await _lock(descriptor)
            # Whoever held it before may have ended it.
            yield await run_sync(settled, place)
        finally:
            os.close(descriptor)

    async def standing(self, key: UploadKey) -> Standing:
        """How an upload stands."""
        return await run_sync(standing_in, self.place(key))

    async def mark_kept(self, key: UploadKey) -> None:
        """The photo is in the store: its content need not lie here any more."""
        await run_sync(mark_kept, self.place(key))

    async def content(self, key: UploadKey) -> bytes:
        """All that has arrived."""
        return await run_sync((self.place(key) / "content").read_bytes)

    async def remove(self, key: UploadKey) -> None:
        """Forget an upload."""
        await run_sync(shutil.rmtree, self.place(key), True)

    # What the library calls, with the key as text.

    def _of(self, uid: str) -> Path:
        return self.place(UploadKey.parse(uid))

    @override
    async def create(self, uid: str) -> None:
        """An upload of which nothing has arrived."""
        await run_sync(_begin, self._of(uid))

    @override
    async def exists(self, uid: str) -> bool:
        """Whether an upload was begun."""
        return await run_sync((self._of(uid) / "content").exists) or await run_sync(
            (self._of(uid) / "promise").exists
        )

    @override
    async def size(self, uid: str) -> int:
        """How much has arrived."""
        return (await run_sync(standing_in, self._of(uid))).offset

    @override
    async def append(self, uid: str, chunk: bytes) -> None:
        """Write a part of a piece behind what has arrived."""
        try:
            await run_sync(_append, self._of(uid), chunk)
        except OSError:
            # The library takes any other failure for the end of the piece, and a success.
            raise HTTPException(503) from None

    @override
    async def flush(self, uid: str) -> None:
        """What has arrived stays, whatever happens to the machine."""
        await run_sync(_flush, self._of(uid))

    @override
    async def finalize(self, uid: str) -> None:
        """Nothing to seal."""

    @override
    async def read(self, uid: str) -> bytes | None:
        """All that has arrived."""
        return await self.content(UploadKey.parse(uid))

    @override
    async def delete(self, uid: str) -> None:
        """Forget an upload."""
        await self.remove(UploadKey.parse(uid))

    @override
    async def read_info(self, uid: str) -> dict[str, Any] | None:
        """What was announced, with the offset that the bytes themselves say."""
        try:
            found = await run_sync(standing_in, self._of(uid))
        except FileNotFoundError:
            return None
        return {
            # Asked for by the library of every upload; no photo needs one.
            "metadata": {"filename": "photo", **found.metadata},
            "size": found.size,
            "offset": found.offset,
            "created_at": "",
            "expires": None,
        }

    @override
    async def write_info(self, uid: str, data: dict[str, Any]) -> None:
        """What was announced is written once; all else is read off the bytes."""
        await run_sync(_promise, self._of(uid), data)

    @override
    async def list_uids(self) -> list[str]:
        """Every upload."""
        return [str(key) for key in await run_sync(lambda: list(uploads_in(self.folder)))]

    @override
    def location(self, uid: str) -> str:
        """What the library hands on when an upload is whole."""
        return uid

    @override
    def lock(self, uid: str) -> Any:
        """Held already, from before the request was looked at until it was answered."""
        held: AbstractAsyncContextManager[None] = nullcontext()
        return held


def standing_in(place: Path) -> Standing:
    """How the upload in a folder stands; raises FileNotFoundError."""
    promise = json.loads((place / "promise").read_text("utf-8"))
    kept = (place / "kept").exists()
    arrived = 0 if kept else (place / "content").stat().st_size
    return Standing(promise["size"], promise["metadata"], arrived, kept)


def settled(place: Path) -> Standing:
    """The same, one byte short of an end that was not answered; raises NoSuchUpload."""
    try:
        found = standing_in(place)
    except FileNotFoundError:
        raise NoSuchUpload from None
    if found.kept or found.arrived < found.size:
        return found
    os.truncate(place / "content", found.size - 1)
    return standing_in(place)


def mark_kept(place: Path) -> None:
    """Say that the photo is kept, then let the bytes go."""
    (place / "kept").touch()
    (place / "content").unlink(missing_ok=True)


def folder_of(settings: Settings) -> Path:
    """Where the pieces of all uploads lie."""
    return settings.state_dir / "uploads"


def uploads_in(folder: Path) -> Iterator[UploadKey]:
    """The keys of all uploads below a folder."""
    for place in folder.glob("*/*"):
        try:
            yield UploadKey.parse(place.parent.name + place.name)
        except NoSuchUpload:
            continue


def forget_expired(folder: Path, now: datetime) -> int:
    """Forget uploads that were left, also those that ended; how many."""
    expired = [key for key in uploads_in(folder) if key.expires_at < now]
    return sum(_forget(folder / key.account_id.hex / key.upload_id.hex) for key in expired)


def _forget(place: Path) -> bool:
    """Unless somebody is sending it just now."""
    try:
        descriptor = _open(place / "lock")
    except NoSuchUpload:
        shutil.rmtree(place, ignore_errors=True)
        return True
    try:
        if not _try_lock(descriptor):
            return False
        shutil.rmtree(place, ignore_errors=True)
        return True
    finally:
        os.close(descriptor)


def _begin(place: Path) -> None:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    (place / "lock").touch(mode=0o600)
    (place / "content").touch(mode=0o600)


def _promise(place: Path, data: dict[str, Any]) -> None:
    if (place / "promise").exists():
        return
    draft = place / "promise.draft"
    with draft.open("w", encoding="utf-8") as file:
        json.dump({"size": data["size"], "metadata": data["metadata"]}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(place / "promise")


def _append(place: Path, chunk: bytes) -> None:
    with (place / "content").open("ab") as file:
        file.write(chunk)


def _flush(place: Path) -> None:
    if (place / "kept").exists():
        return
    descriptor = os.open(place / "content", os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open(lock: Path) -> int:
    try:
        return os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        raise NoSuchUpload from None


async def _lock(descriptor: int) -> None:
    """Wait a while for whoever holds it; raises UploadBusy."""
    with anyio.move_on_after(WAIT_S):
        while not await run_sync(_try_lock, descriptor):
            await anyio.sleep(BETWEEN_TRIES_S)
        return
    raise UploadBusy


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
