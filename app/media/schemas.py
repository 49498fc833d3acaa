"""What is said of photos that have not arrived."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.kit.schema import Out, Sha256

SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class MissingPhotoOut(Out):
    """A photo that a record names and that has not arrived."""

    sha256: Sha256 = Field(examples=[SHA256])
    subject_kind: str = Field(description="Of the record that names it", examples=["visit"])
    subject_id: UUID = Field(description="The record", examples=[UUID(int=7)])
    linked_at: datetime = Field(description="When the record arrived")


class MissingPhotoPage(Out):
    """Missing photos, oldest first."""

    items: Sequence[MissingPhotoOut]
    next_cursor: str | None


class MissingPhotoRow(MissingPhotoOut):
    """A missing photo as an office sees it."""

    worker_id: UUID | None
    worker_name: str | None = Field(examples=["网格员"])
    community_code: str = Field(examples=["510185001001"])


class MissingPhotoList(Out):
    """A unit's missing photos, oldest first."""

    items: Sequence[MissingPhotoRow]
    next_cursor: str | None


class PhotoCountOut(Out):
    """Of one worker and one kind of record: photos named, and those that have not arrived."""

    community_code: str = Field(examples=["510185001001"])
    worker_id: UUID | None
    worker_name: str | None = Field(examples=["网格员"])
    subject_kind: str = Field(examples=["visit"])
    named: int = Field(examples=[12])
    missing: int = Field(examples=[1])
    oldest_missing_at: datetime | None


class PhotoCounts(Out):
    """The photos of a unit by worker and kind of record, those who miss most first."""

    items: Sequence[PhotoCountOut]
