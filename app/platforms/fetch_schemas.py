"""What a platform gets of an event that it was told of (INT-1)."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from app.kit.schema import Out
from app.rules.field_records import Severity
from app.rules.incidents import Act, State
from app.rules.tiers import Tier


class FetchedActOut(Out):
    """One act, without anybody's words."""

    number: int = Field(description="1 is the report")
    act: Act
    tier: Tier
    unit_code: str
    became: State
    to_tier: Tier | None
    effective_at: datetime


class FetchedHoldOut(Out):
    """A tier that holds the event now."""

    tier: Tier
    unit_code: str
    arrived_at: datetime
    due_at: datetime


class FetchedIncidentOut(Out):
    """An event as it stands, with what its handling needs and nothing of who reported it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0199d2f0-0000-7000-8000-000000000000",
                    "number": 3,
                    "category": "public_safety.fire",
                    "severity": "general",
                    "state": "held",
                    "grid_code": "510185001001001",
                    "lon": 104.5472,
                    "lat": 30.411,
                    "description": "楼道堆放杂物，堵塞消防通道",
                    "reported_at": "2026-03-18T09:30:00+08:00",
                    "closed_at": None,
                    "verified_at": None,
                    "held_by": [
                        {
                            "tier": "community",
                            "unit_code": "510185001001",
                            "arrived_at": "2026-03-18T11:00:00+08:00",
                            "due_at": "2026-03-20T09:30:00+08:00",
                        }
                    ],
                    "acts": [
                        {
                            "number": 1,
                            "act": "report",
                            "tier": "grid",
                            "unit_code": "510185001001001",
                            "became": "held",
                            "to_tier": None,
                            "effective_at": "2026-03-18T09:30:00+08:00",
                        }
                    ],
                }
            ]
        }
    )

    id: UUID
    number: int = Field(description="Of the last that was told of it")
    category: str
    severity: Severity
    state: State
    grid_code: str
    lon: float = Field(description="WGS 84")
    lat: float
    description: str | None = Field(description="None once its term has passed")
    reported_at: datetime
    closed_at: datetime | None
    verified_at: datetime | None
    held_by: list[FetchedHoldOut]
    acts: list[FetchedActOut]
