"""How deliveries, their attempts and replays are spoken (INT-2)."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.kit.schema import In, Instant, Out
from app.rules.delivery import (
    REPLAYED_AT_MOST,
    AttemptError,
    AttemptTrigger,
    DeliveryState,
    EndpointState,
)

Example = dict[str, Any]
EVENT = "0199d2f0-0000-7000-8000-000000000001"
ENDPOINT = "0199d2f0-0000-7000-8000-000000000000"

DELIVERY: Example = {
    "id": 4711,
    "event_id": EVENT,
    "endpoint_id": ENDPOINT,
    "type": "incident.acted",
    "subject_kind": "incident",
    "subject_id": "0199d2f0-0000-7000-8000-000000000002",
    "number": 3,
    "unit_code": "510185001001001",
    "occurred_at": "2026-03-18T01:30:00Z",
    "state": "retrying",
    "trigger": "auto",
    "attempts": 2,
    "next_at": "2026-03-18T01:35:07Z",
    "finished_at": None,
    "last_status": 503,
    "last_error": "status",
}
ATTEMPT: Example = {
    "number": 2,
    "trigger": "auto",
    "started_at": "2026-03-18T01:30:06Z",
    "took_ms": 84,
    "status": 503,
    "error": "status",
    "excerpt": None,
}
SINCE: Example = {"since": "2026-03-16T00:00:00+08:00", "until": None}
FIGURES: Example = {
    "endpoint_id": ENDPOINT,
    "state": "active",
    "waiting": 12,
    "oldest_waiting_at": "2026-03-18T01:30:00Z",
    "delivered": 18250,
    "dead": 3,
    "attempts_24h": 640,
    "succeeded_24h": 636,
    "success_share_24h": 0.9938,
    "median_ms_24h": 41.0,
    "p90_ms_24h": 118.0,
    "failures": 0,
    "failing_since": None,
    "rests_until": None,
}


class DeliveryOut(Out):
    """One event for one endpoint; `event_id` is the webhook-id over all attempts."""

    model_config = ConfigDict(json_schema_extra={"examples": [DELIVERY]})

    id: int
    event_id: UUID
    endpoint_id: UUID
    type: str
    subject_kind: str
    subject_id: str
    number: int = Field(description="Of the subject; each endpoint gets them in this order")
    unit_code: str
    occurred_at: datetime
    state: DeliveryState
    trigger: AttemptTrigger
    attempts: int = Field(description="Of the ladder; a replay begins a new one")
    next_at: datetime | None = Field(description="None: at once, or never again")
    finished_at: datetime | None
    last_status: int | None
    last_error: AttemptError | None


class DeliveryPage(Out):
    """Some deliveries, the latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [DELIVERY], "next_cursor": None}]}
    )

    items: list[DeliveryOut]
    next_cursor: str | None


class AttemptOut(Out):
    """One attempt; how the answer begins is shown to those who keep endpoints."""

    model_config = ConfigDict(json_schema_extra={"examples": [ATTEMPT]})

    number: int
    trigger: AttemptTrigger
    started_at: datetime
    took_ms: int
    status: int | None
    error: AttemptError | None
    excerpt: str | None


class DeliveryDetailOut(DeliveryOut):
    """A delivery with what it tells and all its attempts, the first one first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**DELIVERY, "data": {}, "log": [ATTEMPT]}]}
    )

    data: dict[str, Any]
    log: list[AttemptOut]


class ReplayIn(In):
    """Tell again what happened over a span; without `until` up to now.

    What was never told (the endpoint was disabled, or did not ask for the type then) and dead
    letters; with `succeeded` also what was delivered.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [SINCE]})

    since: Instant
    until: Instant | None = None
    succeeded: bool = Field(default=False, description="Also what was delivered already")
    limit: Annotated[int, Field(ge=1, le=REPLAYED_AT_MOST)] = REPLAYED_AT_MOST
    cursor: str | None = Field(
        default=None, max_length=400, description="`next_cursor` of the answer before"
    )

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError("must not end before it begins")
        return self


class ReplayOut(Out):
    """How many deliveries were begun; with a cursor there are more: ask again with it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"never_told": 812, "told_again": 5, "next_cursor": None}]}
    )

    never_told: int
    told_again: int
    next_cursor: str | None


class DeliveryFiguresOut(Out):
    """How an endpoint fares: what waits, what was told, how fast it answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [FIGURES]})

    endpoint_id: UUID
    state: EndpointState
    waiting: int
    oldest_waiting_at: datetime | None = Field(description="When the oldest that waits happened")
    delivered: int = Field(description="Of the last 30 days")
    dead: int = Field(description="Of the last 180 days")
    attempts_24h: int
    succeeded_24h: int
    success_share_24h: float | None
    median_ms_24h: float | None = Field(description="Of answers; timeouts have none")
    p90_ms_24h: float | None
    failures: int = Field(description="In a row")
    failing_since: datetime | None
    rests_until: datetime | None
