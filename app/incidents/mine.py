"""A worker's own events: reported by oneself, or of one's grids, and what waits for one."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.db.models import Incident, IncidentCase
from app.incidents.detail import detail
from app.incidents.doers import may_act
from app.incidents.lists import held_by, is_open, latest
from app.incidents.look_schemas import IncidentDetailOut, MyIncidentPage, MyIncidentRow
from app.kit.errors import NotFound
from app.people.posts import grids_on
from app.rules.event_looks import Waiting, waiting_for
from app.rules.incidents import Reporter, State
from app.rules.tiers import Tier


def my_incidents(
    session: Session,
    worker_id: UUID,
    asked: tuple[bool | None, Waiting | None],
    page: tuple[str | None, int],
    today: date,
) -> MyIncidentPage:
    """The latest reported first; `asked`: open or not, and what waits for oneself."""
    grids = grids_on(session, worker_id, today)
    keys = (
        select(IncidentCase.incident_id)
        .join(Incident, Incident.id == IncidentCase.incident_id)
        .where(*_wanted(worker_id, grids, asked))
    )
    found = latest(session, keys, page)
    written = _written(session, [fields["id"] for fields in found.items])
    return MyIncidentPage(
        items=[_mine(fields, written[fields["id"]], grids) for fields in found.items],
        next_cursor=found.next_cursor,
    )


def _wanted(
    worker_id: UUID, grids: Collection[str], asked: tuple[bool | None, Waiting | None]
) -> list[ColumnElement[bool]]:
    opened, waiting = asked
    found = [or_(IncidentCase.worker_id == worker_id, IncidentCase.grid_code.in_(grids))]
    if opened is not None:
        found.append(is_open() if opened else ~is_open())
    if waiting is not None:
        found += [IncidentCase.grid_code.in_(grids), waits_for(waiting)]
    return found


def waits_for(waiting: Waiting) -> ColumnElement[bool]:
    """What makes an event wait so for its grid's workers: `waiting_for`, as a query."""
    nobody_to_ask = Incident.reporter == Reporter.WORKER
    closed = IncidentCase.state == State.CLOSED
    match waiting:
        case Waiting.HANDLING:
            return held_by(Tier.GRID)
        case Waiting.FOLLOW_UP:
            return closed & ~nobody_to_ask
        case Waiting.VERIFICATION:
            return (IncidentCase.state == State.FOLLOWED_UP) | (closed & nobody_to_ask)


def _written(session: Session, keys: Collection[UUID]) -> dict[UUID, tuple[str | None, Reporter]]:
    rows = session.execute(
        select(Incident.id, Incident.description, Incident.reporter).where(Incident.id.in_(keys))
    )
    return {key: (description, reporter) for key, description, reporter in rows}


def _mine(
    fields: dict[str, Any], written: tuple[str | None, Reporter], grids: Collection[str]
) -> MyIncidentRow:
    description, reporter = written
    own = fields["grid_code"] in grids
    held = any(hold.tier is Tier.GRID for hold in fields["holds"])
    waiting = waiting_for(fields["state"], reporter, grid_holds=held) if own else None
    return MyIncidentRow.model_validate(
        fields | {"description": description if own else None, "waits_for_me": waiting}
    )


def my_incident(session: Session, worker_id: UUID, key: UUID, today: date) -> IncidentDetailOut:
    """One of them, or one that a partner of one's group may need help with (ORG-5); what was
    written is shown in one's grids of today and to such partners."""
    incident, case = session.get(Incident, key), session.get(IncidentCase, key)
    if incident is None or case is None or not may_act(session, incident, worker_id, today):
        raise NotFound
    own = case.grid_code in grids_on(session, worker_id, today)
    return detail(session, case, masked=not own and case.worker_id == worker_id)
