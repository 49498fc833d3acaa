"""How sign-ins and their reviews are spoken (ATT-1 to ATT-4)."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.db.models import CheckIn, CheckInReview
from app.kit.schema import In, Latitude, Longitude, Metres, Out, Paragraph
from app.rules.attendance import Verdict

Lon = Annotated[Longitude, Field(description="Degrees east", examples=[104.5472])]
Lat = Annotated[Latitude, Field(description="Degrees north", examples=[30.411])]


class CheckInIn(In):
    """A sign-in: where the handset was, and how surely."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lon": 104.5472, "lat": 30.411, "accuracy_m": 12}]}
    )

    lon: Lon
    lat: Lat
    accuracy_m: Metres = Field(description="Radius of the position's uncertainty, in metres")
    mocked: bool = Field(default=False, description="The position came from a mocked provider")


class ReviewOut(Out):
    """The station's word on a sign-in that needed review."""

    accepted: bool
    reason: str
    verdict: Verdict = Field(description="Replaces the first verdict; a refused one stays as it is")
    window: int | None
    decided_by: UUID
    decided_at: datetime


class CheckInOut(Out):
    """A sign-in with its verdict at arrival, why, and the station's review where there is one."""

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


class ReviewIn(In):
    """The station accepts or refuses a sign-in that needs review, with a reason (ATT-4)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"accepted": True, "reason": "站长当时在场"}]}
    )

    accepted: bool
    reason: Paragraph


def check_in_out(check_in: CheckIn, review: CheckInReview | None = None) -> CheckInOut:
    """A sign-in as it is shown."""
    stands = review.verdict if review else check_in.verdict
    stored = {name: getattr(check_in, name) for name in CheckInOut.model_fields.keys() - SHOWN_ONLY}
    return CheckInOut(
        **stored,
        counts=stands is Verdict.VALID,
        review=ReviewOut.model_validate(review) if review else None,
    )


SHOWN_ONLY = {"counts", "review"}
