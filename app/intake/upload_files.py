"""The files of uploads: what was announced, and how much has arrived.

An upload is `account/upload/` with `promise` (what was announced), `content` (the bytes so far),
`lock`, and at the end `kept` (the photo is in the store). How much has arrived is the size of
`content` and nothing else: a server killed in the middle of a piece forgets nothing and doubles
nothing.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
from anyio.to_thread import run_sync
from typing_extensions import override

from app.intake.upload_refusals import NoSuchUpload, UploadBusy
from app.kit.ids import is_uuid7, time_of, uuid7
from app.settings import Settings

KEPT_FOR = timedelta(days=7)
MOST_OPEN = 500
"""Uploads of one account: the photos of some days without network, and no way to fill a disk."""
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


def standing_in(place: Path) -> Standing:
    """How the upload in a folder stands; raises FileNotFoundError."""
    announced = json.loads((place / "promise").read_text("utf-8"))
    kept = (place / "kept").exists()
    arrived = 0 if kept else (place / "content").stat().st_size
    return Standing(announced["size"], announced["metadata"], arrived, kept)


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


def open_uploads(folder: Path, account_id: UUID) -> int:
    """How many uploads of an account have not ended."""
    places = (folder / account_id.hex).glob("*")
    return sum(not (place / "kept").exists() for place in places)


def forget_expired(folder: Path, now: datetime) -> int:
    """Forget uploads that were left, also those that ended; how many."""
    expired = [key for key in uploads_in(folder) if key.expires_at < now]
    return sum(_forget(folder / key.account_id.hex / key.upload_id.hex) for key in expired)


def _forget(place: Path) -> bool:
    """Unless somebody is sending it just now."""
    try:
        descriptor = open_lock(place)
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


def begin(place: Path) -> None:
    """An upload of which nothing has arrived."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    (place / "lock").touch(mode=0o600)
    (place / "content").touch(mode=0o600)


def promise(place: Path, data: dict[str, Any]) -> None:
    """Write what was announced, once and whole."""
    if (place / "promise").exists():
        return
    draft = place / "promise.draft"
    with draft.open("w", encoding="utf-8") as file:
        json.dump({"size": data["size"], "metadata": data["metadata"]}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(place / "promise")


def append(place: Path, chunk: bytes) -> None:
    """Write behind what has arrived."""
    with (place / "content").open("ab") as file:
        file.write(chunk)


def flush(place: Path) -> None:
    """Onto the disk."""
    if (place / "kept").exists():
        return
    descriptor = os.open(place / "content", os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_lock(place: Path) -> int:
    """The file that is locked; raises NoSuchUpload."""
    try:
        return os.open(place / "lock", os.O_RDWR)
    except FileNotFoundError:
        raise NoSuchUpload from None


async def lock(descriptor: int) -> None:
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
