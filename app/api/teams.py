"""The grid's team of levels 2 and 3 and its group chat (ORG-3)."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from app.api.deps import Db, GroupsWriter, Me, Now, WorkersReader
from app.api.problems import CONSTRAINTS, refusals
from app.kit.clock import civil_day
from app.kit.errors import Conflict, Forbidden, NotFound
from app.kit.schema import Day, GridCode
from app.people import teams
from app.people.group_schemas import ChatIn, ChatOut, TeamOut, TeamsOut

router = APIRouter(prefix="/v1", tags=["groups"])
CONSTRAINTS["pk_grid_chat"] = Conflict
TeamGrid = Annotated[GridCode, Path(description="A grid", examples=["510185001001001"])]
On = Annotated[Day | None, Query(description="A civil date; today without it")]


@router.get("/grids/{code}/team", responses=refusals(NotFound))
def read_team(db: Db, asker: WorkersReader, now: Now, code: TeamGrid, on: On = None) -> TeamOut:
    """A grid's workers, its roster of levels 2 and 3 with contacts, and its group chat."""
    return teams.team_of(db, asker, code, on or civil_day(now))


@router.put("/grids/{code}/chat", responses=refusals(NotFound, Conflict))
def set_chat(db: Db, asker: GroupsWriter, now: Now, code: TeamGrid, body: ChatIn) -> ChatOut:
    """The link of a grid's group chat."""
    chat = teams.set_chat(db, asker, code, body.link, now)
    return ChatOut(grid=chat.grid_code, link=chat.link, changed_at=chat.changed_at)


@router.get("/me/team", responses=refusals(Forbidden))
def my_team(db: Db, asker: Me, now: Now, on: On = None) -> TeamsOut:
    """The teams of one's own grids."""
    return TeamsOut(items=teams.my_teams(db, asker.as_worker(), on or civil_day(now)))
