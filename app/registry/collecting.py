"""Collected at the door: the first collection makes the record, later ones change it (INF-1).

Two handsets may change one record without knowing of each other: what only one of them changed is
joined, what both changed differently is laid before the administrator, and nothing is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Record, RecordVersion
from app.kit.clock import civil_day
from app.people.capture import Capture, NotYet
from app.people.field_grid import grid_of_record
from app.people.photos import Subject, link_photos
from app.people.posts import grids_on
from app.registry.conflicting import raise_conflicts
from app.registry.forms import same
from app.registry.grids import regridded
from app.registry.reading_forms import Said, complete, read
from app.registry.refusals import (
    NothingSaid,
    OtherKind,
    RecordEnded,
    RecordErased,
    UnknownBase,
)
from app.registry.schemas import CollectionIn
from app.registry.telling import tell, trace
from app.registry.versions import (
    Edit,
    add_version,
    content_of,
    proposal_of,
    standing,
    worker_of,
)
from app.rules.geodesy import Position
from app.rules.information import (
    RecordAct,
    RecordActor,
    RecordKind,
    RecordSource,
    RecordState,
    move,
)
from app.rules.merging import FieldConflict, Joined, join

Status = Literal["created", "merged", "conflict", "out_of_scope"]
ABOUT_RESIDENTS = {RecordKind.PERSON, RecordKind.PLACE, RecordKind.MATTER}


@dataclass(frozen=True)
class Collected:
    """A record after an edit: the version that keeps the edit, and what became of it."""

    record: Record
    version: int
    status: Status
    conflicts: Sequence[str] = ()


def record_collection(session: Session, capture: Capture, body: CollectionIn) -> Collected:
    """Take an edit from a handset; raises what the forms and the record's state refuse."""
    said = read(body.kind, body.form_version, body.fields)
    one_at_a_time(session, body.record_id)
    known = session.get(Record, body.record_id, populate_existing=True)
    if known is None:
        collected = _first(session, capture, body, said)
    else:
        collected = _changed(session, capture, body, said, known)
    record = collected.record
    link_to(session, record, body.photos, capture)
    trace(
        session,
        "record.collected",
        record,
        capture.account_id,
        status=collected.status,
        written=collected.version,
        form_version=body.form_version,
        day=capture.day.isoformat(),
    )
    return collected


def shown(collected: Collected) -> dict[str, Any]:
    """What a handset is told of its edit."""
    record = collected.record
    return {
        "record_id": str(record.id),
        "state": record.state.value,
        "version": record.version,
        "written": collected.version,
        "grid_code": record.grid_code,
        "community_code": record.community_code,
        "conflicts": list(collected.conflicts),
    }


def one_at_a_time(session: Session, record_id: UUID) -> None:
    """Edits of one record are taken one after the other, its first ones too."""
    key = func.hashtextextended(f"record {record_id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def link_to(session: Session, record: Record, photos: Sequence[str], capture: Capture) -> None:
    """The photos that an edit names."""
    subject = Subject(
        "record",
        record.id,
        record.community_code,
        record.worker_id,
        sensitive=record.kind in ABOUT_RESIDENTS,
    )
    link_photos(session, subject, photos, capture.received_at)


def _first(session: Session, capture: Capture, body: CollectionIn, said: Said) -> Collected:
    """A new record in the worker's grid: where its point is, else where the worker stood."""
    if body.base_item is not None:
        raise NotYet(waits_for=body.base_item)
    if body.base is not None:
        raise UnknownBase(record=body.record_id, base=body.base)
    if body.submit:
        complete(body.kind, said.values)
    _wait_for_home(session, said.values)
    state = move(None, _act(body), RecordActor.WORKER)
    assert state is not None
    record = Record(
        id=body.record_id,
        kind=body.kind,
        community_code=capture.community_code,
        grid_code=_grid_of(session, capture, body, said),
        worker_id=capture.worker_id,
        state=state,
        version=1,
        collected_at=capture.at,
        submitted_at=capture.received_at if state is RecordState.SUBMITTED else None,
    )
    session.add(record)
    session.flush()
    written = add_version(
        session, record, worker_of(capture), _edit(capture, body, said, said.values)
    )
    tell(session, record, civil_day(capture.received_at))
    return Collected(record, written.number, "created")


def _act(body: CollectionIn) -> RecordAct:
    return RecordAct.SUBMIT if body.submit else RecordAct.COLLECT


def _edit(
    capture: Capture,
    body: CollectionIn,
    said: Said,
    content: dict[str, Any],
    base: int | None = None,
) -> Edit:
    return Edit(
        content=content,
        source=RecordSource.PAPER if body.paper else RecordSource.HANDSET,
        reason=body.reason or "",
        base=base,
        item_id=capture.id,
        sent=said.sent,
        photos=body.photos,
    )


def _grid_of(session: Session, capture: Capture, body: CollectionIn, said: Said) -> str:
    point = said.values.get("point") or (body.position.model_dump() if body.position else None)
    position = Position(point["lon"], point["lat"]) if point else None
    return grid_of_record(session, capture.worker_id, capture.day, position)


def missing_home(session: Session, values: dict[str, Any]) -> UUID | None:
    """The home that a person is said to live in, if there is no such record."""
    home = values.get("home")
    if home is None or session.get(Record, UUID(home)) is not None:
        return None
    return UUID(home)


def _wait_for_home(session: Session, values: dict[str, Any]) -> None:
    """Raises NotYet if the home has not arrived."""
    home = missing_home(session, values)
    if home is not None:
        raise NotYet(waits_for=home)


def _changed(
    session: Session, capture: Capture, body: CollectionIn, said: Said, known: Record
) -> Collected:
    """An edit of a record that is there, or of the one that it was merged into."""
    record = kept_record(session, known)
    if record.kind is not body.kind:
        raise OtherKind(kind=record.kind.value)
    if record.ended_on is not None:
        raise RecordEnded(ended_on=record.ended_on)
    _wait_for_home(session, said.values)
    seen = _seen(session, body, known, record)
    base = proposal_of(seen) if seen and body.base_item else content_of(seen) if seen else {}
    proposed = {**base, **said.values}
    if not body.submit and not body.photos and same(base, proposed):
        raise NothingSaid
    number = seen.number if seen and seen.record_id == record.id else None
    edit = _edit(capture, body, said, proposed, number)
    if record.grid_code not in grids_on(session, capture.worker_id, capture.day):
        return _from_outside(session, capture, record, edit, base)
    return _joined(session, capture, record, edit, (base, body))


def kept_record(session: Session, known: Record) -> Record:
    """The record itself, or the one that it was merged into, held for change; raises
    RecordErased."""
    record = session.get_one(Record, known.id, with_for_update=True, populate_existing=True)
    while record.merged_into is not None:
        record = session.get_one(
            Record, record.merged_into, with_for_update=True, populate_existing=True
        )
    if record.erased_at is not None:
        raise RecordErased
    return record


def _seen(
    session: Session, body: CollectionIn, known: Record, record: Record
) -> RecordVersion | None:
    """The version that the author had before the eyes; raises UnknownBase or NotYet."""
    if body.base_item is not None:
        own = select(RecordVersion).where(RecordVersion.item_id == body.base_item)
        found = session.scalar(own)
        if found is None:
            raise NotYet(waits_for=body.base_item)
        if found.record_id not in (known.id, record.id):
            raise UnknownBase(record=known.id, base_item=body.base_item)
        return found
    if body.base is None:
        return None
    found = session.get(RecordVersion, (known.id, body.base))
    if found is None:
        raise UnknownBase(record=known.id, base=body.base)
    return found


def _from_outside(
    session: Session, capture: Capture, record: Record, edit: Edit, base: dict[str, Any]
) -> Collected:
    """An edit by a worker who does not hold the grid: a proposal that the station decides."""
    stands = standing(session, record)
    written = add_version(session, record, worker_of(capture), edit, stands=False)
    wanted = [
        FieldConflict(field, base.get(field), stands.get(field), edit.content.get(field))
        for field in sorted({*base, *edit.content})
        if edit.content.get(field) not in (base.get(field), stands.get(field))
    ]
    raise_conflicts(session, record, written.number, wanted, capture.received_at)
    return Collected(record, written.number, "out_of_scope")


def _joined(
    session: Session,
    capture: Capture,
    record: Record,
    edit: Edit,
    seen: tuple[dict[str, Any], CollectionIn],
) -> Collected:
    base, body = seen
    before = standing(session, record)
    joined = join(base, before, edit.content)
    if body.submit:
        complete(record.kind, joined.content)
    if joined.conflicts:
        return _conflicting(session, capture, record, edit, (before, joined, body))
    own = None if same(joined.content, edit.content) else edit.content
    whole = replace(edit, content=joined.content, proposed=own)
    written = add_version(session, record, worker_of(capture), whole)
    _moved_on(session, capture, record, body, before)
    return Collected(record, written.number, "merged" if joined.others else "created")


def _conflicting(
    session: Session,
    capture: Capture,
    record: Record,
    edit: Edit,
    found: tuple[dict[str, Any], Joined, CollectionIn],
) -> Collected:
    """The proposal is kept whole; what is not in conflict of it stands at once."""
    before, joined, body = found
    author = worker_of(capture)
    written = add_version(session, record, author, edit, stands=False)
    raise_conflicts(session, record, written.number, joined.conflicts, capture.received_at)
    if not same(before, joined.content):
        joining = Edit(joined.content, RecordSource.MERGE, edit.reason, base=written.number)
        add_version(session, record, author, joining)
    if record.state is not RecordState.ENTERED or not same(before, joined.content):
        _moved_on(session, capture, record, body, before)
    fields = [conflict.field for conflict in joined.conflicts]
    return Collected(record, written.number, "conflict", fields)


def _moved_on(
    session: Session,
    capture: Capture,
    record: Record,
    body: CollectionIn,
    before: dict[str, Any],
) -> None:
    """The state after a worker's edit, the grid if the point moved, and what handsets hold."""
    state = move(record.state, _act(body), RecordActor.WORKER)
    assert state is not None
    today = civil_day(capture.received_at)
    if state is RecordState.SUBMITTED:
        record.submitted_at, record.return_reason = capture.received_at, None
    record.state = state
    tell(session, record, today, regridded(session, record, before, today))
