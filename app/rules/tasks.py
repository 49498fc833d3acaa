"""TSK: four basic tasks of a duty date, and the accounts of the two platforms (三(一)1 “4”)."""

from enum import StrEnum


class BasicTask(StrEnum):
    """Each is true by evidence, never by a tick box (TSK-1)."""

    SIGNED_ON = "signed_on"
    INFORMATION = "information"
    PATROL = "patrol"
    EVENTS = "events"


class Platform(StrEnum):
    """大联动·微治理 (Chengdu) and 网格化服务管理 (Sichuan)."""

    CHENGDU = "chengdu"
    SICHUAN = "sichuan"


class LoginSource(StrEnum):
    """How it is known that an account logged in."""

    WEBHOOK = "webhook"
    STATION = "station"
