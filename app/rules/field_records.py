"""What a worker records in the grid: events (EVT-1, EVT-2)."""

from enum import StrEnum


class IncidentCategory(StrEnum):
    """First level of the category tree (二1 to 二8)."""

    LIVELIHOOD_SERVICE = "livelihood_service"
    DISPUTE = "dispute"
    PUBLIC_SAFETY = "public_safety"
    SPECIAL_GROUP_SERVICE = "special_group_service"
    SERVICE_REQUEST = "service_request"
    POLICY_PUBLICITY = "policy_publicity"
    EMERGENCY = "emergency"
    OTHER = "other"


class Severity(StrEnum):
    """A major event (重大事件) goes to community and township at once (EVT-2)."""

    GENERAL = "general"
    MAJOR = "major"
