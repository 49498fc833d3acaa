"""The team of a grid: members of levels 2 and 3, and the group chat (ORG-3, 二9(1))."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Assignment, GridChat, Unit, Worker
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.group_schemas import TeamMemberOut, TeamOut
from app.people.posts import grids_on
from app.people.principal import Principal
from app.rules.corps import ORG_3, owes_duties
from app.rules.divisions import UnitTier


def team_of(session: Session, asker: Principal, grid: str, day: date) -> TeamOut:
    """A grid's team of a date; raises NotFound."""
    asker.look(grid)
    return _team(session, _grid(session, grid), day)


def my_teams(session: Session, worker_id: UUID, day: date) -> list[TeamOut]:
    """The teams of a worker's grids of a date."""
    return [
        _team(session, session.get_one(Unit, code), day)
        for code in grids_on(session, worker_id, day)
    ]


def _grid(session: Session, code: str) -> Unit:
    unit = session.get(Unit, code)
    if unit is None or unit.tier is not UnitTier.GRID:
        raise NotFound(grid=code)
    return unit


def _team(session: Session, grid: Unit, day: date) -> TeamOut:
    members = _members(session, grid.code, day)
    chat = session.get(GridChat, grid.code)
    return TeamOut(
        grid=grid.code,
        name=grid.name,
        day=day,
        rule=ORG_3.rule,
        clause=ORG_3.clause,
        grid_workers=[_member_out(one) for one in members if owes_duties(one.level)],
        roster=[_member_out(one) for one in members if not owes_duties(one.level)],
        chat=chat.link if chat else None,
    )


def _members(session: Session, grid_code: str, day: date) -> Sequence[Worker]:
    return session.scalars(
        select(Worker)
        .join(Assignment, Assignment.worker_id == Worker.id)
        .where(Assignment.grid_code == grid_code, Assignment.valid.contains(day))
        .order_by(Worker.level, Assignment.first_responsible.desc(), Worker.name, Worker.id)
    ).all()


def _member_out(worker: Worker) -> TeamMemberOut:
    return TeamMemberOut(
        worker_id=worker.id,
        name=worker.name,
        phone=worker.phone,
        level=worker.level,
        category=worker.category,
    )


def set_chat(session: Session, asker: Principal, grid: str, link: str, now: datetime) -> GridChat:
    """The link of a grid's group chat; the one before is replaced."""
    asker.act(grid)
    _grid(session, grid)
    chat = session.get(GridChat, grid, with_for_update=True)
    if chat is None:
        chat = GridChat(grid_code=grid)
        session.add(chat)
    chat.link, chat.changed_by, chat.changed_at = link, asker.account_id, now
    emit(
        session,
        "grid.chat_linked",
        by=asker.account_id,
        unit_code=grid,
        subject=("unit", grid),
    )
    session.flush()
    return chat
