"""Two records that are one are merged by the administrator, and can be taken apart again (INF-1).

The merged record keeps its versions and points to the kept one. What visits it was a ground for is
owed where the kept one is, from the day after; of the period that runs, what nobody was visited
for is owed there no more, so that nothing is owed twice.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.db.models import NotDuplicate, Record, RecordMerge, Visit, VisitPlace, VisitTarget
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.kit.paging import encode
from app.people.posts import under
from app.people.principal import Principal
from app.people.spans import starts
from app.registry.conflicting import open_conflicts, shown_name
from app.registry.entering import living, make_entered, put_right
from app.registry.forms import present, stated
from app.registry.homes import settle
from app.registry.merge_refusals import MergedOn, MergeUndone, SameRecord
from app.registry.merge_schemas import (
    MergedOut,
    MergeIn,
    MergeOut,
    MergePage,
    NotDuplicatesIn,
    UndoIn,
    UnmergedOut,
)
from app.registry.reading_forms import complete
from app.registry.refusals import (
    ActNotNow,
    ConflictsOpen,
    FieldUnknown,
    OtherKind,
    RecordErased,
)
from app.registry.samples import Asked, key_in
from app.registry.telling import tell, trace
from app.registry.versions import (
    Edit,
    add_version,
    content_of,
    entered,
    index,
    office_of,
    record_in_unit,
    standing,
    unindex,
    version_of,
)
from app.rules.information import RecordSource, RecordState
from app.rules.visits import EndReason, period_of
from app.visits import targets

Content = dict[str, Any]


def merge(session: Session, asker: Principal, body: MergeIn, now: datetime) -> MergedOut:
    """One record says from now on what both said, as the administrator chose field by field."""
    kept, merged = _two(session, asker, body.kept, body.merged)
    _mergeable(session, kept, merged)
    ours, theirs = standing(session, kept), standing(session, merged)
    content = _chosen(kept, ours, theirs, body.fields)
    complete(kept.kind, content)
    before = kept.version
    _put_under(session, asker, kept, merged, now)
    edit = Edit(content, RecordSource.MERGE, body.reason)
    after = put_right(session, kept, edit, office_of(asker, now), ours)
    done = RecordMerge(
        id=uuid7(now),
        kept_id=kept.id,
        merged_id=merged.id,
        kept_version_before=before,
        kept_version_after=after,
        reason=body.reason,
        merged_by=asker.account_id,
        merged_at=now,
    )
    session.add(done)
    taken = sorted({shown_name(kept.kind, name) for name in _differing(ours, content)})
    _trace(session, asker, "record.merged", kept, done, taken=taken)
    return MergedOut(**_plain(done), taken=taken)


def _two(session: Session, asker: Principal, one: UUID, other: UUID) -> tuple[Record, Record]:
    """Two records of the asker's unit, held for change in the order of their keys."""
    if one == other:
        raise SameRecord
    held = {
        key: record_in_unit(session, asker, key, for_change=True) for key in sorted((one, other))
    }
    return held[one], held[other]


def _mergeable(session: Session, kept: Record, merged: Record) -> None:
    """Both live, are of one kind, entered, and without open conflicts."""
    for record in (kept, merged):
        living(record)
    if kept.kind is not merged.kind:
        raise OtherKind(kind=merged.kind.value)
    for record in (kept, merged):
        if record.state is not RecordState.ENTERED:
            raise ActNotNow(record=record.id, state=record.state.value)
    waiting = open_conflicts(session, [kept.id, merged.id])
    if waiting:
        raise ConflictsOpen(conflicts=[key for keys in waiting.values() for key in keys])


def _chosen(
    kept: Record, ours: Mapping[str, Any], theirs: Mapping[str, Any], fields: Mapping[str, str]
) -> Content:
    """By field as chosen; of those not named ours, or theirs where we say nothing."""
    known = {field.name for field in present(kept.kind).fields}
    unknown = sorted(set(fields) - known)
    if unknown:
        raise FieldUnknown(fields=unknown, known=sorted(known))
    content: Content = {**stated(theirs), **stated(ours)}
    for name, side in fields.items():
        content[name] = (theirs if side == "merged" else ours).get(name)
    return stated(content)


def _put_under(
    session: Session, asker: Principal, kept: Record, merged: Record, now: datetime
) -> None:
    """The merged record is found by nothing any more, and visits are owed where the kept one is."""
    merged.merged_into = kept.id
    session.flush()
    unindex(session, merged)
    _not_twice(session, asker, kept, merged, now)
    yesterday = civil_day(now) - timedelta(days=1)
    by = asker.account_id
    settle(session, merged, [standing(session, merged)], by, now, yesterday)
    tell(session, merged, civil_day(now))


def _not_twice(
    session: Session, asker: Principal, kept: Record, merged: Record, now: datetime
) -> None:
    """What both places owe for the period that runs, and nobody was visited for at the merged one,
    is not owed there."""
    today = civil_day(now)
    place = session.get(VisitPlace, merged.id)
    if place is None or place.erased_at is not None:
        return
    also = {target.kind for target in _targets(session, kept.id, now)}
    for target in _targets(session, merged.id, now):
        first, since = period_of(target.kind, today).first, starts(target.valid)
        moves = target.kind not in also
        if _visited_since(session, merged.id, first) or (moves and since < today):
            continue
        if since < first:
            last = first - timedelta(days=1)
            targets.end_target(session, target, last, EndReason.BY_MISTAKE, asker.account_id, now)
        else:
            targets.remove_target(session, target, asker.account_id, now)


def _targets(session: Session, place_id: UUID, now: datetime) -> Sequence[VisitTarget]:
    """The targets of a place that live today."""
    return session.scalars(
        select(VisitTarget).where(
            VisitTarget.place_id == place_id, VisitTarget.valid.contains(civil_day(now))
        )
    ).all()


def _visited_since(session: Session, place_id: UUID, day: date) -> bool:
    made = exists().where(Visit.place_id == place_id, Visit.day >= day)
    return bool(session.scalar(select(made)))


def undo(session: Session, asker: Principal, key: UUID, body: UndoIn, now: datetime) -> UnmergedOut:
    """The merged record stands again as it was; the kept one gives back what came from it."""
    done = session.get(RecordMerge, key, with_for_update=True)
    if done is None:
        raise NotFound
    kept, merged = _two(session, asker, done.kept_id, done.merged_id)
    _undoable(done, kept, merged)
    was = content_of(version_of(session, kept, done.kept_version_before))
    became = content_of(version_of(session, kept, done.kept_version_after))
    now_says = standing(session, kept)
    merged.merged_into = None
    session.flush()
    _give_back(session, asker, kept, (was, became), (body.reason, now))
    _stand_again(session, asker, merged, now)
    done.undone_by, done.undone_at, done.undo_reason = asker.account_id, now, body.reason
    came = _differing(was, became)
    stayed = [name for name in came if now_says.get(name) != became.get(name)]
    names = {name: shown_name(kept.kind, name) for name in came}
    back = sorted({names[name] for name in came if name not in stayed})
    kept_ones = sorted({names[name] for name in stayed})
    _trace(session, asker, "record.unmerged", kept, done, changed_since=kept_ones)
    return UnmergedOut(**_plain(done), given_back=back, changed_since=kept_ones)


def _undoable(done: RecordMerge, kept: Record, merged: Record) -> None:
    if done.undone_at is not None:
        raise MergeUndone
    if kept.erased_at is not None or merged.erased_at is not None:
        raise RecordErased
    if kept.merged_into is not None:
        raise MergedOn(into=kept.merged_into)


def _give_back(
    session: Session,
    asker: Principal,
    kept: Record,
    merge_said: tuple[Content, Content],
    why: tuple[str, datetime],
) -> None:
    """A version without what came from the merge; a change that waits to be entered is kept apart
    from what is entered, as it was."""
    reason, now = why
    author = office_of(asker, now)
    waits = standing(session, kept) if kept.version != kept.entered_version else None
    stands = entered(session, kept) or {}
    edit = Edit(_without(stands, *merge_said), RecordSource.MERGE, reason)
    add_version(session, kept, author, edit)
    make_entered(session, kept, asker.account_id, now)
    if waits is not None:
        again = Edit(_without(waits, *merge_said), RecordSource.MERGE, reason)
        add_version(session, kept, author, again)
    tell(session, kept, civil_day(now))


def _without(content: Content, was: Mapping[str, Any], became: Mapping[str, Any]) -> Content:
    """As before the merge, field by field, unless the field was changed since."""
    back = {
        name: was.get(name)
        for name in _differing(was, became)
        if content.get(name) == became.get(name)
    }
    return stated({**content, **back})


def _stand_again(session: Session, asker: Principal, merged: Record, now: datetime) -> None:
    said = standing(session, merged)
    index(session, merged, said)
    settle(session, merged, [said, entered(session, merged)], asker.account_id, now)
    tell(session, merged, civil_day(now))


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def merges_under(session: Session, unit_code: str, asked: Asked) -> MergePage:
    """The merges of a unit's records, latest first, undone ones too."""
    cursor, limit = asked
    query = (
        select(RecordMerge)
        .join(Record, Record.id == RecordMerge.kept_id)
        .where(under(Record.community_code, unit_code[:12]), Record.grid_code.startswith(unit_code))
    )
    if cursor:
        query = query.where(RecordMerge.id < key_in(cursor))
    rows = session.scalars(query.order_by(RecordMerge.id.desc()).limit(limit + 1)).all()
    shown = [MergeOut(**_plain(done)) for done in rows[:limit]]
    more = len(rows) > limit
    return MergePage(items=shown, next_cursor=encode(str(shown[-1].id)) if more else None)


def not_duplicates(
    session: Session, asker: Principal, body: NotDuplicatesIn, now: datetime
) -> NotDuplicate:
    """Two records that look alike are two: not offered again. The first decision stands."""
    one, other = _two(session, asker, *sorted((body.one, body.other)))
    known = session.get(NotDuplicate, (one.id, other.id))
    if known is not None:
        return known
    found = NotDuplicate(
        one_id=one.id,
        other_id=other.id,
        reason=body.reason,
        decided_by=asker.account_id,
        decided_at=now,
    )
    session.add(found)
    session.flush()
    trace(session, "record.not_duplicate", one, asker.account_id, other=str(other.id))
    return found


def _plain(done: RecordMerge) -> dict[str, Any]:
    return MergeOut.model_validate(done).model_dump()


def _trace(
    session: Session,
    asker: Principal,
    event: str,
    kept: Record,
    done: RecordMerge,
    **facts: Any,
) -> None:
    session.flush()
    trace(
        session,
        event,
        kept,
        asker.account_id,
        merge=str(done.id),
        merged=str(done.merged_id),
        **facts,
    )
