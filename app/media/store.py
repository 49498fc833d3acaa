"""Where the content of photos lies: a local folder, or any store that speaks S3."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from app.kit.errors import Unavailable
from app.settings import Settings

PATIENCE = timedelta(seconds=20)
TRIES_AFTER_THE_FIRST = 2
Answer = TypeVar("Answer")
log = structlog.get_logger("media")


@dataclass(frozen=True)
class PhotoStore:
    """Contents by their SHA-256; a store that can't answer raises Unavailable."""

    objects: ObjectStore
    folder: Path | None
    """The local folder, whose writes are flushed to the disk before they count."""

    def put(self, sha256: str, content: bytes) -> None:
        """Keep a content: whole and durable when this returns, or not at all."""
        self._ask(lambda: obstore.put(self.objects, place_of(sha256), content))
        if self.folder is not None:
            self._ask(lambda: _flush(self._path(sha256)))

    def get(self, sha256: str) -> bytes | None:
        """A content, or None if it is not there."""
        try:
            found = self._ask(lambda: obstore.get(self.objects, place_of(sha256)).bytes())
        except FileNotFoundError:
            return None
        return found.to_bytes()

    def exists(self, sha256: str) -> bool:
        """Whether a content is there."""
        try:
            self._ask(lambda: obstore.head(self.objects, place_of(sha256)))
        except FileNotFoundError:
            return False
        return True

    def delete(self, sha256: str) -> None:
        """Let a content go; one that is not there is gone already."""
        try:
            self._ask(lambda: obstore.delete(self.objects, place_of(sha256)))
        except FileNotFoundError:
            return

    def _path(self, sha256: str) -> Path:
        assert self.folder is not None
        return self.folder / place_of(sha256)

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        """The store's answer; its own words of failure may hold addresses: the kind is logged."""
        try:
            return question()
        except FileNotFoundError:
            raise
        except (BaseError, OSError) as error:
            log.error("photo_store_unavailable", error=type(error).__name__)  # noqa: TRY400
            raise Unavailable from None


def place_of(sha256: str) -> str:
    """Where a content lies within the store."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def open_store(settings: Settings) -> PhotoStore:
    """The store that the settings name."""
    if settings.media_store is not None:
        return PhotoStore(_s3(settings, settings.media_store), None)
    folder = settings.state_dir / "media"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return PhotoStore(LocalStore(folder), folder)


def _s3(settings: Settings, address: str) -> S3Store:
    """By path and not by host name, as stores of one's own are reached."""
    url = urlsplit(address)
    endpoint = settings.media_s3_endpoint
    return S3Store(
        url.netloc,
        prefix=url.path.strip("/") or None,
        endpoint=endpoint.rstrip("/") if endpoint else None,
        region=settings.media_s3_region,
        access_key_id=settings.media_s3_access_key,
        secret_access_key=settings.media_s3_secret_key,
        virtual_hosted_style_request=False,
        client_options={
            "allow_http": (endpoint or "").startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": PATIENCE,
        },
        retry_config={"max_retries": TRIES_AFTER_THE_FIRST, "retry_timeout": PATIENCE},
    )


def _flush(path: Path) -> None:
    """Onto the disk: the file, and the folders in which its name is written."""
    for each in (path, path.parent, path.parent.parent, path.parent.parent.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
