"""How errands for residents are spoken (SVC-1)."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from app.kit.schema import In, Latitude, Line, Longitude, MadeId, Out, Paragraph, Photos
from app.rules.errands import ErrandStep, Papers, RevealPurpose

Example = dict[str, Any]
ID = "0199d2f0-0000-7000-8000-000000000031"
ACT = "0199d2f0-0000-7000-8000-000000000032"
WORKER = "0199d2f0-0000-7000-8000-000000000002"
PHOTO = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
RESIDENT: Example = {"name": "李秀英", "phone": "13800000001", "address": "3栋2单元501"}
MASKED: Example = {"name": "李**", "phone": "138****0001", "address": "******"}
ERRAND: Example = {
    "id": ID,
    "worker_id": WORKER,
    "worker_name": "王网格",
    "community_code": "510185001001",
    "grid_code": "510185001001001",
    "matter": "城乡居民社保认证",
    "resident": MASKED,
    "step": "delivered",
    "rating": None,
    "accepted_at": "2026-03-16T01:20:00Z",
    "changed_at": "2026-03-18T03:00:00Z",
    "closed_day": "2026-03-18",
    "hours": 49.67,
}
ACCEPTED: Example = {
    "errand_id": ID,
    "step": "accepted",
    "matter": "城乡居民社保认证",
    "resident": RESIDENT,
    "papers": [],
    "note": "老人行动不便，下周前办好",
}
HANDED_IN: Example = {
    "errand_id": ID,
    "step": "handled",
    "office": "东城社区公共服务站",
    "papers": ["身份证复印件"],
    "photos": [PHOTO],
}
TAKEN: Example = {
    "id": ACT,
    "step": "accepted",
    "worker_id": WORKER,
    "day": "2026-03-16",
    "corrected_at": "2026-03-16T01:20:00Z",
    "received_at": "2026-03-16T01:21:00Z",
    "time_proven": True,
    "office": None,
    "papers": ["身份证复印件"],
    "rating": None,
    "has_note": True,
    "photos": [PHOTO],
    "missing_photos": [PHOTO],
}

ResidentPhone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{4,19}$")]


class ResidentIn(In):
    """For whom: encrypted, and erased when its term ends."""

    name: Line
    phone: ResidentPhone | None = None
    address: Line | None = None


class ErrandActIn(In):
    """One step of an errand; the first, `accepted`, makes the errand under the key it names."""

    model_config = ConfigDict(json_schema_extra={"examples": [ACCEPTED, HANDED_IN]})

    errand_id: MadeId
    step: ErrandStep
    matter: Line | None = Field(
        default=None, description="With `accepted`: what is to be done, never for whom"
    )
    resident: ResidentIn | None = Field(default=None, description="With `accepted`")
    lon: Longitude | None = Field(
        default=None, description="With `accepted`: tells which of one's grids it is; not kept"
    )
    lat: Latitude | None = None
    office: Line | None = Field(default=None, description="Station or department that handles it")
    papers: Annotated[list[Line], Field(max_length=30)] = Field(
        default_factory=list, description="Names of papers collected or delivered"
    )
    rating: Annotated[int, Field(ge=1, le=5, strict=True)] | None = Field(
        default=None, description="With `rated`, by the resident"
    )
    note: Paragraph | None = None
    photos: Photos = Field(default_factory=list)

    @model_validator(mode="after")
    def _says_what_its_step_says(self) -> Self:
        accepted = self.step is ErrandStep.ACCEPTED
        if (self.matter is not None) != accepted or (self.resident is not None) != accepted:
            raise ValueError("matter and resident come with the step accepted, and only then")
        if (self.rating is not None) != (self.step is ErrandStep.RATED):
            raise ValueError("a rating comes with the step rated, and only then")
        if (self.lon is None) != (self.lat is None) or (self.lon is not None and not accepted):
            raise ValueError("lon and lat come together, with the step accepted")
        return self


class ResidentOut(Out):
    """For whom; masked unless it was revealed or the errand is of one's own grid."""

    name: str
    phone: str | None
    address: str | None


class ErrandOut(Out):
    """An errand and how far it is; closed once its result was delivered."""

    model_config = ConfigDict(json_schema_extra={"examples": [ERRAND]})

    id: UUID
    worker_id: UUID
    worker_name: str
    community_code: str
    grid_code: str
    matter: str
    resident: ResidentOut | None = Field(description="Null once erased")
    step: ErrandStep
    rating: int | None
    accepted_at: datetime
    changed_at: datetime
    closed_day: date | None
    hours: float | None = Field(description="Of the clock, from acceptance to delivery")


class ErrandPage(Out):
    """Some errands, latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [ERRAND], "next_cursor": None}]}
    )

    items: list[ErrandOut]
    next_cursor: str | None


class ErrandActOut(Out):
    """One step as captured."""

    id: UUID
    step: ErrandStep
    worker_id: UUID
    day: date
    corrected_at: datetime
    received_at: datetime
    time_proven: bool
    office: str | None
    papers: list[str]
    rating: int | None
    has_note: bool
    photos: list[str]
    missing_photos: list[str]


class WaitOut(Out):
    """How long a step waited for the next, in hours of the clock."""

    after: ErrandStep
    until: ErrandStep
    hours: float


class PapersOut(Out):
    """Whether papers were collected, or none were needed."""

    verdict: Papers
    rule: str
    clause: str
    because: dict[str, Any]


class ErrandDetailOut(ErrandOut):
    """An errand with its steps in the order of their times."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                ERRAND
                | {
                    "acts": [TAKEN],
                    "waits": [{"after": "accepted", "until": "handled", "hours": 25.5}],
                    "papers": {
                        "verdict": "not_needed",
                        "rule": "SVC-1",
                        "clause": "三(一)3",
                        "because": {"steps": ["accepted", "handled", "delivered"]},
                    },
                }
            ]
        }
    )

    acts: list[ErrandActOut]
    waits: list[WaitOut]
    papers: PapersOut


class ErrandRevealIn(In):
    """What the resident's data are needed for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"purpose": "follow_up"}]})

    purpose: RevealPurpose


class NoteOut(Out):
    """What was noted at a step."""

    act_id: UUID
    step: ErrandStep
    note: str


class ErrandRevealedOut(Out):
    """The resident's data and the notes; this look was logged."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": ID,
                    "resident": RESIDENT,
                    "notes": [{"act_id": ACT, "step": "accepted", "note": "老人行动不便"}],
                    "purpose": "follow_up",
                }
            ]
        }
    )

    id: UUID
    resident: ResidentOut
    notes: list[NoteOut]
    purpose: RevealPurpose
