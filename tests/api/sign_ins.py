"""What the tests of accounts share: a clock that is set, and sign-ins of every kind."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from httpx import Response

from app.api.deps import moment
from tests import city as small_city
from tests.conftest import Headers, SignedIn

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WORKER = "510185001001001"
NEIGHBOUR = "510185001001002"


@dataclass
class SetClock:
    """The instant that the service believes it is."""

    now: datetime = START

    def rule(self, api: FastAPI) -> "SetClock":
        """Make the service read this clock."""
        api.dependency_overrides[moment] = lambda: self.now
        return self

    def pass_(self, **span: float) -> None:
        """Let time go by."""
        self.now += timedelta(**span)


def handset(device_id: UUID | None = None, app_version: str = "1.0.0") -> dict[str, str]:
    """A device as a handset names it."""
    return {"id": str(device_id or uuid4()), "model": "nova 12", "app_version": app_version}


def sign_in(client: SignedIn, who: str, **changes: Any) -> Response:
    """The answer to a sign-in; `changes` replace parts of the body."""
    body = {"phone": client.city.phones[who], "password": small_city.PASSWORD} | changes
    answer: Response = client.http.post("/v1/tokens", json=body)
    return answer


def bearer(answer: Response) -> Headers:
    """The headers that a sign-in gives the right to send."""
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def refresh(client: SignedIn, token: str, attempt: UUID | None = None) -> Response:
    """The answer to a refresh."""
    body = {"refresh_token": token} | ({"attempt": str(attempt)} if attempt else {})
    answer: Response = client.http.post("/v1/tokens/refresh", json=body)
    return answer


def own(client: SignedIn, headers: Headers) -> Response:
    """The asker's own account: what any token is good for."""
    answer: Response = client.http.get("/v1/me/account", headers=headers)
    return answer


def code_of(answer: Response) -> str:
    """The refusal's code."""
    found: str = answer.json()["code"]
    return found


def account_id(client: SignedIn, who: str) -> str:
    """The key of somebody's account."""
    found: str = own(client, client.as_(who)).json()["id"]
    return found
