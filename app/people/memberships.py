"""Who is in which mutual-aid group on a date, and how a membership ends (ORG-5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import AidGroup, AidMember, Worker
from app.outbox.emit import emit, mark_visits, publish, withdraw
from app.people.spans import cut, starts
from app.rules.groups import GROUP_SIZE

KIND = "group"


@dataclass(frozen=True)
class Member:
    """A member of a group with name and phone."""

    worker_id: UUID
    name: str
    phone: str | None
    valid: Range[date]


def members_from(session: Session, group_id: UUID, day: date) -> Sequence[Member]:
    """Who is in a group on a date or joins it later, in the order of joining."""
    rows = session.execute(
        select(Worker.id, Worker.name, Worker.phone, AidMember.valid)
        .join(AidMember, AidMember.worker_id == Worker.id)
        .where(AidMember.group_id == group_id, AidMember.valid.overlaps(Range(day, None)))
        .order_by(func.lower(AidMember.valid), Worker.name, Worker.id)
    )
    return [Member(*row) for row in rows]


def membership_on(session: Session, worker_id: UUID, day: date) -> AidMember | None:
    """A worker's membership of a date."""
    return session.scalar(
        select(AidMember).where(AidMember.worker_id == worker_id, AidMember.valid.contains(day))
    )


def dates_of_change(members: Sequence[Member], first: date) -> list[date]:
    """A date and those after it on which somebody joins."""
    return sorted({first, *(starts(one.valid) for one in members if starts(one.valid) > first)})


def leave_group(session: Session, member: AidMember, end: date) -> None:
    """A membership ends before a date; one that would begin later is dropped."""
    if starts(member.valid) >= end:
        session.delete(member)
    elif member.valid.upper is None or member.valid.upper > end:
        member.valid = cut(member.valid, end)
    session.flush()


def dissolve(session: Session, group: AidGroup, end: date, by: UUID | None) -> None:
    """From a date on the group is no more; its members' visits are their own again."""
    told = [one.worker_id for one in members_from(session, group.id, end)]
    for member in session.scalars(select(AidMember).where(AidMember.group_id == group.id)).all():
        leave_group(session, member, end)
    never_began = starts(group.valid) >= end
    group.valid = Range(empty=True) if never_began else cut(group.valid, end)
    session.flush()
    mark_visits(session, group.community_code, end)
    for worker_id in told:
        withdraw(session, worker_id, KIND, group.id, "deleted")
    emit(
        session,
        "group.ended",
        by=by,
        unit_code=group.community_code,
        subject=(KIND, group.id),
        from_day=end.isoformat(),
    )


def release_member(session: Session, worker_id: UUID, end: date, by: UUID | None) -> None:
    """A worker who leaves the community or full-time work leaves the group; of one is none."""
    memberships = session.scalars(
        select(AidMember).where(
            AidMember.worker_id == worker_id, AidMember.valid.overlaps(Range(end, None))
        )
    ).all()
    for member in memberships:
        group = session.get_one(AidGroup, member.group_id, with_for_update=True)
        leave_group(session, member, end)
        left(session, group, worker_id, end, by)
        remaining = members_from(session, group.id, end)
        if len(remaining) < GROUP_SIZE.on(end).fewest:
            dissolve(session, group, end, by)


def left(session: Session, group: AidGroup, worker_id: UUID, end: date, by: UUID | None) -> None:
    """Say that a worker has left a group."""
    mark_visits(session, group.community_code, end)
    withdraw(session, worker_id, KIND, group.id, "out_of_scope")
    emit(
        session,
        "group.member_left",
        by=by,
        unit_code=group.community_code,
        subject=(KIND, group.id),
        worker=str(worker_id),
        from_day=end.isoformat(),
    )
    tell_members(session, group, end)


def tell_members(session: Session, group: AidGroup, day: date) -> None:
    """Tell the members' handsets who is in the group from a date on."""
    session.flush()
    members = members_from(session, group.id, day)
    shown = group_shown(group, members)
    for member in members:
        publish(session, member.worker_id, KIND, group.id, shown)


def group_shown(group: AidGroup, members: Sequence[Member]) -> dict[str, Any]:
    """A group as handsets hold it."""
    return {
        "name": group.name,
        "community": group.community_code,
        "members": [
            {
                "worker_id": str(one.worker_id),
                "name": one.name,
                "phone": one.phone,
                "from": starts(one.valid).isoformat(),
                "to": one.valid.upper.isoformat() if one.valid.upper else None,
            }
            for one in members
        ],
    }
