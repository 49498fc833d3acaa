"""Information: records of people, places, matters, things, organisations (INF-1 to INF-5)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, words
from app.db.sealed import Blind, Sealed
from app.rules.information import CheckResult, RecordKind, RecordSource, RecordState


class Record(Base):
    """A record by its stable key; what it says is in its versions."""

    __tablename__ = "record"
    __table_args__ = (
        Index(
            "ix_record_community_code_id",
            "community_code",
            "id",
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
        Index("ix_record_worker_id", "worker_id"),
        Index(
            "ix_record_submitted",
            "community_code",
            postgresql_where=text("state = 'submitted'"),
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[RecordKind] = mapped_column(words(RecordKind, "record_kind"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    grid_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("worker.id"))
    """Who collected it first; none where the station entered a list."""
    state: Mapped[RecordState] = mapped_column(words(RecordState, "record_state"))
    return_reason: Mapped[Any] = mapped_column(Sealed("record reason"), nullable=True)
    version: Mapped[int]
    """The number of the version that the next edit goes on from."""
    entered_version: Mapped[int | None]
    """The number of the version that the administrator entered last; it stands until the next."""
    collected_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    entered_at: Mapped[datetime | None]
    ended_on: Mapped[date | None]
    end_reason: Mapped[Any] = mapped_column(Sealed("record reason"), nullable=True)
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("record.id"))
    erased_at: Mapped[datetime | None]


class RecordVersion(Base):
    """What a record said from one change on: who, when, why; only erasure empties it."""

    __tablename__ = "record_version"
    __table_args__ = (
        PrimaryKeyConstraint("record_id", "number"),
        Index("uq_record_version_item_id", "item_id", unique=True),
        Index("ix_record_version_worker_id_day", "worker_id", "day"),
        CheckConstraint("number > 0", name="number"),
    )

    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    number: Mapped[int]
    item_id: Mapped[UUID | None]
    """The handset's id of the edit."""
    base: Mapped[int | None]
    """The version that the author had before the eyes."""
    form_version: Mapped[int]
    content: Mapped[dict[str, Any]]
    """The fields that are not sensitive."""
    sealed: Mapped[Any] = mapped_column(Sealed("record"), nullable=True)
    """The sensitive fields, and those of an edit as they were sent where that differs."""
    special: Mapped[Any] = mapped_column(Sealed("record special group"), nullable=True)
    """The same of what says to which special group a person belongs; it ends earlier."""
    source: Mapped[RecordSource] = mapped_column(words(RecordSource, "record_source"))
    reason: Mapped[Any] = mapped_column(Sealed("record reason"), nullable=True)
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("worker.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime]
    day: Mapped[date]


class RecordPoint(Base):
    """Where a record's thing is, rounded, for finding neighbours; never of a home."""

    __tablename__ = "record_point"
    __table_args__ = (
        Index(
            "ix_record_point_community_code_lon_lat",
            "community_code",
            "lon",
            "lat",
        ),
    )

    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"), primary_key=True)
    community_code: Mapped[str]
    kind: Mapped[RecordKind] = mapped_column(words(RecordKind, "record_point_kind"))
    lon: Mapped[float]
    lat: Mapped[float]


class RecordKey(Base):
    """A keyed index of an identifying field of the standing version."""

    __tablename__ = "record_key"
    __table_args__ = (
        PrimaryKeyConstraint("record_id", "field"),
        Index("ix_record_key_digest", "digest"),
    )

    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    field: Mapped[str]
    digest: Mapped[bytes] = mapped_column(Blind("record key"))
    """Of `field=value`, normalised."""


class RecordFocus(Base):
    """That a record belongs to those of whom all must be known; which kind, only by keyed index."""

    __tablename__ = "record_focus"
    __table_args__ = (
        PrimaryKeyConstraint("record_id", "digest"),
        Index("ix_record_focus_digest", "digest"),
    )

    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    digest: Mapped[bytes] = mapped_column(Blind("record focus"))


class RecordConflict(Base):
    """Two edits of one field that both started from the same version: the administrator decides."""

    __tablename__ = "record_conflict"
    __table_args__ = (
        Index(
            "ix_record_conflict_open",
            "community_code",
            postgresql_where=text("decided_at is null"),
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
        Index("ix_record_conflict_record_id", "record_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    community_code: Mapped[str]
    field: Mapped[str]
    sealed: Mapped[Any] = mapped_column(Sealed("record conflict"), nullable=True)
    """base, standing, proposed: the value of each; null once erased."""
    standing_version: Mapped[int]
    proposed_version: Mapped[int]
    """The version that keeps the whole proposal."""
    raised_at: Mapped[datetime]
    chosen: Mapped[str | None]
    """standing, proposed or other."""
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]


class RecordMerge(Base):
    """Two records that are one: what was merged can be taken apart again."""

    __tablename__ = "record_merge"
    __table_args__ = (Index("ix_record_merge_kept_id", "kept_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kept_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    merged_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    kept_version_before: Mapped[int]
    kept_version_after: Mapped[int]
    reason: Mapped[Any] = mapped_column(Sealed("record reason"))
    merged_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    merged_at: Mapped[datetime]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    undone_at: Mapped[datetime | None]
    undo_reason: Mapped[Any] = mapped_column(Sealed("record reason"), nullable=True)


class NotDuplicate(Base):
    """Two records that a person found to be two: not offered for merging again."""

    __tablename__ = "not_duplicate"
    __table_args__ = (
        PrimaryKeyConstraint("one_id", "other_id"),
        CheckConstraint("one_id < other_id", name="order"),
    )

    one_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    reason: Mapped[Any] = mapped_column(Sealed("record reason"), nullable=True)
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]


class Sample(Base):
    """A random, reproducible draw of entered records for a check of accuracy (INF-3)."""

    __tablename__ = "sample"
    __table_args__ = (
        Index(
            "ix_sample_unit_code",
            "unit_code",
            "id",
            postgresql_ops={"unit_code": "text_pattern_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    kind: Mapped[RecordKind | None] = mapped_column(words(RecordKind, "sample_kind"))
    seed: Mapped[str]
    size: Mapped[int]
    population: Mapped[int]
    population_digest: Mapped[str]
    """SHA-256 over the keys and versions drawn from, in order, as a file."""
    population_file: Mapped[bytes] = mapped_column(deferred=True)
    """That file, compressed (zlib): without it nobody could repeat the draw later."""
    drawn_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    drawn_at: Mapped[datetime]
    day: Mapped[date]


class SampleItem(Base):
    """A record drawn: what the checker found, before seeing what is recorded."""

    __tablename__ = "sample_item"
    __table_args__ = (
        PrimaryKeyConstraint("sample_id", "place"),
        Index("ix_sample_item_checked_by_checked_at", "checked_by", "checked_at"),
        Index("ix_sample_item_record_id", "record_id"),
    )

    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    place: Mapped[int]
    """Its place in the draw, from 1."""
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    version: Mapped[int]
    found: Mapped[Any] = mapped_column(Sealed("sample"), nullable=True)
    """The values that the checker found at the door."""
    result: Mapped[CheckResult | None] = mapped_column(words(CheckResult, "check_result"))
    wrong_fields: Mapped[list[Any] | None]
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime | None]


class FocusListing(Base):
    """Somebody or some place known from a check or a higher tier's list (INF-4)."""

    __tablename__ = "focus_listing"
    __table_args__ = (
        Index(
            "ix_focus_listing_unit_code",
            "unit_code",
            "id",
            postgresql_ops={"unit_code": "text_pattern_ops"},
        ),
        Index(
            "uq_focus_listing_standing",
            "community_code",
            "digest",
            "focus",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    """A community, or one of its grids."""
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    sealed: Mapped[Any] = mapped_column(Sealed("focus listing"), nullable=True)
    """focus, name, identity_number, address, source: what the list says; null once erased."""
    digest: Mapped[bytes] = mapped_column(Blind("record key"))
    """As in RecordKey: by which it is found again among the records."""
    focus: Mapped[bytes] = mapped_column(Blind("record focus"))
    listed_on: Mapped[date]
    listed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    listed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdraw_reason: Mapped[Any] = mapped_column(Sealed("record reason"), nullable=True)


class KnownChange(Base):
    """A change that came to be known and has to be recorded within three months (INF-5)."""

    __tablename__ = "known_change"
    __table_args__ = (
        Index(
            "ix_known_change_community_code",
            "community_code",
            "known_on",
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
        Index("ix_known_change_record_id", "record_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    community_code: Mapped[str]
    known_on: Mapped[date]
    sealed: Mapped[Any] = mapped_column(Sealed("known change"), nullable=True)
    """what, source: what changed and who says so; null once erased."""
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    noted_at: Mapped[datetime]
