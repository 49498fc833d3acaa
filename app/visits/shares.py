"""What a mutual-aid group holds on a date for members who are away (ORG-5)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import AidGroup, AidMember, Worker
from app.rules.sharing import Held, OpenVisit
from app.rules.visits import VisitKind
from app.visits.coverage_schemas import ShareOut, SharesOut
from app.visits.details import taken_over_out
from app.visits.holding import Holdings
from app.visits.judging import shown
from app.visits.obligations import Obligation, obligations, periods_between
from app.visits.on_record import OnRecord, earliest_period, latest_period, on_record


def shares(session: Session, group: AidGroup, day: date) -> SharesOut:
    """Every open visit that was taken over on a date, in the order in which it was shared out."""
    names = _members(session, group.id, day)
    first = earliest_period(day)
    record = on_record(session, group.community_code, first, latest_period(day))
    held = Holdings(record, first, day).by_date.get(day, {})
    taken = [
        (owed, found)
        for owed in _running(record, day)
        if (found := held.get(owed.key)) and found.taken_over and found.taken_over.worker in names
    ]
    taken.sort(key=lambda pair: _order(pair[0]))
    items = [_share_out(record, owed, found, day, names) for owed, found in taken]
    return SharesOut(group_id=group.id, day=day, items=items)


def _members(session: Session, group_id: UUID, day: date) -> dict[UUID, str]:
    rows = session.execute(
        select(Worker.id, Worker.name)
        .join(AidMember, AidMember.worker_id == Worker.id)
        .where(AidMember.group_id == group_id, AidMember.valid.contains(day))
    )
    return {key: name for key, name in rows}  # noqa: C416 - rows are not pairs to mypy


def _running(record: OnRecord, day: date) -> list[Obligation]:
    periods = {kind: list(periods_between(kind, day, day)) for kind in VisitKind}
    return list(obligations(record, periods, day))


def _order(owed: Obligation) -> Any:
    target = owed.target
    return OpenVisit(
        target.id, owed.period.first, owed.last, target.kind, target.place_id, None
    ).order


def _share_out(
    record: OnRecord, owed: Obligation, found: Held, day: date, names: dict[UUID, str]
) -> ShareOut:
    taken_over = taken_over_out(shown(found), names)
    assert taken_over is not None
    return ShareOut(
        target_id=owed.target.id,
        place_id=owed.target.place_id,
        grid=record.grid_on(owed.target.place_id, day) or "",
        kind=owed.target.kind,
        deadline=owed.last,
        taken_over=taken_over,
    )
