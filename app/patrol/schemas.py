"""How appointments are spoken (FLD-3)."""

from datetime import timedelta

from pydantic import ConfigDict, model_validator

from app.kit.schema import In, Instant, Line
from app.rules.civil import civil_day

LONGEST = timedelta(hours=12)


class AppointmentIn(In):
    """An appointment (预约制): from when to when, on one date, and about what."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "starts_at": "2026-03-02T12:30:00+08:00",
                    "ends_at": "2026-03-02T14:00:00+08:00",
                    "subject": "上门办理居住证明",
                }
            ]
        }
    )

    starts_at: Instant
    ends_at: Instant
    subject: Line

    @model_validator(mode="after")
    def _one_date(self) -> "AppointmentIn":
        if not timedelta(0) < self.ends_at - self.starts_at <= LONGEST:
            raise ValueError("ends_at must follow starts_at by at most 12 hours")
        last_moment = self.ends_at - timedelta(microseconds=1)
        if civil_day(last_moment) != civil_day(self.starts_at):
            raise ValueError("an appointment lies on one date")
        return self
