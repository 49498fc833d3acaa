"""How checks of clothes and equipment, and exemptions from them, are spoken (EQP-1)."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from app.kit.schema import Day, In, MadeId, Out, Paragraph, Photos
from app.rules.equipment import EquipmentItem, EquipmentVerdict

Example = dict[str, Any]
ID = "0199d2f0-0000-7000-8000-000000000041"
WORKER = "0199d2f0-0000-7000-8000-000000000002"
ACCOUNT = "0199d2f0-0000-7000-8000-000000000003"
PHOTO = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ITEMS: Example = {item.value: item is not EquipmentItem.WHISTLE for item in EquipmentItem}
SEEN: Example = {"work_clothes": True, "items": ITEMS, "note": "哨子遗失", "photos": [PHOTO]}
CHECKED: Example = {"id": ID, "worker_id": WORKER, "day": "2026-03-18", **SEEN}
BECAUSE: Example = {
    "work_clothes": True,
    "missing": ["whistle"],
    "exempted": False,
    "bound": True,
}
CHECK: Example = {
    "id": ID,
    "worker_id": WORKER,
    "worker_name": "王网格",
    "community_code": "510185001001",
    "day": "2026-03-18",
    "at": "2026-03-18T01:05:00Z",
    "received_at": "2026-03-18T01:05:00Z",
    "by_station": True,
    "checked_by": ACCOUNT,
    **SEEN,
    "missing_photos": [PHOTO],
    "verdict": "items_missing",
    "verdict_then": "items_missing",
    "rule": "EQP-1",
    "clause": "三(二)1",
    "because": BECAUSE,
    "exemption_id": None,
    "withdrawn": None,
    "answers": [{"said": "昨天报失，已申领", "answered_at": "2026-03-18T02:00:00Z"}],
}
EXEMPTION_ASKED: Example = {
    "id": "0199d2f0-0000-7000-8000-000000000042",
    "unit_code": "510185001001",
    "worker_id": None,
    "first_day": "2026-03-18",
    "last_day": "2026-03-20",
    "reason": "便衣巡查专项行动",
}
EXEMPTION: Example = {
    **EXEMPTION_ASKED,
    "decided_by": ACCOUNT,
    "decided_at": "2026-03-17T06:00:00Z",
}

ExemptUnit = Annotated[str, StringConstraints(pattern=r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]


class ItemsIn(In):
    """Each of the seven items: whether it was there."""

    work_card: bool
    handset: bool
    work_bag: bool
    log_book: bool
    contact_cards: bool
    torch: bool
    whistle: bool

    @property
    def present(self) -> frozenset[EquipmentItem]:
        """Those that were there."""
        return frozenset(item for item in EquipmentItem if getattr(self, item.value))


class EquipmentIn(In):
    """A worker's own record of clothes and equipment: evidence, never a finding against oneself."""

    model_config = ConfigDict(json_schema_extra={"examples": [SEEN]})

    work_clothes: bool
    items: ItemsIn
    note: Paragraph | Literal[""] = ""
    photos: Photos = Field(default_factory=list)


class EquipmentCheckIn(EquipmentIn):
    """A check by the station of one of its workers."""

    model_config = ConfigDict(json_schema_extra={"examples": [CHECKED]})

    id: MadeId
    worker_id: UUID
    day: Day


class EquipmentWithdrawalIn(In):
    """Why a check is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "登记错人"}]})

    reason: Paragraph


class EquipmentAnswerIn(In):
    """What the worker says to a check."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "昨天报失，已申领"}]})

    text: Paragraph


class WithdrawnOut(Out):
    """When and why a check was taken back."""

    reason: str
    withdrawn_at: datetime


class AnswerOut(Out):
    """What the worker said, and when."""

    said: str
    answered_at: datetime


class EquipmentCheckOut(Out):
    """A check; `verdict` is by the exemptions known now, `verdict_then` when it was recorded."""

    model_config = ConfigDict(json_schema_extra={"examples": [CHECK]})

    id: UUID
    worker_id: UUID
    worker_name: str
    community_code: str
    day: date
    at: datetime
    received_at: datetime
    by_station: bool = Field(description="Else the worker's own record, which has no verdict")
    checked_by: UUID
    work_clothes: bool
    items: dict[EquipmentItem, bool]
    note: str
    photos: list[str]
    missing_photos: list[str]
    verdict: EquipmentVerdict | None
    verdict_then: EquipmentVerdict | None
    rule: str
    clause: str
    because: dict[str, Any] = Field(
        description="`bound` is false of a rural part-time worker: shown, nothing follows (ORG-4)"
    )
    exemption_id: UUID | None
    withdrawn: WithdrawnOut | None
    answers: list[AnswerOut]


class EquipmentCheckPage(Out):
    """Some checks, latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [CHECK], "next_cursor": None}]}
    )

    items: list[EquipmentCheckOut]
    next_cursor: str | None


class ExemptionIn(In):
    """Work without work clothes, for a unit or one of its workers, over dates."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXEMPTION_ASKED]})

    id: MadeId
    unit_code: ExemptUnit
    worker_id: UUID | None = None
    first_day: Day
    last_day: Day | None = Field(default=None, description="Open without it")
    reason: Paragraph

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.last_day is not None and self.last_day < self.first_day:
            raise ValueError("must not end before it begins")
        return self


class ExemptionEndIn(In):
    """The last date that is still exempted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"last_day": "2026-03-19"}]})

    last_day: Day


class ExemptionOut(Out):
    """An exemption."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXEMPTION]})

    id: UUID
    unit_code: str
    worker_id: UUID | None
    first_day: date
    last_day: date | None
    reason: str
    decided_by: UUID
    decided_at: datetime


class ExemptionPage(Out):
    """Some exemptions, latest decision first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [EXEMPTION], "next_cursor": None}]}
    )

    items: list[ExemptionOut]
    next_cursor: str | None
