"""Whose handset it is, and when it came."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Carrier:
    """A worker's handset at the door, and the instant it came there."""

    account_id: UUID
    worker_id: UUID
    device_id: UUID
    unit_code: str
    now: datetime
