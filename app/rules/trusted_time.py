"""ATT-4, the moment of capture: a handset's clock is corrected, and proven where it can be."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.rules.cite import Cite, cites
from app.rules.parameters import Label, Values, number

ATT_4 = Cite("ATT-4", "三(一)1 “3”", reading=True)

LATE_SYNC_HOURS = number(
    "late_sync_hours", 72, "h", "ATT-4", (1, 720), Label("离线补传时限", "Late upload accepted")
)
MAX_CLOCK_SKEW_S = number(
    "max_clock_skew_s", 60, "s", "ATT-4", (1, 3600), Label("手机时钟允许误差", "Clock skew allowed")
)
LATE_UNPROVEN_S = number(
    "late_unproven_s",
    300,
    "s",
    "ATT-4",
    (1, 86_400),
    Label("时间未经证明时的上传时限", "Upload limit without proof of time"),
)


@dataclass(frozen=True)
class Anchor:
    """A server time that the handset noted together with its monotonic clock."""

    server_time: datetime
    elapsed_ms: int
    boot_id: str


@dataclass(frozen=True)
class Captured:
    """When a record was captured, as far as the handset can be believed."""

    at: datetime
    proven: bool
    offset_s: float
    """The handset's clock minus the true time."""

    @staticmethod
    def by_offset(clock_says: datetime, offset_s: float, *, proven: bool) -> "Captured":
        return Captured(clock_says - timedelta(seconds=offset_s), proven, offset_s)


@dataclass(frozen=True)
class HandsetReading:
    """What a record says about its own time: wall clock and monotonic clock."""

    captured_at: datetime
    boot_id: str | None = None
    elapsed_ms: int | None = None


@cites(ATT_4)
def correct_time(
    reading: HandsetReading, anchor: Anchor | None, sent_at: datetime, received_at: datetime
) -> Captured:
    """Anchor plus monotonic difference if the boot is the same; else by the offset at sending."""
    if anchor and reading.elapsed_ms is not None and reading.boot_id == anchor.boot_id:
        passed = timedelta(milliseconds=reading.elapsed_ms - anchor.elapsed_ms)
        at = anchor.server_time + passed
        return Captured(at, True, (reading.captured_at - at).total_seconds())
    offset = sent_at - received_at
    return Captured(reading.captured_at - offset, False, offset.total_seconds())


@cites(ATT_4)
def is_after_receipt(captured: Captured, received_at: datetime) -> bool:
    """What was captured after it arrived is refused, whoever says so."""
    return captured.at > received_at


@cites(ATT_4)
def needs_review(captured: Captured, received_at: datetime, values: Values) -> str | None:
    """Why a person must look (`late_upload`, `clock_skew`, `unproven_late`), or None."""
    arrived_after = (received_at - captured.at).total_seconds()
    if captured.proven:
        return "late_upload" if arrived_after > values[LATE_SYNC_HOURS] * 3600 else None
    if abs(captured.offset_s) > values[MAX_CLOCK_SKEW_S]:
        return "clock_skew"
    return "unproven_late" if arrived_after > values[LATE_UNPROVEN_S] else None
