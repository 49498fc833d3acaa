"""EVT-3: cards of events that were neither handled nor escalated when due (四(二)4)."""

from enum import StrEnum


class Colour(StrEnum):
    """A card only rises."""

    YELLOW = "yellow"
    RED = "red"


class CardOrigin(StrEnum):
    """Whose clock drew a card: ours, or a platform's (INT-1)."""

    CLOCK = "clock"
    CHENGDU = "chengdu"
    SICHUAN = "sichuan"


class ClockReason(StrEnum):
    """Why a hop's instants were computed."""

    ARRIVAL = "arrival"
    CALENDAR = "calendar"
    POLICY = "policy"
    EXTENSION = "extension"
    REGRADE = "regrade"
