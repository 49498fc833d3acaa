"""Versions: every change of a record is one, with who, when and why; none is edited (INF-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.db.models import Record, RecordFocus, RecordKey, RecordPoint, RecordVersion
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.people.capture import Capture
from app.people.principal import Principal
from app.registry.fields import Secrecy
from app.registry.form_tables import Fields
from app.registry.forms import (
    focus_of,
    form_of,
    is_home,
    key_text,
    keys_of,
    present,
    split,
    stated,
)
from app.rules.information import FocusKind, RecordKind, RecordSource

ROUNDED_TO = 5
"""Digits of a degree in the index of neighbours: about a metre."""
ENTERED_HOME = "entered_home"
"""In RecordKey: the home that the entered version names, which the standing one may not."""
FORMER_SPECIAL_GROUP = "former special_group"
"""In RecordFocus: no longer of the group, and earlier versions still say so."""


@dataclass(frozen=True)
class Author:
    """Who says so, from where and when."""

    account_id: UUID
    worker_id: UUID | None
    device_id: UUID | None
    at: datetime
    received_at: datetime

    @property
    def day(self) -> date:
        """The civil day on which it was said."""
        return civil_day(self.at)


def worker_of(capture: Capture) -> Author:
    """The worker of a record from the field."""
    return Author(
        capture.account_id, capture.worker_id, capture.device_id, capture.at, capture.received_at
    )


def office_of(asker: Principal, now: datetime) -> Author:
    """Whoever acts at a desk now."""
    return Author(asker.account_id, asker.worker_id, asker.device_id, now, now)


@dataclass(frozen=True)
class Sent:
    """Fields as they came, in the version of the form that they came in."""

    form_version: int
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Edit:
    """What becomes a version: its whole content in the present form, and how it came about."""

    content: Mapping[str, Any]
    source: RecordSource
    reason: str
    base: int | None = None
    item_id: UUID | None = None
    sent: Sent | None = None
    """Where it came in an older version of the form."""
    proposed: Mapping[str, Any] | None = None
    """The author's own whole content, where another's edit was joined to it."""
    photos: Sequence[str] = field(default_factory=tuple)


def record_in_unit(
    session: Session, asker: Principal, key: UUID, *, for_change: bool = False
) -> Record:
    """A record within the asker's unit; raises NotFound. `for_change`: nobody else changes it."""
    found = session.get(Record, key, with_for_update=for_change, populate_existing=for_change)
    if found is None:
        raise NotFound
    asker.look(found.community_code)
    return found


def add_version(
    session: Session, record: Record, author: Author, edit: Edit, *, stands: bool = True
) -> RecordVersion:
    """The next version of a record that the caller holds for change.

    One that stands is what the next edit goes on from, and what the record is found by.
    """
    session.flush()
    latest = select(func.max(RecordVersion.number)).where(RecordVersion.record_id == record.id)
    parts = _kept_apart(record.kind, edit)
    version = RecordVersion(
        record_id=record.id,
        number=(session.scalar(latest) or 0) + 1,
        item_id=edit.item_id,
        base=edit.base,
        form_version=edit.sent.form_version if edit.sent else present(record.kind).version,
        content=parts[Secrecy.PLAIN].get("fields", {}),
        sealed=parts[Secrecy.SEALED] or None,
        special=parts[Secrecy.SPECIAL] or None,
        source=edit.source,
        reason=edit.reason,
        photos=list(edit.photos),
        account_id=author.account_id,
        worker_id=author.worker_id,
        device_id=author.device_id,
        captured_at=author.at,
        received_at=author.received_at,
        day=author.day,
    )
    session.add(version)
    session.flush()
    if stands:
        record.version = version.number
        index(session, record, edit.content)
    return version


def _kept_apart(kind: RecordKind, edit: Edit) -> dict[Secrecy, dict[str, Any]]:
    """By where it is kept: `fields`, and `sent` and `proposed` where there are such.

    These two are never kept in plain: nobody searches them.
    """
    form = present(kind)
    parts: dict[Secrecy, dict[str, Any]] = {
        secrecy: {"fields": fields} if fields else {}
        for secrecy, fields in split(form, stated(edit.content)).items()
    }
    if edit.sent is not None:
        sent_form = form_of(kind, edit.sent.form_version) or form
        _seal_away(parts, "sent", split(sent_form, edit.sent.fields))
    if edit.proposed is not None:
        _seal_away(parts, "proposed", split(form, stated(edit.proposed)))
    return parts


def _seal_away(
    parts: dict[Secrecy, dict[str, Any]], name: str, fields: dict[Secrecy, dict[str, Any]]
) -> None:
    if fields[Secrecy.SPECIAL]:
        parts[Secrecy.SPECIAL][name] = fields[Secrecy.SPECIAL]
    parts[Secrecy.SEALED][name] = fields[Secrecy.SEALED] | fields[Secrecy.PLAIN]


def content_of(version: RecordVersion) -> dict[str, Any]:
    """All fields of a version in the present form, sensitive ones too."""
    sealed, special = version.sealed or {}, version.special or {}
    return {**version.content, **sealed.get("fields", {}), **special.get("fields", {})}


def _aside(version: RecordVersion, name: str) -> dict[str, Any] | None:
    sealed, special = version.sealed or {}, version.special or {}
    return {**sealed[name], **special.get(name, {})} if name in sealed else None


def sent_in(version: RecordVersion) -> dict[str, Any] | None:
    """The fields of an edit as they came in an older form; None if they came in the present one."""
    return _aside(version, "sent")


def proposal_of(version: RecordVersion) -> dict[str, Any]:
    """What the author of a version wanted, before it was joined with another's edit."""
    own = _aside(version, "proposed")
    return content_of(version) if own is None else own


def version_of(session: Session, record: Record, number: int) -> RecordVersion:
    """One version of a record; raises NotFound."""
    found = session.get(RecordVersion, (record.id, number))
    if found is None:
        raise NotFound
    return found


def version_numbered(session: Session, record: Record, number: int) -> RecordVersion | None:
    """One version of a record, or None."""
    return session.get(RecordVersion, (record.id, number))


def standing(session: Session, record: Record) -> dict[str, Any]:
    """What a record says now, all fields in the present form; of one erased nothing."""
    return content_of(version_of(session, record, record.version))


def entered(session: Session, record: Record) -> dict[str, Any] | None:
    """What was entered last; None if nothing was."""
    if record.entered_version is None:
        return None
    return content_of(version_of(session, record, record.entered_version))


def index(session: Session, record: Record, content: Fields) -> None:
    """The keyed indexes and the neighbours' point of a content, instead of those before."""
    unindex(session, record)
    session.add_all(
        RecordKey(record_id=record.id, field=name, digest=said)
        for name, said in keys_of(record.kind, content).items()
    )
    home = (entered(session, record) or {}).get("home")
    if home is not None:
        said = key_text("home", home)
        session.add(RecordKey(record_id=record.id, field=ENTERED_HOME, digest=said))
    focus = focus_of(record.kind, content)
    marks = [kind.value for kind in focus]
    if FocusKind.SPECIAL_GROUP not in focus and _was_special(session, record):
        marks.append(FORMER_SPECIAL_GROUP)
    session.add_all(RecordFocus(record_id=record.id, digest=mark) for mark in marks)
    point = content.get("point")
    if point is not None and not is_home(record.kind, content):
        session.add(
            RecordPoint(
                record_id=record.id,
                community_code=record.community_code,
                kind=record.kind,
                lon=round(point["lon"], ROUNDED_TO),
                lat=round(point["lat"], ROUNDED_TO),
            )
        )
    session.flush()


def _was_special(session: Session, record: Record) -> bool:
    """Whether any version says something of a special group."""
    told = select(RecordVersion.number).where(
        RecordVersion.record_id == record.id, RecordVersion.special.is_not(None)
    )
    return record.kind is RecordKind.PERSON and session.scalar(told.limit(1)) is not None


def unindex(session: Session, record: Record) -> None:
    """Found by nothing any more."""
    for table in (RecordKey, RecordFocus, RecordPoint):
        session.execute(delete(table).where(table.record_id == record.id))
