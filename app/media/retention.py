"""Photos go when the records that name them go (rulebook part 8)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from app.db.models import Media, PhotoLink
from app.media.store import PhotoStore
from app.outbox.emit import emit

UNNAMED_KEPT = timedelta(days=30)
"""A record may arrive after its photos by as long as a handset may be away."""
AT_ONCE = 500


def unlink_subjects(session: Session, subject_ids: Collection[UUID]) -> Sequence[str]:
    """Records that are erased name no photos any more; returns the photos they named."""
    gone = delete(PhotoLink).where(PhotoLink.subject_id.in_(subject_ids))
    return list(dict.fromkeys(session.scalars(gone.returning(PhotoLink.sha256))))


def erase_photos(session: Session, store: PhotoStore, photos: Collection[str], why: str) -> int:
    """Erase those of some photos that no record names: contents first, then row; how many.

    If the transaction is undone afterwards the contents are gone all the same: erase again.
    """
    unnamed = session.scalars(
        select(Media)
        .where(Media.sha256.in_(photos), _unnamed())
        .order_by(Media.sha256)
        .with_for_update()
    ).all()
    for media in unnamed:
        _erase(session, store, media)
        emit(
            session,
            "photo.erased",
            by=None,
            unit_code=None,
            subject=("photo", media.sha256),
            why=why,
        )
    return len(unnamed)


def erase_unnamed(session: Session, store: PhotoStore, now: datetime) -> int:
    """Erase photos that no record named within 30 days after they arrived, some at a time."""
    photos = session.scalars(
        select(Media.sha256)
        .where(Media.stored_at < now - UNNAMED_KEPT, _unnamed())
        .order_by(Media.stored_at)
        .limit(AT_ONCE)
    ).all()
    return erase_photos(session, store, photos, "unnamed") if photos else 0


def _erase(session: Session, store: PhotoStore, media: Media) -> None:
    """Two photos that differ only in what the camera wrote are served as one picture."""
    store.delete(media.sha256)
    shared = exists().where(Media.shown == media.shown, Media.sha256 != media.sha256)
    if not session.scalar(select(shared)):
        store.delete(media.shown)
    session.delete(media)
    session.flush()


def _unnamed() -> ColumnElement[bool]:
    return ~exists().where(PhotoLink.sha256 == Media.sha256)
