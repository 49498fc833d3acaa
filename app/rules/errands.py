"""SVC-1: errands done for residents (代办), in five steps (三(一)3, 二1)."""

from enum import StrEnum


class ErrandStep(StrEnum):
    """The five steps, in order."""

    ACCEPTED = "accepted"
    PAPERS_COLLECTED = "papers_collected"
    HANDLED = "handled"
    DELIVERED = "delivered"
    RATED = "rated"
