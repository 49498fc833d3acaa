"""EMR-1: key periods (重点时段): whom they concern, which dates are duty dates (二8)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.civil import civil_day
from app.rules.finding import Finding
from app.rules.organisation import COMMUNITY_DIGITS
from app.rules.parameters import Label, Values, number

EMR_1 = Cite("EMR-1", "二8")

KEY_PERIOD_DAYS = number(
    "key_period_days", 60, "d", "EMR-1", (1, 180), Label("重点时段最长天数", "Longest key period")
)


class KeyPeriodState(StrEnum):
    """Where a response stands."""

    UPCOMING = "upcoming"
    OPEN = "open"
    OVER = "over"
    ENDED = "ended"


class AcknowledgementState(StrEnum):
    """Whether a worker has read it."""

    ACKNOWLEDGED = "acknowledged"
    WAITING = "waiting"
    NOT_ACKNOWLEDGED = "not_acknowledged"


@dataclass(frozen=True)
class KeySpan:
    """From when to when; `ended_at` where the centre ended it before its time."""

    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None

    @property
    def closes_at(self) -> datetime:
        """When it is over."""
        return self.ends_at if self.ended_at is None else min(self.ended_at, self.ends_at)


@dataclass(frozen=True)
class Stood:
    """Where a worker stood: a community posted at or a grid held, both dates included."""

    code: str
    first: date
    last: date | None


@cites(EMR_1)
def duty_dates(span: KeySpan) -> tuple[date, ...]:
    """Every civil date that it touches; one that ends at midnight does not touch the next date."""
    first = civil_day(span.starts_at)
    last = max(first, civil_day(span.closes_at - timedelta(microseconds=1)))
    return tuple(first + timedelta(days=passed) for passed in range((last - first).days + 1))


@cites(EMR_1)
def duty_units(units: Iterable[str]) -> tuple[str, ...]:
    """Where its duty is kept: a grid's at its community, and none twice below another."""
    kept = {unit[:COMMUNITY_DIGITS] for unit in units}
    return tuple(
        sorted(
            unit
            for unit in kept
            if not any(unit != other and unit.startswith(other) for other in kept)
        )
    )


@cites(EMR_1)
def is_concerned(
    units: Collection[str], stood: Iterable[Stood], dates: Collection[date]
) -> Finding[bool]:
    """Whoever is posted in one of its communities, or holds one of its grids, on a date of it."""
    reached = sorted(
        {
            place.code
            for place in stood
            if any(place.code.startswith(unit) for unit in units)
            and any(
                place.first <= day and (place.last is None or day <= place.last) for day in dates
            )
        }
    )
    return Finding(verdict=bool(reached), cite=EMR_1, because={"stood": reached})


@cites(EMR_1)
def judge_acknowledgement(
    acknowledged_at: datetime | None, span: KeySpan, now: datetime
) -> Finding[AcknowledgementState]:
    """Waiting until it is over; a word that comes afterwards is still one."""
    if acknowledged_at is not None:
        because = {"acknowledged_at": acknowledged_at.isoformat()}
        return Finding(verdict=AcknowledgementState.ACKNOWLEDGED, cite=EMR_1, because=because)
    waiting = now < span.closes_at
    return Finding(
        verdict=AcknowledgementState.WAITING if waiting else AcknowledgementState.NOT_ACKNOWLEDGED,
        cite=EMR_1,
        because={"closes_at": span.closes_at.isoformat()},
    )


@cites(EMR_1)
def state_of(span: KeySpan, now: datetime) -> KeyPeriodState:
    """Ended by the centre, over by itself, not begun, or open."""
    if span.ended_at is not None:
        return KeyPeriodState.ENDED
    if now >= span.ends_at:
        return KeyPeriodState.OVER
    return KeyPeriodState.UPCOMING if now < span.starts_at else KeyPeriodState.OPEN


def is_short_enough(span: KeySpan, values: Values) -> bool:
    """At most `key_period_days` long."""
    return span.ends_at - span.starts_at <= timedelta(days=values[KEY_PERIOD_DAYS])
