"""Meetings as hosts record them, for the tests of this folder."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.models import Leave
from app.kit.ids import uuid7
from app.meetings.schemas import MeetingIn, PresenceIn
from app.rules.duty import Half
from app.rules.meetings import MeetingKind, Presence
from app.rules.procedures import LeaveKind, RequestState
from tests.attendance.facts import WEDNESDAY, at
from tests.city import City

NOW = at("18:00")
COMMUNITY = "510185001001"
FIRST, SECOND, THIRD = (f"{COMMUNITY}00{number}" for number in (1, 2, 3))
ELSEWHERE = "510185001002001"
FAR = "510185002001001"


def listed(city: City, presences: Mapping[str, str]) -> list[PresenceIn]:
    """The host's list, by grid."""
    return [
        PresenceIn(
            worker_id=city.workers[grid],
            presence=Presence(presence),
            reason="外出" if presence == "excused" else None,
        )
        for grid, presence in presences.items()
    ]


def meeting(
    city: City,
    presences: Mapping[str, str],
    kind: MeetingKind = MeetingKind.MORNING,
    day: date = WEDNESDAY,
    clock: str = "08:40",
    key: UUID | None = None,
) -> MeetingIn:
    """A meeting that was held."""
    return MeetingIn(
        id=key,
        kind=kind,
        held_on=day,
        starts_at=at(clock, day),
        subject="安排当天工作",
        attendance=listed(city, presences),
    )


def on_leave(
    db: Session,
    city: City,
    grid: str,
    halves: tuple[Half, Half] = (Half.MORNING, Half.AFTERNOON),
    state: RequestState = RequestState.APPROVED,
    day: date = WEDNESDAY,
) -> UUID:
    """A worker's leave of a date."""
    moment: datetime | None = NOW if state is RequestState.APPROVED else None
    leave = Leave(
        id=uuid7(NOW),
        worker_id=city.workers[grid],
        community_code=grid[:12],
        kind=LeaveKind.SICK,
        first_day=day,
        first_half=halves[0],
        last_day=day,
        last_half=halves[1],
        reason="发烧",
        requested_at=NOW,
        state=state,
        decided_at=moment,
    )
    db.add(leave)
    db.flush()
    return leave.id
