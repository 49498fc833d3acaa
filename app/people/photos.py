"""Which photos a record names: seen by whoever sees the record, missing until they arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db.models import Media, PhotoLink


@dataclass(frozen=True)
class Subject:
    """A record that names photos; of one about a resident each look is logged."""

    kind: str
    id: UUID
    community_code: str
    worker_id: UUID | None
    sensitive: bool = False


def link_photos(session: Session, subject: Subject, photos: Sequence[str], at: datetime) -> None:
    """Remember which photos (SHA-256, hexadecimal) a record names, arrived or not."""
    rows = [
        {
            "sha256": sha256,
            "subject_kind": subject.kind,
            "subject_id": subject.id,
            "community_code": subject.community_code,
            "worker_id": subject.worker_id,
            "sensitive": subject.sensitive,
            "linked_at": at,
        }
        for sha256 in dict.fromkeys(photos)
    ]
    if rows:
        session.execute(insert(PhotoLink).values(rows).on_conflict_do_nothing())


def missing_of(session: Session, subject_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Of some records, the photos that have not arrived."""
    arrived = exists().where(Media.sha256 == PhotoLink.sha256)
    rows = session.execute(
        select(PhotoLink.subject_id, PhotoLink.sha256)
        .where(PhotoLink.subject_id.in_(subject_ids), ~arrived)
        .order_by(PhotoLink.subject_id, PhotoLink.sha256)
    )
    found: dict[UUID, list[str]] = {}
    for subject_id, sha256 in rows:
        found.setdefault(subject_id, []).append(sha256)
    return found
