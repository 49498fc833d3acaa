"""What a person may ask for: the whole file, and that it is erased (PIPL 45 and 47, part 8).

Erased are the contents of every version, the indexes, the values in conflict, the photos' links,
what samples and known changes say of it, and what handsets were sent. The record's key, its states
and its dates stay: the trace that there was a record.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, null, or_, select, update
from sqlalchemy.orm import Session

from app.db.models import (
    Account,
    Assignment,
    Change,
    Held,
    KnownChange,
    NotDuplicate,
    PhotoLink,
    Quarantine,
    Record,
    RecordConflict,
    RecordFocus,
    RecordMerge,
    RecordVersion,
    SampleItem,
    VisitPlace,
)
from app.kit.clock import civil_day
from app.people.posts import under
from app.people.principal import Principal
from app.registry.conflicting import CONCEALED
from app.registry.homes import lives_there, settle
from app.registry.listings import forget_listings
from app.registry.refusals import RecordErased, RecordMerged, StillNeeded
from app.registry.revealing import looks_at
from app.registry.rights_schemas import (
    ErasureGround,
    ErasureIn,
    FiledVersionOut,
    FileIn,
    FileOut,
)
from app.registry.shown import record_out
from app.registry.telling import KIND, tell, told, trace
from app.registry.versions import (
    content_of,
    entered,
    index,
    proposal_of,
    record_in_unit,
    standing,
    unindex,
)
from app.rules.keeping import is_needed
from app.visits import places

MOST_LOOKS = 500
COLLECTION = "collection"
"""What the door calls an edit of a record."""


def file_of(session: Session, asker: Principal, key: UUID, body: FileIn, now: datetime) -> FileOut:
    """Everything that is kept of a record, for the person it is about; the look is logged."""
    record = record_in_unit(session, asker, key)
    _whole(record)
    every = [record, *merged_into(session, record)]
    looks = looks_at(session, [one.id for one in every], None, MOST_LOOKS)
    filed = [version for one in every for version in _filed(session, one)]
    trace(
        session,
        "record.exported",
        record,
        asker.account_id,
        requester=body.requester.value,
        versions=len(filed),
    )
    shown = record_out(session, record, civil_day(now))
    return FileOut(record=shown, versions=filed, looks=looks.items)


def _whole(record: Record) -> None:
    if record.merged_into is not None:
        raise RecordMerged(into=record.merged_into)
    if record.erased_at is not None:
        raise RecordErased


def _filed(session: Session, record: Record) -> list[FiledVersionOut]:
    rows = session.execute(
        select(RecordVersion, Account.name)
        .join(Account, Account.id == RecordVersion.account_id)
        .where(RecordVersion.record_id == record.id)
        .order_by(RecordVersion.number)
    )
    return [
        FiledVersionOut(
            number=version.number,
            source=version.source,
            captured_at=version.captured_at,
            account_name=name,
            reason=version.reason or None,
            fields={**content_of(version), **proposal_of(version)},
            stands=version.number == record.version and record.merged_into is None,
        )
        for version, name in rows
    ]


def merged_into(session: Session, record: Record) -> list[Record]:
    """The records that became part of this one, at any remove."""
    found = session.scalars(select(Record).where(Record.merged_into == record.id)).all()
    return [one for direct in found for one in (direct, *merged_into(session, direct))]


def erase_record(
    session: Session, asker: Principal, key: UUID, body: ErasureIn, now: datetime
) -> Record:
    """Raises StillNeeded while a rule needs the record; then it ends first."""
    record = record_in_unit(session, asker, key, for_change=True)
    _whole(record)
    found = is_needed(record.state, record.entered_version is not None, record.ended_on)
    if found.verdict:
        raise StillNeeded(**found.because)
    erase(session, record, asker.account_id, body.ground, now)
    return record


def erase(
    session: Session, record: Record, by: UUID | None, ground: ErasureGround, now: datetime
) -> None:
    """Nothing that was said of it stays, in it or in what was merged into it."""
    before = told(session, record, civil_day(now))
    said = [standing(session, record), entered(session, record)]
    for one in (record, *merged_into(session, record)):
        _empty(session, one, now)
    session.flush()
    settle(session, record, said, by, now)
    _forget_place(session, record, by, now)
    tell(session, record, civil_day(now), before)
    trace(session, "record.erased", record, by, ground=ground.value)


def _empty(session: Session, record: Record, now: datetime) -> None:
    mine = RecordVersion.record_id == record.id
    session.execute(
        update(RecordVersion)
        .where(mine)
        .values(content={}, sealed=null(), special=null(), reason=null(), photos=[])
        .execution_options(synchronize_session="fetch")
    )
    forget_listings(session, record, now)
    unindex(session, record)
    _forget_conflicts(session, record, now)
    _forget_found(session, record)
    _forget_reasons(session, record)
    session.execute(
        update(KnownChange).where(KnownChange.record_id == record.id).values(sealed=null())
    )
    session.execute(delete(PhotoLink).where(PhotoLink.subject_id == record.id))
    _forget_sent(session, record)
    _forget_waiting(session, record)
    record.return_reason = record.end_reason = None
    record.erased_at = now


def _forget_conflicts(
    session: Session, record: Record, now: datetime, field: str | None = None
) -> None:
    """The values in conflict; what waits for a decision waits no more."""
    mine = RecordConflict.record_id == record.id
    which = mine if field is None else mine & (RecordConflict.field == field)
    session.execute(
        update(RecordConflict)
        .where(which)
        .values(sealed=null(), decided_at=func.coalesce(RecordConflict.decided_at, now))
    )


def _forget_found(session: Session, record: Record) -> None:
    """What checkers found at the door; what came of the check stays."""
    mine = SampleItem.record_id == record.id
    session.execute(update(SampleItem).where(mine).values(found=null()))


def _forget_reasons(session: Session, record: Record) -> None:
    """Why records were merged or told apart, in words."""
    merges = (RecordMerge.kept_id == record.id) | (RecordMerge.merged_id == record.id)
    session.execute(update(RecordMerge).where(merges).values(reason="", undo_reason=null()))
    two = (NotDuplicate.one_id == record.id) | (NotDuplicate.other_id == record.id)
    session.execute(update(NotDuplicate).where(two).values(reason=null()))


def _forget_sent(session: Session, record: Record) -> None:
    """What handsets were sent: only that it is gone."""
    holders = select(Assignment.worker_id).where(under(Assignment.grid_code, record.community_code))
    session.execute(
        update(Change)
        .where(
            or_(Change.worker_id.in_(holders), Change.worker_id == record.worker_id),
            Change.kind == KIND,
            Change.subject_id == str(record.id),
        )
        .values(body=null(), gone="deleted")
    )


def _forget_waiting(session: Session, record: Record) -> None:
    """Edits of the record that were held or set aside, as far as the community's handsets sent
    them."""
    tables: tuple[Any, ...] = (Held, Quarantine)
    for table in tables:
        rows = session.scalars(
            select(table).where(
                table.kind == COLLECTION, under(table.community_code, record.community_code)
            )
        )
        for row in rows:
            if _record_in(row.content.get("received")) == str(record.id):
                session.delete(row)


def _record_in(received: Any) -> object:
    """The key of the record that an edit is of, if it has got that far."""
    body = received.get("body") if isinstance(received, dict) else None
    return body.get("record_id") if isinstance(body, dict) else None


def _forget_place(session: Session, record: Record, by: UUID | None, now: datetime) -> None:
    """The place of the record, unless somebody else lives there."""
    place = session.get(VisitPlace, record.id, populate_existing=True)
    if place is not None and place.erased_at is None and not lives_there(session, record.id):
        places.erase_place(session, record.id, by, now)


def erase_special_group(session: Session, record: Record, now: datetime) -> None:
    """No version says any longer to which special group the person belonged."""
    session.execute(
        update(RecordVersion)
        .where(RecordVersion.record_id == record.id)
        .values(special=null())
        .execution_options(synchronize_session="fetch")
    )
    _forget_conflicts(session, record, now, CONCEALED)
    _forget_found(session, record)
    session.execute(delete(RecordFocus).where(RecordFocus.record_id == record.id))
    index(session, record, standing(session, record))
    # Its name does not tell what was erased: the trace outlives it.
    trace(session, "record.partly_erased", record, None, ground=ErasureGround.TERM_OVER.value)
