"""A station, its workers' handsets and a clock, for tests of sign-ins, requests and decisions."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from fastapi import FastAPI
from httpx import Response
from sqlalchemy.orm import Session

from app.db.models import CheckIn
from app.kit.ids import uuid7
from tests.api.sign_ins import SetClock
from tests.attendance.facts import WEDNESDAY, Handset, at
from tests.conftest import SignedIn

GRID = "510185001001001"
NEIGHBOUR = "510185001001002"
ELSEWHERE = "510185001002001"
"""A grid of another community of the same township."""
EVENING = at("18:00")


@dataclass
class StationDay:
    """Calls of the API by worker (grid code) or office (role) at a set time."""

    api: FastAPI
    client: SignedIn
    db: Session
    clock: SetClock = field(default_factory=SetClock)

    def __post_init__(self) -> None:
        self.clock.rule(self.api)
        self.at(EVENING)

    def at(self, instant: datetime) -> None:
        """Set the time; everybody signs in again."""
        self.clock.now = instant.astimezone(UTC)
        self.client.tokens.clear()

    def get(self, who: str, path: str, **query: str | int) -> Response:
        """Look."""
        headers = self.client.as_(who)
        answer: Response = self.client.http.get(f"/v1{path}", headers=headers, params=query)
        return answer

    def post(self, who: str, path: str, body: dict[str, Any]) -> Response:
        """Act."""
        headers = self.client.as_(who)
        answer: Response = self.client.http.post(f"/v1{path}", headers=headers, json=body)
        return answer

    def put(self, who: str, path: str, body: dict[str, Any]) -> Response:
        """Act, the same twice."""
        headers = self.client.as_(who)
        answer: Response = self.client.http.put(f"/v1{path}", headers=headers, json=body)
        return answer

    def delete(self, who: str, path: str) -> Response:
        """Withdraw."""
        headers = self.client.as_(who)
        answer: Response = self.client.http.delete(f"/v1{path}", headers=headers)
        return answer

    def handset(self, grid: str = GRID) -> Handset:
        """A worker's handset."""
        return Handset(self.db, self.client.city, grid)

    def doubtful(self, moment: datetime, grid: str = GRID) -> CheckIn:
        """A sign-in that waits for review, committed."""
        found = self.handset(grid).doubtful(moment)
        self.db.commit()
        return found

    def asks_correction(self, window: int = 1, day: date = WEDNESDAY, who: str = GRID) -> Response:
        """A worker asks for a window to be made good."""
        return self.post(who, "/corrections", correction(window, day))

    def asks_leave(self, first: str, last: str, who: str = GRID) -> Response:
        """A worker asks for whole days of leave."""
        return self.post(who, "/leaves", leave(first, last))


def correction(window: int = 1, day: date = WEDNESDAY) -> dict[str, Any]:
    """A worker's request for a window to be made good."""
    return {
        "id": str(uuid7(EVENING)),
        "kind": "sign_in",
        "day": day.isoformat(),
        "window": window,
        "reason": "手机没电",
        "evidence": ["晨会签到表第 3 行"],
    }


def leave(first: str, last: str) -> dict[str, Any]:
    """A worker's request for whole days of leave."""
    return {
        "id": str(uuid7(EVENING)),
        "kind": "sick",
        "first_day": first,
        "first_half": "morning",
        "last_day": last,
        "last_half": "afternoon",
        "reason": "发烧",
    }


def refused(answer: Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]
