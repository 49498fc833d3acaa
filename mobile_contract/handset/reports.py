"""What an event is that a worker reports: how grave, told by whom, with or without a photo."""

from typing import Any
from uuid import UUID

from mobile_contract.handset.chance import chance_of

CATEGORIES = ("livelihood_service", "dispute", "public_safety", "service_request", "other")
REPORTERS = {"worker": 6, "resident": 3, "organisation": 1}
MAJOR, STRAIGHT, PHOTOGRAPHED = 0.18, 0.5, 0.2


def reported(key: UUID) -> dict[str, Any]:
    """Decided by its key alone; whoever told the worker is nobody who exists."""
    chance = chance_of(0, "event", key)
    body: dict[str, Any] = {"severity": "general"}
    if chance.random() < MAJOR:
        body |= {"severity": "major", "straight_to_centre": chance.random() < STRAIGHT}
    reporter = chance.choices(list(REPORTERS), list(REPORTERS.values()))[0]
    if reporter != "worker":
        number = f"{chance.randrange(10**6):06d}"
        contact = {"name": f"模拟居民{number}", "phone": f"13600{number}"}
        body |= {"reporter": reporter, "contact": contact}
    return body


def photographed(key: UUID) -> bool:
    """Whether the worker took a photo of it."""
    return chance_of(0, "photo of event", key).random() < PHOTOGRAPHED
