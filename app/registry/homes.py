"""What visits the entered records are a ground for, at the place where they are to be made.

A person's visits are owed at the home that the person's record names, so that one visit pays them
all (VIS-6); without one, at the record's own place. The place of a record has the record's key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Record, RecordKey, VisitPlace, VisitTarget
from app.kit.clock import civil_day
from app.people.spans import starts
from app.registry.forms import key_text, visits_of
from app.registry.versions import ENTERED_HOME, entered
from app.rules.geodesy import Position
from app.rules.visits import EndReason, VisitKind
from app.visits import places
from app.visits.placing import locations_of

LABEL_AT_MOST = 200


@dataclass(frozen=True)
class Ground:
    """An entered record that lives at a place."""

    record: Record
    content: dict[str, Any]


def settle(
    session: Session,
    record: Record,
    contents: Iterable[dict[str, Any] | None],
    by: UUID | None,
    now: datetime,
    last: date | None = None,
) -> None:
    """Bring the places of a record up to what is entered: where it was, and where it is.

    `contents`: what it said before and says now. `last`: the last date of what ends.
    """
    homes = {UUID(said["home"]) for said in contents if said and said.get("home")}
    standing_homes = {_kept(session, home) for home in homes}
    for place_id in sorted({record.id, *homes, *standing_homes}):
        _settle_place(session, place_id, by, now, last or civil_day(now))


def _kept(session: Session, key: UUID) -> UUID:
    """The record that one was merged into, or itself."""
    into = session.scalar(select(Record.merged_into).where(Record.id == key))
    return key if into is None else _kept(session, into)


def _settle_place(
    session: Session, place_id: UUID, by: UUID | None, now: datetime, last: date
) -> None:
    grounds = _grounds(session, place_id)
    kinds = {
        kind
        for ground in grounds
        for kind in visits_of(ground.record.kind, ground.content)
        if _owed_here(session, ground, place_id)
    }
    place = session.get(VisitPlace, place_id, populate_existing=True)
    if place is not None and place.erased_at is None:
        _keep(session, place_id, grounds, by, now)
        _retarget(session, place_id, kinds, by, now, last)
    elif place is None and kinds:
        _add(session, place_id, grounds, kinds, by, now)


def _owed_here(session: Session, ground: Ground, place_id: UUID) -> bool:
    """At the home that a person's record names, else at the record's own place."""
    home = ground.content.get("home")
    return place_id == (_kept(session, UUID(home)) if home else ground.record.id)


def _grounds(session: Session, place_id: UUID) -> list[Ground]:
    """The entered records of those who live at a place, the place's own first."""
    named = select(RecordKey.record_id).where(
        RecordKey.field == ENTERED_HOME,
        RecordKey.digest.in_([key_text("home", key) for key in _names(session, place_id)]),
    )
    rows = session.scalars(
        select(Record)
        .where(
            (Record.id == place_id) | Record.id.in_(named),
            Record.entered_version.is_not(None),
            Record.ended_on.is_(None),
            Record.merged_into.is_(None),
            Record.erased_at.is_(None),
        )
        .order_by((Record.id == place_id).desc(), Record.id)
    ).all()
    return [Ground(record, entered(session, record) or {}) for record in rows]


def _names(session: Session, key: UUID) -> list[UUID]:
    """A record's key, and those of what was merged into it."""
    merged = session.scalars(select(Record.id).where(Record.merged_into == key)).all()
    return [key, *(name for one in merged for name in _names(session, one))]


def lives_there(session: Session, place_id: UUID) -> bool:
    """Whether any entered record that stands lives at a place."""
    return bool(_grounds(session, place_id))


def _where(grounds: Sequence[Ground]) -> tuple[Ground, Position] | None:
    """The first of those at a place that says where it is."""
    for ground in grounds:
        point = ground.content.get("point")
        if point is not None:
            return ground, Position(point["lon"], point["lat"])
    return None


def label_of(ground: Ground) -> str:
    """What the worker finds the place by: the address, for a person the name too."""
    words = [ground.content.get("name"), ground.content.get("address")]
    return " ".join(word for word in words if word)[:LABEL_AT_MOST]


def _add(
    session: Session,
    place_id: UUID,
    grounds: Sequence[Ground],
    kinds: set[VisitKind],
    by: UUID | None,
    now: datetime,
) -> None:
    found = _where(grounds)
    if found is None:
        return
    ground, point = found
    today = civil_day(now)
    new = places.NewPlace(
        place_id,
        label_of(grounds[0]),
        point,
        ground.record.grid_code,
        [(kind, today) for kind in sorted(kinds)],
    )
    places.add(session, new, by, now)


def _keep(
    session: Session, place_id: UUID, grounds: Sequence[Ground], by: UUID | None, now: datetime
) -> None:
    """The place is where, and is called what, the records say."""
    found = _where(grounds)
    if found is None:
        return
    ground, point = found
    there = locations_of(session, place_id)[-1]
    if (there.whereabouts["lon"], there.whereabouts["lat"]) != (point.lon, point.lat):
        first = max(civil_day(now), starts(there.valid))
        to = places.Move(point, ground.record.grid_code, first)
        places.move(session, place_id, to, by, now)
    if there.whereabouts["label"] != label_of(grounds[0]):
        places.relabel(session, place_id, label_of(grounds[0]), by, now)


def _retarget(
    session: Session,
    place_id: UUID,
    kinds: set[VisitKind],
    by: UUID | None,
    now: datetime,
    last: date,
) -> None:
    """Kinds that the records are a ground for are owed from today; the others no longer."""
    today = civil_day(now)
    living = session.scalars(
        select(VisitTarget).where(
            VisitTarget.place_id == place_id,
            VisitTarget.valid.overlaps(Range(today + timedelta(days=1), None)),
        )
    ).all()
    for target in living:
        if target.kind not in kinds:
            ends = max(last, starts(target.valid))
            reason = EndReason.NO_LONGER_OF_THE_KIND
            places.end_target(session, target, ends, reason, by, now)
    for kind in sorted(kinds - {target.kind for target in living}):
        _owe_again(session, place_id, kind, by, now)


def _owe_again(
    session: Session, place_id: UUID, kind: VisitKind, by: UUID | None, now: datetime
) -> None:
    """From today; from tomorrow where the same kind ended only today."""
    today = civil_day(now)
    ends_today = select(VisitTarget.id).where(
        VisitTarget.place_id == place_id,
        VisitTarget.kind == kind,
        VisitTarget.valid.contains(today),
    )
    first = today + timedelta(days=session.scalar(ends_today.limit(1)) is not None)
    places.add_target(session, place_id, kind, first, by, now)
