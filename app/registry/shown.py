"""Records as they are shown: masked, with whether they were entered in time."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session

from app.db.models import Account, Record, RecordVersion
from app.kit.clock import civil_day
from app.kit.errors import BadCursor
from app.kit.paging import decode, encode
from app.people.photos import missing_of
from app.people.values import supersessions
from app.registry.conflicting import open_conflicts, shown_name
from app.registry.forms import masked, stated
from app.registry.schemas import EntryOut, RecordOut, RecordPage, VersionOut, VersionPage
from app.registry.versions import content_of, proposal_of
from app.rules.information import RecordSource, judge_entry
from app.rules.parameters import values_on

Asked = tuple[str | None, int]
"""The cursor and how many rows at most."""


def record_out(session: Session, record: Record, today: date) -> RecordOut:
    """One record, masked."""
    return records_out(session, [record], today)[0]


def records_out(session: Session, records: Sequence[Record], today: date) -> list[RecordOut]:
    """Some records, masked; what says of a special group is not even read."""
    session.flush()
    keys = [record.id for record in records]
    said = _said(session, records)
    sources = _sources(session, keys)
    waiting = open_conflicts(session, keys)
    missing = missing_of(session, keys)
    history = supersessions(session)
    return [
        RecordOut(
            **_columns(record),
            source=sources[record.id],
            fields=masked(record.kind, said[record.id][0]),
            photos=said[record.id][1],
            missing_photos=missing.get(record.id, []),
            entry=_entry(record, today, history),
            conflicts=waiting.get(record.id, []),
        )
        for record in records
    ]


SAME = (
    "id", "kind", "community_code", "grid_code", "worker_id", "state", "return_reason", "version",
    "entered_version", "collected_at", "submitted_at", "entered_at", "ended_on", "end_reason",
    "merged_into", "erased_at",
)  # fmt: skip


def _columns(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in SAME}


def _said(
    session: Session, records: Sequence[Record]
) -> dict[UUID, tuple[dict[str, Any], list[str]]]:
    """Content without the special part, and photos, of the versions that stand."""
    keys = [(record.id, record.version) for record in records]
    version = tuple_(RecordVersion.record_id, RecordVersion.number)
    rows = session.execute(
        select(
            RecordVersion.record_id,
            RecordVersion.content,
            RecordVersion.sealed,
            RecordVersion.photos,
        ).where(version.in_(keys))
    )
    return {
        key: ({**content, **(sealed or {}).get("fields", {})}, photos)
        for key, content, sealed, photos in rows
    }


def _sources(session: Session, keys: Sequence[UUID]) -> dict[UUID, RecordSource]:
    rows = session.execute(
        select(RecordVersion.record_id, RecordVersion.source).where(
            RecordVersion.record_id.in_(keys), RecordVersion.number == 1
        )
    )
    return {row.record_id: row.source for row in rows}


def _entry(record: Record, today: date, history: Any) -> EntryOut:
    collected = civil_day(record.collected_at)
    entered = civil_day(record.entered_at) if record.entered_at else None
    found = judge_entry(collected, entered, today, values_on(collected, history))
    because = {name: found.because[name] for name in ("collected_on", "entered_on", "due_on")}
    return EntryOut.model_validate(
        {"verdict": found.verdict, "rule": found.rule, "clause": found.clause, **because}
    )


def page_of(
    session: Session, where: Sequence[ColumnElement[bool]], asked: Asked, today: date
) -> RecordPage:
    """Records by key."""
    cursor, limit = asked
    query = select(Record).where(*where).order_by(Record.id).limit(limit + 1)
    if cursor:
        query = query.where(Record.id > _key_in(cursor))
    rows = session.scalars(query).all()
    shown = rows[:limit]
    more = len(rows) > limit
    return RecordPage(
        items=records_out(session, shown, today),
        next_cursor=encode(str(shown[-1].id)) if more else None,
    )


def _key_in(cursor: str) -> UUID:
    try:
        return UUID(str(decode(cursor, str)[0]))
    except ValueError:
        raise BadCursor from None


def versions_out(session: Session, record: Record) -> VersionPage:
    """Every version: who, when, why, and which fields it changed."""
    rows = session.execute(
        select(RecordVersion, Account.name)
        .join(Account, Account.id == RecordVersion.account_id)
        .where(RecordVersion.record_id == record.id)
        .order_by(RecordVersion.number)
    ).all()
    contents = {version.number: proposal_of(version) for version, _ in rows}
    before: dict[str, Any] = {}
    shown = []
    for version, name in rows:
        base = contents.get(version.base or 0, before)
        shown.append(_version_out(record, version, name, base))
        before = content_of(version)
    return VersionPage(items=shown)


def _version_out(
    record: Record, version: RecordVersion, name: str, base: dict[str, Any]
) -> VersionOut:
    said = proposal_of(version)
    both = stated(base) | stated(said)
    changed = [field for field in both if base.get(field) != said.get(field)]
    return VersionOut(
        number=version.number,
        base=version.base,
        form_version=version.form_version,
        source=version.source,
        stands=version.number == record.version,
        entered=version.number == record.entered_version,
        reason=version.reason or None,
        changed=sorted({shown_name(record.kind, field) for field in changed}),
        account_id=version.account_id,
        account_name=name,
        captured_at=version.captured_at,
        received_at=version.received_at,
        photos=version.photos,
    )
