"""How sign-ins, their reviews and decisions are spoken (ATT-1 to ATT-5)."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema

from app.db.models import CheckIn, CheckInReview
from app.kit.ids import is_uuid7
from app.kit.schema import In, Latitude, Longitude, Metres, Out, Paragraph
from app.rules.attendance import Verdict
from app.rules.coordinates import ReferenceSystem, position_to_wgs84
from app.rules.geodesy import Position
from app.rules.procedures import DecisionKind

Example = dict[str, Any]
Crs = Literal["wgs84", "gcj02", "bd09"]

ID = "0199d2f0-0000-7000-8000-000000000001"
WORKER = "0199d2f0-0000-7000-8000-000000000002"
ACCOUNT = "0199d2f0-0000-7000-8000-000000000003"


def _made_by_time(key: UUID) -> UUID:
    if not is_uuid7(key):
        raise ValueError("must be a UUIDv7")
    return key


MadeId = Annotated[
    UUID,
    AfterValidator(_made_by_time),
    WithJsonSchema(
        {
            "type": "string",
            "format": "uuid",
            "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
            "description": "UUIDv7, made by the handset; the same id again changes nothing",
        }
    ),
]


class CheckInIn(In):
    """A sign-in: where the handset was, and how surely."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lon": 104.5472, "lat": 30.411, "accuracy_m": 12}]}
    )

    lon: Longitude = Field(description="Degrees east")
    lat: Latitude = Field(description="Degrees north")
    accuracy_m: Metres = Field(description="Radius of the position's uncertainty, in metres")
    mocked: bool = Field(default=False, description="The position came from a mocked provider")
    crs: Crs = Field(default="wgs84", description="Reference system; stored as WGS 84")

    def position(self) -> Position:
        """In WGS 84, whatever it came in."""
        return position_to_wgs84(Position(self.lon, self.lat), ReferenceSystem[self.crs.upper()])


REVIEW: Example = {
    "accepted": True,
    "reason": "站长当时在场",
    "verdict": "valid",
    "window": 1,
    "decided_by": ACCOUNT,
    "decided_at": "2026-03-18T02:10:00Z",
}
CHECK_IN: Example = {
    "id": ID,
    "worker_id": WORKER,
    "community_code": "510185001001",
    "device_id": None,
    "day": "2026-03-18",
    "window": 1,
    "verdict": "needs_review",
    "counts": True,
    "captured_at": "2026-03-18T00:40:00Z",
    "corrected_at": "2026-03-18T00:40:00Z",
    "received_at": "2026-03-18T01:40:00Z",
    "time_proven": False,
    "offset_s": 0,
    "lon": 104.5472,
    "lat": 30.411,
    "accuracy_m": 12,
    "mocked": False,
    "distance_m": 20.1,
    "because": {"rule": "ATT-4", "clause": "三(一)1 “3”", "reason": "unproven_late"},
    "review": REVIEW,
}


class ReviewOut(Out):
    """The station's word on a sign-in that needed review."""

    model_config = ConfigDict(json_schema_extra={"examples": [REVIEW]})

    accepted: bool
    reason: str
    verdict: Verdict = Field(description="Replaces the first verdict; a refused one stays as it is")
    window: int | None
    decided_by: UUID
    decided_at: datetime


class CheckInOut(Out):
    """A sign-in with its verdict at arrival, why, and the station's review where there is one."""

    model_config = ConfigDict(json_schema_extra={"examples": [CHECK_IN]})

    id: UUID
    worker_id: UUID
    community_code: str
    device_id: UUID | None
    day: date
    window: int | None = Field(description="1, 2 or 3: the window it belongs to or is nearest to")
    verdict: Verdict
    counts: bool = Field(description="Whether it fills its window, as things stand")
    captured_at: datetime = Field(description="What the handset's clock said")
    corrected_at: datetime = Field(description="The time that is judged")
    received_at: datetime
    time_proven: bool
    offset_s: float = Field(description="The handset's clock minus the true time, in seconds")
    lon: float
    lat: float
    accuracy_m: float
    mocked: bool
    distance_m: float | None = Field(description="From the station, in metres")
    because: dict[str, Any] = Field(description="Rule, clause and the facts that decided it")
    review: ReviewOut | None


class CheckInPage(Out):
    """Some sign-ins in the order of capture."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [CHECK_IN], "next_cursor": None}]}
    )

    items: list[CheckInOut]
    next_cursor: str | None


class ReviewIn(In):
    """The station accepts or refuses a sign-in that needs review, with a reason (ATT-4)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"accepted": True, "reason": "站长当时在场"}]}
    )

    accepted: bool
    reason: Paragraph


class RequestDecisionIn(In):
    """The station's decision on a request; a refusal needs a reason."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"approved": False, "reason": "当日监控显示未到站"}]}
    )

    approved: bool
    reason: Paragraph | None = None


WAITING: Example = {
    "kind": "leave",
    "id": ID,
    "worker_id": WORKER,
    "worker_name": "王网格",
    "community_code": "510185001001",
    "since": "2026-03-18T02:10:00Z",
    "day": "2026-03-20",
    "last_day": "2026-03-21",
    "window": None,
    "about": "sick",
    "reason": "感冒发烧",
}


class WaitingOut(Out):
    """Something that waits for the station's decision."""

    kind: DecisionKind
    id: UUID
    worker_id: UUID
    worker_name: str
    community_code: str
    since: datetime = Field(description="When it arrived")
    day: date
    last_day: date
    window: int | None
    about: str = Field(description="Why a sign-in needs review, or the kind of correction or leave")
    reason: str | None = Field(description="What the worker says")


class WaitingCounts(Out):
    """How many wait, by kind."""

    review: int
    correction: int
    leave: int


class WaitingPage(Out):
    """What waits for a decision, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [WAITING],
                    "counts": {"review": 0, "correction": 0, "leave": 1},
                    "next_cursor": None,
                }
            ]
        }
    )

    items: list[WaitingOut]
    counts: WaitingCounts = Field(description="Of the whole unit, whatever kind is asked for")
    next_cursor: str | None


SHOWN_ONLY = {"counts", "review"}


def check_in_out(check_in: CheckIn, review: CheckInReview | None = None) -> CheckInOut:
    """A sign-in as it is shown."""
    stands = review.verdict if review else check_in.verdict
    stored = {name: getattr(check_in, name) for name in CheckInOut.model_fields.keys() - SHOWN_ONLY}
    return CheckInOut(
        **stored,
        counts=stands is Verdict.VALID,
        review=ReviewOut.model_validate(review) if review else None,
    )


def shown(row: dict[str, Any]) -> CheckInOut:
    """A sign-in that was just judged, as it is shown."""
    return CheckInOut(**row, counts=row["verdict"] is Verdict.VALID, review=None)
