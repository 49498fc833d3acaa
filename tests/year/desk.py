"""Everybody's way to the service during the year: who asks, at which instant, over HTTP."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from httpx import Response

from app.db.engine import Sessions
from app.kit import clock
from app.kit.ids import uuid7
from tests.conftest import SignedIn
from tests.year.people import people
from tests.year.town import Town


@dataclass
class Desk:
    """The service with a clock that is set; whatever is refused fails the test."""

    client: SignedIn
    town: Town
    sessions: Sessions
    clock_file: Path

    def at(self, instant: datetime) -> None:
        """Set the time; everybody signs in again."""
        self.clock_file.write_text(instant.astimezone(UTC).isoformat(), "ascii")
        clock.follow(self.clock_file)
        self.client.tokens.clear()

    @property
    def now(self) -> datetime:
        """The time that was set."""
        return clock.now()

    @property
    def today(self) -> date:
        """Its date."""
        return clock.civil_day(self.now)

    def key(self) -> str:
        """A fresh key of now."""
        return str(uuid7(self.now))

    def get(self, who: str, path: str, **query: str | int) -> Any:
        """Look."""
        asked = self.client.http.get(f"/v1{path}", headers=self.client.as_(who), params=query)
        return said(asked)

    def post(self, who: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Act."""
        headers = self.client.as_(who)
        return said(self.client.http.post(f"/v1{path}", headers=headers, json=body or {}))

    def record(self, who: str, path: str, body: dict[str, Any]) -> Any:
        """Send a record from a worker's handset."""
        now = self.now.isoformat()
        return self.post(
            who, path, {"id": self.key(), "captured_at": now, "sent_at": now, "body": body}
        )

    def worker(self, who: str) -> UUID:
        """A worker's key."""
        return self.town.workers[who]

    def community(self, who: str, day: date) -> str:
        """Where a worker is posted on a date."""
        post = people()[who].post_on(day)
        assert post is not None, (who, day)
        return post.community

    def case(self, case_id: str, who: str, outcome: str = "passed", **word: Any) -> Any:
        """Take the next step of a case."""
        step = self.get(who, f"/approvals/{case_id}")["step"]
        reason = word.pop("reason", "同意" if outcome == "passed" else "证据不足")
        body = {"step": step, "outcome": outcome, "reason": reason, **word}
        return self.post(who, f"/approvals/{case_id}/steps", body)


def said(answer: Response) -> Any:
    """What an answer says, which is no refusal."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.text}"
    return answer.json() if answer.content else None


def month_name(month: date) -> str:
    """As the contract writes it."""
    return f"{month:%Y-%m}"
