"""Requests that a station decides: corrections (ATT-5, FLD-4) and leave (ATT-5, 二9(2))."""

from enum import StrEnum


class RequestState(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class DecisionKind(StrEnum):
    """What a station is asked to decide."""

    REVIEW = "review"
    CORRECTION = "correction"
    LEAVE = "leave"


class CorrectionKind(StrEnum):
    """What a correction request would make good."""

    SIGN_IN = "sign_in"
    FIELD_TIME = "field_time"


class LeaveKind(StrEnum):
    """Grounds of leave; 二9(2) names marriage and maternity leave and "other reasons"."""

    ANNUAL = "annual"
    PERSONAL = "personal"
    SICK = "sick"
    MARRIAGE = "marriage"
    MATERNITY = "maternity"
    PATERNITY = "paternity"
    BEREAVEMENT = "bereavement"
    WORK_INJURY = "work_injury"
    OFFICIAL = "official"
    UNPAID_ABSENCE = "unpaid_absence"
    """离岗: the post is kept, its dates are not paid (PAY-3)."""
    OTHER = "other"
