"""What has arrived of uploads: what the tus library asks of its storage."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi import HTTPException
from tuspyserver.storage import TusStorage
from typing_extensions import override

from app.intake import upload_files
from app.intake.upload_files import Standing, UploadKey, uploads_in
from app.kit.errors import TooManyRequests


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
        descriptor = await run_sync(upload_files.open_lock, place)
        try:
            await upload_files.lock(descriptor)
            # Whoever held it before may have ended it.
            yield await run_sync(upload_files.settled, place)
        finally:
            os.close(descriptor)

    async def room_for(self, account_id: UUID) -> None:
        """Raises TooManyRequests while too many uploads of an account have not ended."""
        found = await run_sync(upload_files.open_uploads, self.folder, account_id)
        if found >= upload_files.MOST_OPEN:
            raise TooManyRequests(open_uploads=found, most=upload_files.MOST_OPEN)

    async def standing(self, key: UploadKey) -> Standing:
        """How an upload stands."""
        return await run_sync(upload_files.standing_in, self.place(key))

    async def mark_kept(self, key: UploadKey) -> None:
        """The photo is in the store: its content need not lie here any more."""
        await run_sync(upload_files.mark_kept, self.place(key))

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
        await run_sync(upload_files.begin, self._of(uid))

    @override
    async def exists(self, uid: str) -> bool:
        """Whether an upload was begun."""
        return await run_sync((self._of(uid) / "lock").exists)

    @override
    async def size(self, uid: str) -> int:
        """How much has arrived."""
        return (await run_sync(upload_files.standing_in, self._of(uid))).offset

    @override
    async def append(self, uid: str, chunk: bytes) -> None:
        """Write a part of a piece behind what has arrived."""
        try:
            await run_sync(upload_files.append, self._of(uid), chunk)
        except OSError:
            # The library takes any other failure for the end of the piece, and a success.
            raise HTTPException(503) from None

    @override
    async def flush(self, uid: str) -> None:
        """What has arrived stays, whatever happens to the machine."""
        await run_sync(upload_files.flush, self._of(uid))

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
            found = await run_sync(upload_files.standing_in, self._of(uid))
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
        await run_sync(upload_files.promise, self._of(uid), data)

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
