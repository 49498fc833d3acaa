"""A handset that speaks tus."""

from base64 import b64encode
from dataclasses import dataclass

from httpx import Response

from tests.conftest import SignedIn
from tests.intake.handset import GRID
from tests.media.photos import Photo

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


def metadata(**entries: str) -> str:
    """An Upload-Metadata header."""
    return ",".join(
        f"{name} {b64encode(value.encode()).decode()}" for name, value in entries.items()
    )


@dataclass
class Uploader:
    """One worker's handset and its photos."""

    client: SignedIn
    grid: str = GRID

    def begin(self, photo: Photo, **headers: str) -> Response:
        """Announce a photo."""
        said = {
            "Upload-Length": str(len(photo.content)),
            "Upload-Metadata": metadata(sha256=photo.sha256, filetype=photo.filetype),
        }
        return self.ask("POST", "/v1/uploads", b"", **(said | headers))

    def location(self, photo: Photo) -> str:
        """Where a new upload of a photo goes."""
        begun = self.begin(photo)
        assert begun.status_code == 201, begun.text
        return begun.headers["location"]

    def piece(self, place: str, offset: int, content: bytes, **headers: str) -> Response:
        """Send a piece."""
        said = {"Upload-Offset": str(offset), "Content-Type": PIECE}
        return self.ask("PATCH", place, content=content, **(said | headers))

    def offset(self, place: str) -> int:
        """Where an upload stands."""
        answer = self.ask("HEAD", place)
        assert answer.status_code == 200
        return int(answer.headers["upload-offset"])

    def send(self, photo: Photo) -> Response:
        """Announce and send in one piece."""
        return self.piece(self.location(photo), 0, photo.content)

    def ask(self, method: str, place: str, /, content: bytes = b"", **more: str) -> Response:
        """A request with the handset's token, in tus."""
        headers = {**self.client.as_(self.grid), **TUS, **more}
        answer: Response = self.client.http.request(method, place, headers=headers, content=content)
        return answer
