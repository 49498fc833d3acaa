"""Photos that records name and that have not arrived: visible until they do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Text,
    Uuid,
    exists,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from app.db.models import Media, PhotoLink, Worker
from app.kit.clock import day_end, day_start
from app.kit.errors import BadCursor
from app.kit.paging import decode, encode
from app.media.schemas import (
    MissingPhotoList,
    MissingPhotoOut,
    MissingPhotoPage,
    MissingPhotoRow,
    PhotoCountOut,
    PhotoCounts,
)
from app.people.posts import under

Asked = tuple[str | None, int]
"""The cursor and how many rows at most."""
KEY = (PhotoLink.linked_at, PhotoLink.sha256, PhotoLink.subject_kind, PhotoLink.subject_id)


@dataclass(frozen=True)
class Span:
    """Civil dates on which the records arrived; None: without an end."""

    first: date | None
    last: date | None

    def holds(self) -> list[ColumnElement[bool]]:
        """That a link is of these dates."""
        edges: list[ColumnElement[bool]] = []
        if self.first is not None:
            edges.append(PhotoLink.linked_at >= day_start(self.first))
        if self.last is not None:
            edges.append(PhotoLink.linked_at < day_end(self.last))
        return edges


def missing_by(session: Session, worker_id: UUID, asked: Asked) -> MissingPhotoPage:
    """What a worker's own records name and the handset still has to send."""
    query = select(PhotoLink).where(PhotoLink.worker_id == worker_id, _missing())
    rows, cursor = _oldest(session, query, asked)
    return MissingPhotoPage(
        items=[MissingPhotoOut.model_validate(link) for (link,) in rows], next_cursor=cursor
    )


@dataclass(frozen=True)
class Named:
    """Photos that records of a unit name, but for kinds of records that the asker may not see."""

    unit_code: str
    span: Span
    hidden: Collection[str]

    def holds(self) -> list[ColumnElement[bool]]:
        """That a link is one of them."""
        return [
            under(PhotoLink.community_code, self.unit_code),
            PhotoLink.subject_kind.not_in(self.hidden),
            *self.span.holds(),
        ]


def missing_under(session: Session, named: Named, asked: Asked) -> MissingPhotoList:
    """What the records of a unit name and has not arrived."""
    query = (
        select(PhotoLink, Worker.name)
        .outerjoin(Worker, Worker.id == PhotoLink.worker_id)
        .where(*named.holds(), _missing())
    )
    rows, cursor = _oldest(session, query, asked)
    return MissingPhotoList(items=[_row(link, name) for link, name in rows], next_cursor=cursor)


def counts_under(session: Session, named: Named) -> PhotoCounts:
    """Named and missing by worker and kind of record."""
    key = (PhotoLink.community_code, PhotoLink.worker_id, Worker.name, PhotoLink.subject_kind)
    missing = func.count().filter(Media.sha256.is_(None))
    oldest = func.min(PhotoLink.linked_at).filter(Media.sha256.is_(None))
    rows = session.execute(
        select(*key, func.count(), missing, oldest)
        .outerjoin(Media, Media.sha256 == PhotoLink.sha256)
        .outerjoin(Worker, Worker.id == PhotoLink.worker_id)
        .where(*named.holds())
        .group_by(*key)
        .order_by(missing.desc(), *key)
    )
    names = list(PhotoCountOut.model_fields)
    return PhotoCounts(items=[PhotoCountOut(**dict(zip(names, row, strict=True))) for row in rows])


def _missing() -> ColumnElement[bool]:
    return ~exists().where(Media.sha256 == PhotoLink.sha256)


def _row(link: PhotoLink, name: str | None) -> MissingPhotoRow:
    return MissingPhotoRow(
        **MissingPhotoOut.model_validate(link).model_dump(),
        worker_id=link.worker_id,
        worker_name=name,
        community_code=link.community_code,
    )


def _oldest(
    session: Session, query: Select[PhotoLink] | Select[PhotoLink, str], asked: Asked
) -> tuple[Sequence[Any], str | None]:
    cursor, limit = asked
    if cursor:
        query = query.where(tuple_(*KEY) > _place(cursor))
    rows = session.execute(query.order_by(*KEY).limit(limit + 1)).all()
    if len(rows) <= limit:
        return rows, None
    last: PhotoLink = rows[limit - 1][0]
    place = (last.linked_at.isoformat(), last.sha256, last.subject_kind, str(last.subject_id))
    return rows[:limit], encode(*place)


def _place(cursor: str) -> ColumnElement[Any]:
    at, sha256, kind, key = (str(part) for part in decode(cursor, str, str, str, str))
    try:
        instant, subject_id = datetime.fromisoformat(at), UUID(key)
    except ValueError:
        raise BadCursor from None
    if instant.tzinfo is None:
        raise BadCursor
    return tuple_(
        literal(instant, DateTime(timezone=True)),
        literal(sha256, Text()),
        literal(kind, Text()),
        literal(subject_id, Uuid()),
    )
