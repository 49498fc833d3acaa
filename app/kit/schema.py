"""How the API's bodies are written: strict inward, plain outward."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from app.kit.ids import is_uuid7

IN_FORCE = date(2017, 9, 1)
"""The date of the regulation: nothing before it is judged."""
LAST_DAY = date(2099, 12, 31)


def _no_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain NUL")
    return text


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_no_nul),
]
"""One line a person wrote."""

Paragraph = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(_no_nul),
]
"""Some lines a person wrote."""

UnitCode = Annotated[str, StringConstraints(pattern=r"^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$")]
CommunityCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
GridCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{15}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^1[0-9]{10}$")]
Day = Annotated[date, Field(ge=IN_FORCE, le=LAST_DAY)]
"""A civil date in Asia/Shanghai, from the regulation's own date on."""

Instant = Annotated[
    AwareDatetime,
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC)),
]
"""A moment with its offset from UTC."""

ClockTime = Annotated[
    time,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$",
            "examples": ["08:30:00"],
            "description": "Civil time in Asia/Shanghai",
        }
    ),
]
"""A time of the civil day."""


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
            "description": "UUIDv7, made by the caller; the same id again changes nothing",
        }
    ),
]

Crs = Literal["wgs84", "gcj02", "bd09"]
"""The reference system of a position that comes in."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""Of a photo's content, in hexadecimal."""
Photos = Annotated[
    list[Sha256],
    Field(max_length=9, description="SHA-256 of each photo; they may arrive later"),
]

Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Metres = Annotated[float, Field(ge=0, le=1_000_000)]


class In(BaseModel):
    """A body that comes in: unknown fields, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Out(BaseModel):
    """A body that goes out."""

    model_config = ConfigDict(from_attributes=True, frozen=True)
