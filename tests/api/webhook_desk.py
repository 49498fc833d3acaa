"""Webhook endpoints over HTTP: how administrators open and treat them, for tests."""

from typing import Any

from httpx import Response
from sqlalchemy import select

from app.db.models import OutboxEvent
from tests.api.station import StationDay

ADMIN = "system_administrator"
URL = "https://platform.example.gov.cn/receive?token=in-the-address"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HMAC: dict[str, Any] = {"scheme": "hmac_header", "credentials": {"app_key": "grid-app"}}
OAUTH: dict[str, Any] = {
    "scheme": "oauth",
    "credentials": {
        "token_url": "https://login.example.gov.cn/token",
        "client_id": "grid",
        "client_secret": "client-secret-words",
    },
}
INWARD = {"platform": "chengdu", "inbound_scheme": "standard_webhooks"}


def asked(**changes: Any) -> dict[str, Any]:
    """An endpoint as it is asked for."""
    return {"url": URL, "description": "市大联动平台", **changes}


def opened(station: StationDay, **changes: Any) -> dict[str, Any]:
    """The answer to one that was opened."""
    answer = station.post(ADMIN, "/webhook-endpoints", asked(**changes))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def key_of(made: dict[str, Any]) -> str:
    """Its key."""
    return str(made["endpoint"]["id"])


def change(station: StationDay, key: str, body: dict[str, Any], who: str = ADMIN) -> Response:
    """Change one."""
    headers = station.client.as_(who)
    path = f"/v1/webhook-endpoints/{key}"
    answer: Response = station.client.http.patch(path, headers=headers, json=body)
    return answer


def do(station: StationDay, key: str, act: str, who: str = ADMIN) -> Response:
    """Pause, resume, enable, retire, test."""
    return station.post(who, f"/webhook-endpoints/{key}/{act}", {})


def audit(station: StationDay, key: str) -> list[OutboxEvent]:
    """What is recorded of an endpoint."""
    found = select(OutboxEvent).where(OutboxEvent.subject_id == key).order_by(OutboxEvent.id)
    return list(station.db.scalars(found))
