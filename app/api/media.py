"""Photos: which arrived, which are missing, and what they show."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.city_queries import Paged
from app.api.deps import BoardsReader, Db, Me, MediaReader, Photos, Reads
from app.api.etags import unchanged
from app.api.export import FILES, Columns, Format, as_asked
from app.api.problems import refusals
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day, In, Sha256, UnitCode
from app.media import missing
from app.media.missing import Named, Span
from app.media.refusals import PhotoMissing
from app.media.schemas import MissingPhotoList, MissingPhotoPage, PhotoCounts
from app.media.seeing import Seen, hidden_from, look

router = APIRouter(prefix="/v1", tags=["media"])
PICTURE = "image/jpeg"
MISSING_COLUMNS: Columns = {
    "worker_name": ("姓名", "Worker"),
    "subject_kind": ("记录类别", "Kind of record"),
    "subject_id": ("记录编号", "Record"),
    "linked_at": ("记录时间", "Named at"),
    "sha256": ("照片", "Photo"),
    "community_code": ("社区编码", "Community"),
}
COUNT_COLUMNS: Columns = {
    "worker_name": ("姓名", "Worker"),
    "subject_kind": ("记录类别", "Kind of record"),
    "named": ("应有照片", "Photos named"),
    "missing": ("未到照片", "Photos missing"),
    "oldest_missing_at": ("最早未到", "Oldest missing"),
    "community_code": ("社区编码", "Community"),
}


class MissingAsked(OfUnit):
    """Missing photos of which unit and dates."""

    first: Day | None = Field(
        default=None, alias="from", description="Civil date from which records arrived"
    )
    last: Day | None = Field(default=None, alias="to", description="The last such date")

    @property
    def span(self) -> Span:
        """Those dates."""
        return Span(self.first, self.last)


class CountsAsked(In):
    """Counts of which unit and dates."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    first: Day | None = Field(
        default=None, alias="from", description="Civil date from which records arrived"
    )
    last: Day | None = Field(default=None, alias="to", description="The last such date")
    format: Format = Field(default="json", description="JSON, or a file that a spreadsheet opens")

    @property
    def span(self) -> Span:
        """Those dates."""
        return Span(self.first, self.last)


class MyMissingAsked(Paged):
    """Which of one's own missing photos."""


@router.get("/me/photos/missing", responses=refusals(BadCursor))
def list_my_missing_photos(
    db: Db, asker: Me, asked: Annotated[MyMissingAsked, Query()]
) -> MissingPhotoPage:
    """Photos that one's own records name and that have not arrived, oldest first: upload these."""
    return missing.missing_by(db, asker.as_worker(), asked.page)


@router.get(
    "/photos/missing",
    responses={**refusals(BadCursor, NotFound), **FILES},
    response_model=MissingPhotoList,
)
def list_missing_photos(
    db: Db, asker: BoardsReader, reads: Reads, asked: Annotated[MissingAsked, Query()]
) -> MissingPhotoList | Response:
    """Photos that a unit's records name and that have not arrived, oldest first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = missing.missing_under(db, Named(unit, asked.span, hidden_from(asker)), asked.page)
    return as_asked(page, MISSING_COLUMNS, asked.format, "missing-photos", reads)


@router.get("/photos/counts", responses={**refusals(NotFound), **FILES}, response_model=PhotoCounts)
def count_photos(
    db: Db, asker: BoardsReader, reads: Reads, asked: Annotated[CountsAsked, Query()]
) -> PhotoCounts | Response:
    """Photos named and missing by worker and kind of record, those who miss most first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    counts = missing.counts_under(db, Named(unit, asked.span, hidden_from(asker)))
    return as_asked(counts, COUNT_COLUMNS, asked.format, "photos", reads)


@router.get(
    "/photos/{sha256}",
    response_class=Response,
    responses={
        **refusals(NotFound, PhotoMissing),
        200: {
            "description": "The picture, upright, without what the camera wrote into it",
            "content": {PICTURE: {"schema": {"type": "string", "format": "binary"}}},
        },
        304: {"description": "The caller holds it"},
    },
)
def show_photo(
    request: Request,
    asker: MediaReader,
    photos: Photos,
    sha256: Annotated[Sha256, Path(description="As the record names it")],
) -> Response:
    """A photo of a record that one may see; of a record about a resident each look is logged."""
    # The look is committed before the picture is fetched: a slow store holds no connection.
    with request.app.state.sessions.begin() as db:
        seen = look(db, asker, sha256)
    if unchanged(request, seen.shown):
        return Response(status_code=304, headers=_headers(seen))
    content = photos.get(seen.shown)
    if content is None:
        raise PhotoMissing(sha256=sha256)
    return Response(content, media_type=PICTURE, headers=_headers(seen))


def _headers(seen: Seen) -> dict[str, str]:
    return {
        "ETag": f'"{seen.shown}"',
        "Cache-Control": "private, no-store" if seen.sensitive else "private, no-cache",
        "Content-Disposition": "inline",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Vary": "Authorization",
        "X-Content-Type-Options": "nosniff",
    }
