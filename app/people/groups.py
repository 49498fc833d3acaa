"""Mutual-aid groups: formed, joined, left and ended, each time judged anew (ORG-5, 二9(2))."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import shapely
from sqlalchemy import ColumnElement, literal, select, tuple_
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import AidGroup, AidMember, Assignment, Boundary
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound, Refusal
from app.kit.ids import uuid7
from app.kit.paging import Page, decode, encode
from app.outbox.emit import emit, mark_visits
from app.people.group_refusals import (
    AlreadyInGroup,
    GroupHasEnded,
    GroupIdReused,
    GroupNotAdjacent,
    GroupOfTwoCommunities,
    GroupOfWrongSize,
    MemberNotFullTime,
    MemberWithoutGrid,
)
from app.people.memberships import (
    KIND,
    Member,
    dates_of_change,
    dissolve,
    leave_group,
    left,
    members_from,
    tell_members,
)
from app.people.posts import posting_on, under
from app.people.principal import Principal
from app.people.spans import not_in_the_past, span, starts
from app.people.values import values_on
from app.people.workers import visible
from app.rules.duty import is_bound
from app.rules.groups import GROUP_SIZE, GroupVerdict, MemberGrid, judge_group

REFUSED: dict[GroupVerdict, type[Refusal]] = {
    GroupVerdict.WRONG_SIZE: GroupOfWrongSize,
    GroupVerdict.TWO_COMMUNITIES: GroupOfTwoCommunities,
    GroupVerdict.NOT_ADJACENT: GroupNotAdjacent,
}
"""What a group that does not fit is refused for."""


@dataclass(frozen=True)
class Founding:
    """A group that is to be formed."""

    id: UUID
    community: str
    name: str
    workers: Sequence[UUID]
    first: date


def form(session: Session, asker: Principal, wanted: Founding, now: datetime) -> AidGroup:
    """Form a group of a community's workers from a date on; a repeat changes nothing."""
    asker.act(wanted.community)
    known = session.get(AidGroup, wanted.id)
    if known is not None:
        return _same(session, known, wanted)
    not_in_the_past(wanted.first, civil_day(now))
    group = AidGroup(
        id=wanted.id,
        community_code=wanted.community,
        name=wanted.name,
        valid=Range(wanted.first, None),
        created_by=asker.account_id,
        created_at=now,
    )
    session.add(group)
    session.flush()
    for worker_id in wanted.workers:
        _join(session, asker, group, worker_id, wanted.first, now)
    check(session, group, wanted.first)
    _formed(session, asker, group, wanted.first, "group.formed", workers=len(wanted.workers))
    return group


def _same(session: Session, known: AidGroup, wanted: Founding) -> AidGroup:
    """The first of two with the same id; raises GroupIdReused."""
    founders = session.scalars(
        select(AidMember.worker_id).where(
            AidMember.group_id == known.id, AidMember.valid.contains(wanted.first)
        )
    ).all()
    alike = (known.community_code, known.name, known.valid.lower, set(founders))
    if alike != (wanted.community, wanted.name, wanted.first, set(wanted.workers)):
        raise GroupIdReused(id=known.id)
    return known


def _join(
    session: Session,
    asker: Principal,
    group: AidGroup,
    worker_id: UUID,
    first: date,
    now: datetime,
) -> None:
    """A worker of the asker's unit becomes a member; raises AlreadyInGroup."""
    visible(session, asker, worker_id)
    valid = Range(first, None)
    other = select(AidMember.group_id).where(
        AidMember.worker_id == worker_id, AidMember.valid.overlaps(valid)
    )
    there = session.scalar(other.limit(1))
    if there is not None:
        raise AlreadyInGroup(worker=worker_id, group=there)
    session.add(AidMember(id=uuid7(now), group_id=group.id, worker_id=worker_id, valid=valid))
    session.flush()


def check(session: Session, group: AidGroup, first: date) -> None:
    """Judge a group on a date and whenever somebody joins it later; raises its refusal."""
    members = members_from(session, group.id, first)
    for day in dates_of_change(members, first):
        there = [one.worker_id for one in members if one.valid.contains(day)]
        _check_on(session, group, there, day)


def _check_on(session: Session, group: AidGroup, workers: Sequence[UUID], day: date) -> None:
    held = [_grids_of(session, worker_id, day) for worker_id in workers]
    elsewhere = [one.code for one in held if not one.code.startswith(group.community_code)]
    if elsewhere:
        raise GroupOfTwoCommunities(grids=elsewhere, on=day)
    size = GROUP_SIZE.on(day)
    found = judge_group(held, size, values_on(session, day))
    if found.verdict is not GroupVerdict.FIT:
        raise REFUSED[found.verdict](
            grids=[one.code for one in held], fewest=size.fewest, most=size.most, on=day
        )


def _grids_of(session: Session, worker_id: UUID, day: date) -> MemberGrid:
    """A full-time worker's grids of a date, as one; raises MemberNotFullTime, MemberWithoutGrid."""
    posting = posting_on(session, worker_id, day)
    if posting is None or posting.employment is None or not is_bound(posting.employment):
        raise MemberNotFullTime(worker=worker_id, on=day)
    rows = session.execute(
        select(Boundary.unit_code, Boundary.area)
        .join(Assignment, Assignment.grid_code == Boundary.unit_code)
        .where(
            Assignment.worker_id == worker_id,
            Assignment.valid.contains(day),
            Boundary.valid.contains(day),
        )
        .order_by(Boundary.unit_code)
    ).all()
    if not rows:
        raise MemberWithoutGrid(worker=worker_id, on=day)
    return MemberGrid(rows[0].unit_code, shapely.union_all([row.area for row in rows]))


def _formed(
    session: Session, asker: Principal, group: AidGroup, first: date, event: str, **facts: object
) -> None:
    mark_visits(session, group.community_code, first)
    emit(
        session,
        event,
        by=asker.account_id,
        unit_code=group.community_code,
        subject=(KIND, group.id),
        first_day=first.isoformat(),
        **facts,
    )
    tell_members(session, group, first)


def group_of(session: Session, asker: Principal, key: UUID) -> AidGroup:
    """A group of one's unit; raises NotFound."""
    found = session.get(AidGroup, key)
    if found is None:
        raise NotFound(group=key)
    asker.look(found.community_code)
    return found


def _to_change(session: Session, asker: Principal, key: UUID, day: date, today: date) -> AidGroup:
    """A group that stands on a date, its row locked; raises GroupHasEnded."""
    group = session.get(AidGroup, key, with_for_update=True, populate_existing=True)
    if group is None:
        raise NotFound(group=key)
    asker.look(group.community_code)
    asker.act(group.community_code)
    not_in_the_past(day, today)
    if not group.valid.contains(day):
        raise GroupHasEnded(group=key, on=day)
    return group


def add_member(
    session: Session, asker: Principal, key: UUID, joined: tuple[UUID, date], now: datetime
) -> AidGroup:
    """A worker joins a group from a date on."""
    worker_id, first = joined
    group = _to_change(session, asker, key, first, civil_day(now))
    _join(session, asker, group, worker_id, first, now)
    check(session, group, first)
    _formed(session, asker, group, first, "group.member_added", worker=str(worker_id))
    return group


def end_member(
    session: Session, asker: Principal, key: UUID, ended: tuple[UUID, date], now: datetime
) -> AidGroup:
    """From a date on a worker is no longer a member; a group of one is ended with it."""
    worker_id, end = ended
    group = _to_change(session, asker, key, end, civil_day(now))
    member = session.scalar(
        select(AidMember).where(
            AidMember.group_id == key,
            AidMember.worker_id == worker_id,
            AidMember.valid.overlaps(Range(end, None)),
        )
    )
    if member is None:
        raise NotFound(worker=worker_id)
    leave_group(session, member, end)
    left(session, group, worker_id, end, asker.account_id)
    remaining = [one for one in members_from(session, key, end) if one.valid.contains(end)]
    if len(remaining) < GROUP_SIZE.on(end).fewest:
        dissolve(session, group, end, asker.account_id)
    else:
        check(session, group, end)
    return group


def end_group(session: Session, asker: Principal, key: UUID, end: date, now: datetime) -> AidGroup:
    """From a date on the group is no more; raises SpanReversed for the date it begins on."""
    group = _to_change(session, asker, key, end, civil_day(now))
    span(starts(group.valid), end)
    dissolve(session, group, end, asker.account_id)
    return group


Grouped = tuple[AidGroup, Sequence[Member]]


def listed(
    session: Session, unit_code: str, day: date, page: tuple[str | None, int]
) -> Page[Grouped]:
    """The groups of a unit that stand on a date, by community and key, with their members."""
    cursor, limit = page
    query = (
        select(AidGroup)
        .where(under(AidGroup.community_code, unit_code), AidGroup.valid.contains(day))
        .order_by(AidGroup.community_code, AidGroup.id)
        .limit(limit + 1)
    )
    if cursor:
        query = query.where(_after(cursor))
    rows = session.scalars(query).all()
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(
        [(group, members_on(session, group.id, day)) for group in rows[:limit]],
        encode(last.community_code, str(last.id)) if last else None,
    )


def _after(cursor: str) -> ColumnElement[bool]:
    community, key = decode(cursor, str, str)
    try:
        group_id = UUID(str(key))
    except ValueError:
        raise BadCursor from None
    return tuple_(AidGroup.community_code, AidGroup.id) > tuple_(
        literal(community), literal(group_id)
    )


def members_on(session: Session, key: UUID, day: date) -> Sequence[Member]:
    """Who is in a group on a date."""
    return [one for one in members_from(session, key, day) if one.valid.contains(day)]
