"""INF: information collected, checked, submitted and entered (三(一)2, 二2, 四(二)5)."""

from enum import StrEnum


class RecordKind(StrEnum):
    """What a record is about (人、地、事、物、组织)."""

    PERSON = "person"
    PLACE = "place"
    MATTER = "matter"
    THING = "thing"
    ORGANISATION = "organisation"


class RecordState(StrEnum):
    """Where a record stands (INF-1)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ENTERED = "entered"


class RecordSource(StrEnum):
    """How a version came about."""

    HANDSET = "handset"
    PAPER = "paper"
    IMPORT = "import"
    MERGE = "merge"
    CORRECTION = "correction"


class FocusKind(StrEnum):
    """Of whom all must be known (INF-4)."""

    RENTAL = "rental"
    FLOATING = "floating"
    SPECIAL_GROUP = "special_group"


class CheckResult(StrEnum):
    """What a sampled check found (INF-3)."""

    CORRECT = "correct"
    WRONG = "wrong"
    NOT_FOUND = "not_found"
