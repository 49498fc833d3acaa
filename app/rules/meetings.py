"""MTG-1 and TRN-1: meetings and training with their cadences (三(二)3, 三(二)4)."""

from enum import StrEnum


class MeetingKind(StrEnum):
    """What is held, and by which tier."""

    MORNING = "morning"
    WEEKLY = "weekly"
    COMMUNITY_TRAINING = "community_training"
    TOWNSHIP_TRAINING = "township_training"
    CITY_TRAINING = "city_training"


class Presence(StrEnum):
    """Whether a worker was there."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"
