"""A photo that has arrived: what it must be, and that it is kept before anybody is told."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import Media
from app.media.pictures import Picture, read
from app.media.refusals import WrongHash
from app.media.store import PhotoStore
from app.outbox.emit import emit


@dataclass(frozen=True)
class Arrival:
    """The content of an upload, what was announced of it, and whose it is."""

    content: bytes
    sha256: str
    media_type: str
    account_id: UUID
    unit_code: str
    at: datetime


def is_kept(sessions: Sessions, store: PhotoStore, photo: str, size: int) -> bool:
    """Whether a photo of that many bytes need not be sent: its row and both contents are there."""
    with sessions.begin() as session:
        media = session.get(Media, photo)
    if media is None or media.bytes != size:
        return False
    return store.exists(media.shown) and store.exists(photo)


def keep(sessions: Sessions, store: PhotoStore, arrival: Arrival) -> None:
    """Check a photo, store its contents, then commit its row; the same photo again is one row.

    Raises WrongHash, Broken, TooManyPixels; Unavailable, and then there is no row.
    """
    if sha256(arrival.content).hexdigest() != arrival.sha256:
        raise WrongHash(sha256=arrival.sha256)
    picture = read(arrival.content, arrival.media_type)
    # No transaction is open meanwhile: a slow store would hold the database's connections.
    store.put(arrival.sha256, arrival.content)
    store.put(picture.shown_sha256, picture.shown)
    with sessions.begin() as session:
        _row(session, arrival, picture)


def _row(session: Session, arrival: Arrival, picture: Picture) -> None:
    made = session.scalar(
        insert(Media)
        .values(
            sha256=arrival.sha256,
            media_type=arrival.media_type,
            bytes=len(arrival.content),
            width=picture.width,
            height=picture.height,
            shown=picture.shown_sha256,
            taken=picture.taken,
            account_id=arrival.account_id,
            stored_at=arrival.at,
        )
        .on_conflict_do_nothing()
        .returning(Media.sha256)
    )
    if made is None:
        # Sent again because the served picture was lost, or made by another release.
        again = update(Media).where(Media.sha256 == arrival.sha256)
        session.execute(again.values(shown=picture.shown_sha256))
        return
    emit(
        session,
        "photo.stored",
        by=arrival.account_id,
        unit_code=arrival.unit_code,
        subject=("photo", arrival.sha256),
        bytes=len(arrival.content),
        media_type=arrival.media_type,
    )
