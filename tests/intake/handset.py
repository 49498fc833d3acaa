"""A handset for tests: what it sends, and how it reads the answers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from httpx import Response

from app.kit import clock
from app.kit.ids import uuid7
from tests.conftest import SignedIn

GRID = "510185001001001"
OTHER_GRID = "510185001001002"
BODIES: dict[str, dict[str, Any]] = {
    "check_in": {"lon": 104.5491, "lat": 30.4128, "accuracy_m": 12},
    "visit": {"kind": "property_guard", "place": "物业"},
    "incident": {
        "category": "public_safety",
        "lon": 104.5491,
        "lat": 30.4128,
        "description": "路灯损坏",
    },
}


def appointment(day_offset: int = 0) -> dict[str, Any]:
    """An appointment at noon, today or some days from it."""
    noon = clock.now().astimezone(clock.SHANGHAI).replace(hour=12, minute=0, second=0)
    starts = noon + timedelta(days=day_offset)
    return {
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=1)).isoformat(),
        "subject": "上门办理",
    }


def item(kind: str, **changes: Any) -> dict[str, Any]:
    """A record made a moment ago."""
    made = {
        "id": str(uuid7(clock.now())),
        "kind": kind,
        "captured_at": (clock.now() - timedelta(seconds=2)).isoformat(),
        "boot_id": "b-1",
        "elapsed_ms": 1_000_000,
        "body": appointment() if kind == "appointment" else BODIES.get(kind, {}),
    }
    return made | changes


@dataclass
class Handset:
    """One worker's handset."""

    client: SignedIn
    grid: str = GRID
    headers: dict[str, str] = field(default_factory=dict)

    def post(self, path: str, **content: Any) -> Response:
        """A request with the handset's token."""
        headers = {**self.client.as_(self.grid), **self.headers, **content.pop("headers", {})}
        answer: Response = self.client.http.post(path, headers=headers, **content)
        return answer

    def get(self, path: str, **content: Any) -> Response:
        """A look with the handset's token."""
        headers = {**self.client.as_(self.grid), **self.headers}
        answer: Response = self.client.http.get(path, headers=headers, **content)
        return answer

    def push(self, *items: Any, **envelope: Any) -> Response:
        """A push of some items, sent now."""
        body = {
            "batch_id": str(uuid7(clock.now())),
            "sent_at": clock.now().isoformat(),
            "boot_id": "b-1",
            "elapsed_ms": 1_002_000,
            "items": list(items),
        }
        return self.post("/v1/push", json=body | envelope)

    def results(self, *items: Any, **envelope: Any) -> list[dict[str, Any]]:
        """The results of a push that was taken."""
        answer = self.push(*items, **envelope)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["results"]
        assert len(found) == len(items)
        return found

    def alone(self, path: str, record: dict[str, Any]) -> Response:
        """A record by itself."""
        one = {name: part for name, part in record.items() if name != "kind"}
        return self.post(path, json={"sent_at": clock.now().isoformat(), **one})


def batch(count: int = 60, **changes: Any) -> dict[str, Any]:
    """A track of the last minutes in the grid, a fix every 10 seconds."""
    ends = clock.now() - timedelta(seconds=30)
    first = int((ends - timedelta(seconds=10 * count)).timestamp() * 1000)
    made = {
        "batch_id": str(uuid7(ends)),
        "t": [first + 10_000 * index for index in range(count)],
        "lon": [104.548 + 1e-5 * index for index in range(count)],
        "lat": [30.412] * count,
        "accuracy": [8.0] * count,
    }
    return made | changes


def moment(millis: int) -> datetime:
    """Epoch milliseconds as an instant."""
    return datetime.fromtimestamp(millis / 1000, UTC)
