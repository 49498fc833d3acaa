"""What an office or a worker looks through: records of a unit, or of one's own grids."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from app.db.models import Record, RecordKey, RecordVersion
from app.kit.clock import day_start
from app.people.posts import grids_on
from app.registry.fields import Unacceptable, read_value
from app.registry.form_tables import FORMS
from app.registry.forms import key_text
from app.registry.refusals import OneKeyAtATime
from app.registry.schemas import RecordPage
from app.registry.scopes import records_in
from app.registry.shown import Asked, page_of
from app.rules.information import RecordKind, RecordState

LOOKED_UP = {
    "identity": ("identity_number",),
    "phone": ("phone", "contact_phone", "landlord_phone"),
    "name": ("name",),
    "address": ("address",),
    "credit_code": ("credit_code",),
}
"""By what is asked for, the fields whose exact value is looked up through the keyed index."""
TYPES = {
    field.name: field
    for versions in FORMS.values()
    for field in reversed(versions[-1].fields)
    if field.identifying
}


def of_unit(
    unit_code: str, kind: RecordKind | None, state: RecordState | None
) -> Sequence[ColumnElement[bool]]:
    """The records of a unit, of a kind or state or of any."""
    where: list[ColumnElement[bool]] = [records_in(unit_code)]
    if kind is not None:
        where.append(Record.kind == kind)
    if state is not None:
        where.append(Record.state == state)
    return where


def with_key(asked: Mapping[str, str | None]) -> Sequence[ColumnElement[bool]]:
    """Those found by the exact value of one identifying field; raises OneKeyAtATime."""
    given = {name: said for name, said in asked.items() if said is not None}
    if len(given) > 1:
        raise OneKeyAtATime(asked=sorted(given))
    return [Record.id.in_(_found_by(name, said)) for name, said in given.items()]


def _found_by(name: str, said: str) -> ColumnElement[UUID]:
    digests = [
        RecordKey.digest == key_text(field, read_as(field, said)) for field in LOOKED_UP[name]
    ]
    either = digests[0]
    for digest in digests[1:]:
        either |= digest
    return select(RecordKey.record_id).where(either).scalar_subquery()


def read_as(field: str, said: str) -> str:
    """A value as a record would hold it; what no record can hold is looked up as it is."""
    try:
        return str(read_value(TYPES[field], said))
    except Unacceptable:
        return said


def of_worker(
    session: Session, worker_id: UUID, day: date, state: RecordState | None
) -> Sequence[ColumnElement[bool]]:
    """The records of the grids that a worker holds on a date, not those erased or merged."""
    where: list[ColumnElement[bool]] = [
        Record.grid_code.in_(grids_on(session, worker_id, day)),
        Record.erased_at.is_(None),
        Record.merged_into.is_(None),
    ]
    return where if state is None else [*where, Record.state == state]


def mine(
    session: Session, worker_id: UUID, state: RecordState | None, asked: Asked, today: date
) -> RecordPage:
    """A page of one's own records, masked."""
    return page_of(session, of_worker(session, worker_id, today, state), asked, today)


def recent(
    session: Session, worker_id: UUID, days: tuple[date, date], after: UUID, limit: int
) -> Sequence[tuple[Record, dict[str, Any]]]:
    """What a handset should hold: records of one's own grids that changed since a date or are not
    entered, by key, with what they say but of no special group."""
    today, since = days
    written = aliased(RecordVersion)
    changed = (
        exists()
        .where(written.record_id == Record.id)
        .where(written.received_at >= day_start(since))
    )
    rows = session.execute(
        select(Record, RecordVersion.content, RecordVersion.sealed)
        .join(
            RecordVersion,
            and_(RecordVersion.record_id == Record.id, RecordVersion.number == Record.version),
        )
        .where(
            *of_worker(session, worker_id, today, None),
            changed | (Record.state != RecordState.ENTERED),
            Record.id > after,
        )
        .order_by(Record.id)
        .limit(limit)
    )
    return [
        (record, {**plain, **(sealed or {}).get("fields", {})}) for record, plain, sealed in rows
    ]
