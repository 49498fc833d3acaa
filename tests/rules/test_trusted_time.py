"""ATT-4: which time is judged, and which is believed (三(一)1 “3”)."""

from datetime import timedelta

import pytest

from app.rules.parameters import Values
from app.rules.trusted_time import (
    Anchor,
    Captured,
    HandsetReading,
    correct_time,
    is_after_receipt,
    needs_review,
)
from tests.rules.facts import at

DEFAULTS = Values.defaults()
MOMENT = at("08:40:00")
ANCHOR = Anchor(at("07:00:00"), elapsed_ms=1_000, boot_id="a")


def test_att_4_same_boot_is_proven_by_the_monotonic_clock() -> None:
    """The wall clock is 10 minutes fast; the anchor knows better."""
    reading = HandsetReading(at("08:50:00"), "a", elapsed_ms=1_000 + 100 * 60_000)
    found = correct_time(reading, ANCHOR, sent_at=at("12:10:00"), received_at=at("12:00:00"))
    assert found == Captured(MOMENT, proven=True, offset_s=600.0)


@pytest.mark.parametrize(
    ("boot_id", "elapsed_ms", "anchor"),
    [("b", 6_001_000, ANCHOR), ("a", None, ANCHOR), ("a", 6_001_000, None), (None, None, None)],
)
def test_att_4_otherwise_the_offset_at_sending_corrects_without_proof(
    boot_id: str | None, elapsed_ms: int | None, anchor: Anchor | None
) -> None:
    reading = HandsetReading(at("08:50:00"), boot_id, elapsed_ms)
    found = correct_time(reading, anchor, sent_at=at("12:10:00"), received_at=at("12:00:00"))
    assert found == Captured(MOMENT, proven=False, offset_s=600.0)


def test_att_4_a_reading_before_the_anchor_is_proven_too() -> None:
    anchor = Anchor(at("09:00:00"), elapsed_ms=3_600_000, boot_id="a")
    reading = HandsetReading(at("08:40:00"), "a", elapsed_ms=2_400_000)
    assert correct_time(reading, anchor, at("09:01:00"), at("09:01:00")).at == MOMENT


@pytest.mark.parametrize(("seconds", "refused"), [(-1, True), (0, False), (1, False)])
def test_att_4_nothing_is_captured_after_its_receipt(seconds: int, refused: bool) -> None:
    captured = Captured(MOMENT, proven=True, offset_s=0.0)
    assert is_after_receipt(captured, MOMENT + timedelta(seconds=seconds)) is refused


@pytest.mark.parametrize(
    ("proven", "offset_s", "arrives_after_s", "reason"),
    [
        (True, 0, 72 * 3600, None),
        (True, 0, 72 * 3600 + 1, "late_upload"),
        (True, 90_000, 0, None),
        (False, 60, 0, None),
        (False, -60, 0, None),
        (False, 61, 0, "clock_skew"),
        (False, -61, 0, "clock_skew"),
        (False, 0, 300, None),
        (False, 0, 301, "unproven_late"),
    ],
)
def test_att_4_who_must_look(
    proven: bool, offset_s: float, arrives_after_s: int, reason: str | None
) -> None:
    received_at = MOMENT + timedelta(seconds=arrives_after_s)
    assert needs_review(Captured(MOMENT, proven, offset_s), received_at, DEFAULTS) == reason
