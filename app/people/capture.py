"""A record's circumstances: whose it is, which device made it, and when (handset.md, ATT-4)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.kit.clock import civil_day
from app.kit.errors import Refusal


class AfterReceipt(Refusal):
    """A record can't have been captured after it arrived: the handset's clock is wrong."""

    code = "capture.after_receipt"
    status = 422
    zh = "记录的采集时间晚于接收时间：手机时钟有误。"
    rule = "ATT-4"
    clause = "三(一)1 “3”"


class OutOfScope(Refusal):
    """Base: the record is another's to make; it is kept and shown to the station, not counted."""


class NotYet(Refusal):
    """The record refers to another one that has not arrived yet; it is held until then.

    Raised with `waits_for`, the key of what is missing.
    """

    code = "capture.not_yet"
    zh = "所引用的记录尚未到达，本记录先行保留，待其到达后处理。"


@dataclass(frozen=True)
class Capture:
    """What every record from the field carries beside its body.

    `id` is made by the handset (UUIDv7). `device_time` is what its clock said, `at` the corrected
    time that is judged, `received_at` our own; `proven` says whether an anchor proves `at`;
    `offset_s` is the handset's clock minus the true time, in seconds. `community_code` is the
    worker's post on the civil day of `at`.
    """

    id: UUID
    account_id: UUID
    worker_id: UUID
    device_id: UUID | None
    community_code: str
    device_time: datetime
    at: datetime
    received_at: datetime
    proven: bool
    offset_s: float

    @property
    def day(self) -> date:
        """The civil day in Asia/Shanghai that the record belongs to."""
        return civil_day(self.at)

    def columns(self) -> dict[str, Any]:
        """What every field record stores of it (FieldRecord)."""
        return {
            "id": self.id,
            "worker_id": self.worker_id,
            "community_code": self.community_code,
            "device_id": self.device_id,
            "captured_at": self.device_time,
            "corrected_at": self.at,
            "received_at": self.received_at,
            "time_proven": self.proven,
            "day": self.day,
        }
