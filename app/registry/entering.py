"""The information administrator's acts: returned, entered, corrected, ended, typed from paper."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.models import Record, Unit
from app.kit.clock import civil_day, day_start
from app.people.photos import Subject, link_photos
from app.people.posts import posting_on
from app.people.principal import Principal
from app.registry.collecting import ABOUT_RESIDENTS, missing_home, one_at_a_time
from app.registry.conflicting import open_conflicts
from app.registry.forms import same
from app.registry.grids import regridded
from app.registry.homes import settle
from app.registry.reading_forms import Said, complete, read
from app.registry.refusals import (
    ActNotNow,
    ChangedMeanwhile,
    CollectedLater,
    ConflictsOpen,
    EndsLater,
    HomeUnknown,
    NothingSaid,
    NotOneOfOurs,
    RecordEnded,
    RecordErased,
    RecordExists,
    RecordMerged,
    UnknownBase,
)
from app.registry.schemas import CorrectionOfRecordIn, PaperIn, RecordEndIn, RecordReasonIn
from app.registry.telling import tell, trace
from app.registry.versions import (
    Author,
    Edit,
    add_version,
    content_of,
    entered,
    index,
    office_of,
    record_in_unit,
    standing,
    version_numbered,
)
from app.rules.divisions import UnitTier
from app.rules.information import RecordAct, RecordActor, RecordSource, RecordState, allowed, move
from app.rules.merging import join


def record_for(
    session: Session, asker: Principal, key: UUID, act: RecordAct
) -> tuple[Record, RecordState]:
    """A record that the administrator does something with, held for change, and what it becomes.

    Raises NotFound, RecordMerged, RecordErased, RecordEnded or ActNotNow.
    """
    record = record_in_unit(session, asker, key, for_change=True)
    living(record)
    state = move(record.state, act, RecordActor.ADMINISTRATOR)
    if state is None:
        possible = allowed(record.state, RecordActor.ADMINISTRATOR)
        raise ActNotNow(state=record.state.value, allowed=[one.value for one in possible])
    return record, state


def living(record: Record) -> None:
    """Raises RecordMerged, RecordErased or RecordEnded."""
    if record.merged_into is not None:
        raise RecordMerged(into=record.merged_into)
    if record.erased_at is not None:
        raise RecordErased
    if record.ended_on is not None:
        raise RecordEnded(ended_on=record.ended_on)


def return_record(
    session: Session, asker: Principal, key: UUID, body: RecordReasonIn, now: datetime
) -> Record:
    """Back to the worker, with what is missing."""
    record, state = record_for(session, asker, key, RecordAct.RETURN)
    record.state, record.return_reason = state, body.reason
    tell(session, record, civil_day(now))
    trace(session, "record.returned", record, asker.account_id)
    return record


def enter_record(session: Session, asker: Principal, key: UUID, now: datetime) -> Record:
    """Checked and entered: from now on this version stands, and visits are owed by it."""
    record, state = record_for(session, asker, key, RecordAct.ENTER)
    waiting = open_conflicts(session, [record.id])
    if waiting:
        raise ConflictsOpen(conflicts=waiting[record.id])
    complete(record.kind, standing(session, record))
    record.state = state
    make_entered(session, record, asker.account_id, now)
    tell(session, record, civil_day(now))
    trace(session, "record.entered", record, asker.account_id)
    return record


def make_entered(session: Session, record: Record, by: UUID, now: datetime) -> None:
    """The version that edits go on from is the one that is entered."""
    before = entered(session, record)
    record.entered_version = record.version
    record.entered_at = record.entered_at or now
    session.flush()
    after = standing(session, record)
    index(session, record, after)
    settle(session, record, [before, after], by, now)


def correct_record(
    session: Session, asker: Principal, key: UUID, body: CorrectionOfRecordIn, now: datetime
) -> Record:
    """What was recorded wrongly is put right, as a version of its own."""
    record, _ = record_for(session, asker, key, RecordAct.CORRECT)
    said = read(record.kind, body.form_version, body.fields)
    home_is_known(session, said.values)
    before = standing(session, record)
    content = _corrected(session, record, body.base, said, before)
    edit = Edit(content, RecordSource.CORRECTION, body.reason, body.base, sent=said.sent)
    written = put_right(session, record, edit, office_of(asker, now), before)
    trace(session, "record.corrected", record, asker.account_id, written=written)
    return record


def home_is_known(session: Session, values: dict[str, Any]) -> None:
    """Raises HomeUnknown."""
    home = missing_home(session, values)
    if home is not None:
        raise HomeUnknown(home=home)


def _corrected(
    session: Session, record: Record, base: int, said: Said, before: dict[str, Any]
) -> dict[str, Any]:
    """Raises UnknownBase, ChangedMeanwhile, NothingSaid or FieldsRefused."""
    seen = version_numbered(session, record, base)
    if seen is None:
        raise UnknownBase(record=record.id, base=base)
    looked_at = content_of(seen)
    joined = join(looked_at, before, {**looked_at, **said.values})
    if joined.conflicts:
        raise ChangedMeanwhile(version=record.version, fields=len(joined.conflicts))
    if same(joined.content, before):
        raise NothingSaid
    complete(record.kind, joined.content)
    return joined.content


def put_right(
    session: Session, record: Record, edit: Edit, author: Author, before: dict[str, Any]
) -> int:
    """A version by the administrator: of an entered record it is entered with it."""
    written = add_version(session, record, author, edit)
    today = civil_day(author.received_at)
    held = regridded(session, record, before, today)
    if record.state is RecordState.ENTERED:
        make_entered(session, record, author.account_id, author.received_at)
    tell(session, record, today, held)
    return written.number


def end_record(
    session: Session, asker: Principal, key: UUID, body: RecordEndIn, now: datetime
) -> Record:
    """From a date on it is no longer true: nothing is owed by it, and its term of keeping runs."""
    record, _ = record_for(session, asker, key, RecordAct.END)
    today = civil_day(now)
    if not civil_day(record.collected_at) <= body.ended_on <= today:
        raise EndsLater(today=today, collected_on=civil_day(record.collected_at))
    record.ended_on, record.end_reason = body.ended_on, body.reason
    session.flush()
    last = body.ended_on - timedelta(days=1)
    settle(session, record, [entered(session, record)], asker.account_id, now, last)
    tell(session, record, today)
    trace(session, "record.ended", record, asker.account_id, ended_on=body.ended_on.isoformat())
    return record


def enter_paper(
    session: Session,
    asker: Principal,
    body: PaperIn,
    now: datetime,
    source: RecordSource = RecordSource.PAPER,
) -> Record:
    """A paper form that the administrator types in: it is entered with that, and marked."""
    said = read(body.kind, body.form_version, body.fields)
    complete(body.kind, said.values)
    home_is_known(session, said.values)
    one_at_a_time(session, body.id)
    if session.get(Record, body.id) is not None:
        raise RecordExists(id=body.id)
    _ours(session, asker, body, civil_day(now))
    record = _paper_record(asker, body, now)
    session.add(record)
    session.flush()
    at = day_start(body.collected_on)
    author = Author(asker.account_id, body.worker_id, asker.device_id, at, now)
    edit = Edit(said.values, source, "", sent=said.sent, photos=body.photos)
    put_right(session, record, edit, author, said.values)
    about = record.kind in ABOUT_RESIDENTS
    subject = Subject("record", record.id, record.community_code, body.worker_id, about)
    link_photos(session, subject, body.photos, now)
    trace(
        session,
        "record.entered",
        record,
        asker.account_id,
        source=source.value,
        day=body.collected_on.isoformat(),
    )
    return record


def _paper_record(asker: Principal, body: PaperIn, now: datetime) -> Record:
    state = move(None, RecordAct.ENTER, RecordActor.ADMINISTRATOR)
    assert state is not None
    return Record(
        id=body.id,
        kind=body.kind,
        community_code=body.grid_code[:12],
        grid_code=body.grid_code,
        worker_id=body.worker_id,
        state=state,
        version=1,
        collected_at=day_start(body.collected_on),
        submitted_at=now,
    )


def _ours(session: Session, asker: Principal, body: PaperIn, today: date) -> None:
    """Raises NotOneOfOurs or CollectedLater."""
    if body.collected_on > today:
        raise CollectedLater(today=today, collected_on=body.collected_on)
    grid = session.get(Unit, body.grid_code)
    post = posting_on(session, body.worker_id, body.collected_on)
    known = grid is not None and grid.tier is UnitTier.GRID and asker.sees(body.grid_code)
    if not known or post is None or post.community_code != body.grid_code[:12]:
        raise NotOneOfOurs(grid=body.grid_code, worker=body.worker_id)
