"""Mutual-aid groups (ORG-5)."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.city_queries import Paged
from app.api.deps import BoardsReader, Db, GroupsWriter, Me, Now, VisitsReader
from app.api.problems import CONSTRAINTS, refusals
from app.db.models import AidGroup
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, Forbidden, NotFound
from app.kit.schema import Day, UnitCode
from app.people import groups
from app.people.city_refusals import EffectiveInThePast, SpanReversed
from app.people.city_schemas import EndIn
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
from app.people.group_schemas import (
    GroupIn,
    GroupOut,
    GroupPage,
    MemberIn,
    MemberOut,
    MyGroupOut,
)
from app.people.memberships import Member, members_from, membership_on
from app.people.spans import starts
from app.visits.coverage_schemas import SharesOut
from app.visits.shares import shares

router = APIRouter(prefix="/v1", tags=["groups"])
CONSTRAINTS["ex_aid_member_worker_id_valid"] = AlreadyInGroup
CONSTRAINTS["pk_aid_group"] = GroupIdReused
UNFIT = (
    GroupOfWrongSize,
    GroupOfTwoCommunities,
    GroupNotAdjacent,
    MemberNotFullTime,
    MemberWithoutGrid,
)
On = Annotated[Day | None, Query(description="A civil date; today without it")]


class GroupsAsked(Paged):
    """Which groups."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    on: Day | None = Field(default=None, description="A civil date; today without it")


@router.post(
    "/groups",
    status_code=201,
    responses=refusals(NotFound, EffectiveInThePast, AlreadyInGroup, GroupIdReused, *UNFIT),
)
def form_group(db: Db, asker: GroupsWriter, now: Now, body: GroupIn) -> GroupOut:
    """Form a group of full-time workers of adjacent grids; a repeat changes nothing."""
    wanted = groups.Founding(body.id, body.community, body.name, body.workers, body.first_day)
    group = groups.form(db, asker, wanted, now)
    return group_out(group, members_from(db, group.id, body.first_day))


@router.get("/groups", responses=refusals(NotFound, BadCursor))
def list_groups(
    db: Db, asker: BoardsReader, now: Now, asked: Annotated[GroupsAsked, Query()]
) -> GroupPage:
    """The groups of a unit that stand on a date, with their members of that date."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = groups.listed(db, unit, asked.on or civil_day(now), asked.page)
    items = [group_out(group, members) for group, members in page.items]
    return GroupPage(items=items, next_cursor=page.next_cursor)


@router.get("/groups/{group_id}", responses=refusals(NotFound))
def read_group(db: Db, asker: BoardsReader, now: Now, group_id: UUID, on: On = None) -> GroupOut:
    """One group with whoever is a member on a date or joins later."""
    group = groups.group_of(db, asker, group_id)
    return group_out(group, members_from(db, group_id, on or civil_day(now)))


@router.patch(
    "/groups/{group_id}",
    responses=refusals(NotFound, EffectiveInThePast, GroupHasEnded, SpanReversed),
)
def end_group(db: Db, asker: GroupsWriter, now: Now, group_id: UUID, body: EndIn) -> GroupOut:
    """End a group at a date: the first on which it is no more."""
    group = groups.end_group(db, asker, group_id, body.end, now)
    return group_out(group, members_from(db, group_id, civil_day(now)))


@router.post(
    "/groups/{group_id}/members",
    status_code=201,
    responses=refusals(NotFound, EffectiveInThePast, GroupHasEnded, AlreadyInGroup, *UNFIT),
)
def add_member(db: Db, asker: GroupsWriter, now: Now, group_id: UUID, body: MemberIn) -> GroupOut:
    """A worker joins; the group is judged anew."""
    group = groups.add_member(db, asker, group_id, (body.worker, body.first_day), now)
    return group_out(group, members_from(db, group_id, body.first_day))


@router.patch(
    "/groups/{group_id}/members/{worker_id}",
    responses=refusals(NotFound, EffectiveInThePast, GroupHasEnded, *UNFIT),
)
def end_membership(
    db: Db, asker: GroupsWriter, now: Now, group_id: UUID, worker_id: UUID, body: EndIn
) -> GroupOut:
    """A worker leaves at a date; the others are judged anew, and a group of one is ended."""
    group = groups.end_member(db, asker, group_id, (worker_id, body.end), now)
    return group_out(group, members_from(db, group_id, body.end))


@router.get("/groups/{group_id}/shares", responses=refusals(NotFound))
def list_shares(db: Db, asker: VisitsReader, now: Now, group_id: UUID, day: On = None) -> SharesOut:
    """The open visits that the group holds on a date for members who are away, and who has them."""
    return shares(db, groups.group_of(db, asker, group_id), day or civil_day(now))


@router.get("/me/group", responses=refusals(Forbidden))
def my_group(db: Db, asker: Me, now: Now, on: On = None) -> MyGroupOut:
    """One's own mutual-aid group of a date, with its members."""
    day = on or civil_day(now)
    member = membership_on(db, asker.as_worker(), day)
    group = db.get(AidGroup, member.group_id) if member else None
    found = group_out(group, groups.members_on(db, group.id, day)) if group else None
    return MyGroupOut(day=day, group=found)


def group_out(group: AidGroup, members: Sequence[Member]) -> GroupOut:
    """A group as it is shown."""
    return GroupOut(
        id=group.id,
        community=group.community_code,
        name=group.name,
        valid_from=group.valid.lower,
        valid_to=group.valid.upper,
        members=[
            MemberOut(
                worker_id=one.worker_id,
                name=one.name,
                phone=one.phone,
                valid_from=starts(one.valid),
                valid_to=one.valid.upper,
            )
            for one in members
        ],
    )
