"""Photos: taken, and sent in pieces that go on where they were cut off (tus 1.0)."""

import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from PIL import Image

from mobile_contract.handset.chance import Chance
from mobile_contract.handset.door import Refused, Unreachable
from mobile_contract.handset.logins import Login
from mobile_contract.handset.tally import Tally

TUS = "1.0.0"
PIECE = 4096
SIZE = (96, 64)
CUT_OFF = 0.2
NO_LONGER_THERE = frozenset({404, 410})


class CutOff(Exception):
    """The connection went away in the middle of a piece."""


@dataclass(eq=False)
class Photo:
    """A photo that waits, and how far it has come."""

    sha256: str
    content: bytes
    ready: datetime
    shaky: bool
    """Whether connections are cut off now and then."""
    location: str | None = None
    settled: bool = False


def taken(at: datetime, chance: Chance, *, shaky: bool) -> Photo:
    """A picture of nothing."""
    width, height = SIZE
    picture = Image.frombytes("RGB", SIZE, chance.randbytes(width * height * 3))
    written = BytesIO()
    picture.save(written, "JPEG", quality=70)
    content = written.getvalue()
    return Photo(hashlib.sha256(content).hexdigest(), content, at, shaky)


@dataclass
class Sender:
    """A handset that speaks tus."""

    login: Login
    tally: Tally
    chance: Chance

    async def send(self, photo: Photo) -> None:
        """From where it stands to its end; raises Unreachable or Refused."""
        offset = await self._stands(photo)
        known = offset == len(photo.content)
        while offset < len(photo.content):
            offset = await self._piece(photo, offset)
        photo.settled = True
        self.tally.outcome("photo", "known" if known else "kept")

    async def _stands(self, photo: Photo) -> int:
        """Where it goes on; announced anew where the server knows it no longer."""
        if photo.location is None:
            return await self._announce(photo)
        try:
            headers = await self.login.headers("HEAD", photo.location, {"Tus-Resumable": TUS})
        except Refused as refused:
            if refused.status not in NO_LONGER_THERE:
                raise
            return await self._announce(photo)
        self.tally.outcome("photo", "resumed")
        return int(headers["upload-offset"])

    async def _announce(self, photo: Photo) -> int:
        said = {"sha256": photo.sha256, "filetype": "image/jpeg"}
        metadata = ",".join(
            f"{name} {b64encode(value.encode()).decode()}" for name, value in said.items()
        )
        asked = {
            "Tus-Resumable": TUS,
            "Upload-Length": str(len(photo.content)),
            "Upload-Metadata": metadata,
        }
        headers = await self.login.headers("POST", "/v1/uploads", asked)
        photo.location = headers["location"]
        return int(headers.get("upload-offset", 0))

    async def _piece(self, photo: Photo, offset: int) -> int:
        """A piece; where the connection goes away in it, the next contact goes on."""
        assert photo.location is not None
        piece = photo.content[offset : offset + PIECE]
        asked = {
            "Tus-Resumable": TUS,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(len(piece)),
        }
        cut_off = photo.shaky and self.chance.random() < CUT_OFF
        try:
            headers = await self.login.headers(
                "PATCH", photo.location, asked, half(piece) if cut_off else piece
            )
        except CutOff:
            self.tally.outcome("photo", "cut_off")
            raise Unreachable("cut off") from None
        return int(headers["upload-offset"])


async def half(piece: bytes) -> AsyncIterator[bytes]:
    """What goes through before the connection goes away."""
    yield piece[: len(piece) // 2]
    raise CutOff
