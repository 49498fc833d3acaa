"""How mutual-aid groups and grid teams are spoken (ORG-3, ORG-5)."""

import re
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from app.kit.schema import CommunityCode, Day, In, Line, Out
from app.rules.corps import RosterCategory

CHAT_LINK = re.compile(r"^(https|weixin|mqqapi|mqq)://[^\s/?#]+[^\s]*$")


def _is_chat_link(link: str) -> str:
    if not CHAT_LINK.match(link):
        raise ValueError("must be a link that begins with https://, weixin://, mqqapi:// or mqq://")
    return link


ChatLink = Annotated[Line, AfterValidator(_is_chat_link)]


class GroupIn(In):
    """A new mutual-aid group, from a date on; its id is made by the caller."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0199d2f0-4444-7000-8000-000000000001",
                    "community": "510185001001",
                    "name": "第一互助组",
                    "workers": [
                        "0199d2f0-1111-7000-8000-000000000001",
                        "0199d2f0-1111-7000-8000-000000000002",
                    ],
                    "from": "2026-12-01",
                }
            ]
        }
    )

    id: UUID
    community: CommunityCode
    name: Line
    workers: list[UUID] = Field(min_length=1, max_length=20)
    first_day: Day = Field(alias="from")


class MemberIn(In):
    """A worker who joins a group, from a date on."""

    worker: UUID
    first_day: Day = Field(alias="from", examples=["2026-12-01"])


class MemberOut(Out):
    """A member of a group."""

    worker_id: UUID
    name: str
    phone: str | None
    valid_from: date
    valid_to: date | None


class GroupOut(Out):
    """A mutual-aid group with its members."""

    id: UUID
    community: str
    name: str
    valid_from: date | None = Field(description="Null: it ended before it began")
    valid_to: date | None
    members: list[MemberOut]


class GroupPage(Out):
    """Groups by community."""

    items: list[GroupOut]
    next_cursor: str | None


class MyGroupOut(Out):
    """The worker's own group of a date, if any."""

    day: date
    group: GroupOut | None


class ChatIn(In):
    """The link of a grid's group chat (WeChat, QQ or the residents' own)."""

    link: ChatLink = Field(examples=["https://work.weixin.qq.com/gm/1b2c3d4e"])


class ChatOut(Out):
    """A grid's group chat."""

    grid: str
    link: str
    changed_at: datetime


class TeamMemberOut(Out):
    """A member of a grid's team."""

    worker_id: UUID
    name: str
    phone: str | None
    level: int
    category: RosterCategory | None


class TeamOut(Out):
    """A grid's team: its level-1 workers, the roster of levels 2 and 3, and the group chat."""

    grid: str
    name: str
    day: date
    rule: str = Field(examples=["ORG-3"])
    clause: str = Field(examples=["一(一), 二9(1)"])
    grid_workers: list[TeamMemberOut]
    roster: list[TeamMemberOut]
    chat: str | None


class TeamsOut(Out):
    """The teams of the worker's own grids."""

    items: list[TeamOut]
