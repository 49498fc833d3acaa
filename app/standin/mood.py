"""How the stand-in platform behaves until it is told otherwise."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from app.kit.schema import In, Line


class Behaviour(StrEnum):
    """What becomes of a request to it; only its control is never affected."""

    WELL = "well"
    SLOW = "slow"
    """It answers rightly, after `ms`."""
    FAIL = "fail"
    """It answers `status` and takes nothing in."""
    THROTTLE = "throttle"
    """429 with Retry-After."""
    FORGETFUL = "forgetful"
    """It takes in what it gets and hangs up before it answers."""
    GONE = "gone"
    """It hangs up at once."""
    RETIRED = "retired"
    """410: it does not want to be told any more."""


Status = Annotated[int, Field(ge=300, le=599)]
NEEDS = {Behaviour.SLOW: "ms", Behaviour.FAIL: "status", Behaviour.THROTTLE: "retry_after_s"}


class Mood(In):
    """A behaviour with what it needs; `times` limits it to so many requests, then all is well."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"behaviour": "gone"},
                {"behaviour": "throttle", "retry_after_s": 30, "times": 3},
            ]
        }
    )

    behaviour: Behaviour = Behaviour.WELL
    ms: int | None = Field(default=None, ge=0, le=120_000)
    status: Status | None = None
    retry_after_s: int | None = Field(default=None, ge=0, le=86_400)
    path: Line | None = Field(
        default=None, description="Only there: /deliveries, /events, /messages, /oauth/token"
    )
    times: int | None = Field(default=None, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def has_what_it_needs(self) -> Self:
        """slow needs ms, fail a status, throttle retry_after_s."""
        needed = NEEDS.get(self.behaviour)
        if needed is not None and getattr(self, needed) is None:
            raise ValueError(f"{self.behaviour.value} needs {needed}")
        return self


WELL = Mood()
