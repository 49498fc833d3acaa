"""What is owed and paid, counted date by date straight from the rulebook: slow, and on its own.

Nothing here uses app.rules.visits or app.visits; only the tables are the same.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from uuid import UUID

from chinese_calendar import is_workday
from shapely import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import (
    Assignment,
    Boundary,
    DutyDecision,
    Leave,
    Visit,
    VisitPlaceLocation,
    VisitTarget,
)

SHANGHAI = timezone(timedelta(hours=8))
LEAST = {"day": 1, "week": 4, "quarter": 45}
CADENCE = {
    "property_guard": "day",
    "rental": "week",
    "special_group": "week",
    "care": "week",
    "resident": "quarter",
}
Counted = Counter[tuple[str, str, date, UUID | None, bool]]
"""By grid, kind, first day, worker, and whether it is paid."""


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def periods(cadence: str, first: date, last: date) -> list[list[date]]:
    """Every period that ends in a span, as the list of its dates."""
    found: dict[object, list[date]] = defaultdict(list)
    for day in days_between(first - timedelta(days=120), last + timedelta(days=120)):
        name: object = day
        if cadence == "week":
            name = day.isocalendar()[:2]
        elif cadence == "quarter":
            name = day.year, (day.month + 2) // 3
        found[name].append(day)
    whole = list(found.values())[1:-1]
    return [days for days in whole if first <= days[-1] <= last]


@dataclass
class BruteForce:
    """One community's facts, all of them in memory."""

    db: Session
    community: str

    def __post_init__(self) -> None:
        self.locations = self.db.scalars(select(VisitPlaceLocation)).all()
        self.targets = self.db.scalars(select(VisitTarget)).all()
        self.visits = self.db.scalars(select(Visit).order_by(Visit.corrected_at, Visit.id)).all()
        self.boundaries = self.db.scalars(
            select(Boundary).where(Boundary.unit_code.like(f"{self.community}___"))
        ).all()
        self.assignments = self.db.scalars(select(Assignment)).all()
        self.leaves = self.db.scalars(select(Leave)).all()
        self.decisions = self.db.scalars(select(DutyDecision).order_by(DutyDecision.id)).all()

    def on_duty(self, day: date) -> bool:
        said = [
            found.change.value
            for found in self.decisions
            if found.day == day and self.community.startswith(found.unit_code)
        ]
        return said[-1] == "declared" if said else is_workday(day)

    def grid(self, place: UUID, day: date) -> str | None:
        for location in self.locations:
            if location.place_id != place or day not in location.valid:
                continue
            if location.grid_code[:12] != self.community:
                return None
            where = Point(location.whereabouts["lon"], location.whereabouts["lat"])
            holding = sorted(
                found.unit_code
                for found in self.boundaries
                if day in found.valid and found.area.intersects(where)
            )
            return holding[0] if holding else location.grid_code
        return None

    def count(self, first: date, last: date) -> Counted:
        """What was owed in the periods that end in a span."""
        total: Counted = Counter()
        for target in self.targets:
            for days in periods(CADENCE[target.kind.value], first, last):
                found = self._judged(target, days)
                if found is not None:
                    total[found] += 1
        return total

    def _judged(
        self, target: VisitTarget, days: list[date]
    ) -> tuple[str, str, date, UUID | None, bool] | None:
        cadence = CADENCE[target.kind.value]
        alive = [day for day in days if day in target.valid]
        if not alive or (len(alive) < LEAST[cadence] and len(alive) < len(days)):
            return None
        if cadence == "day" and not self.on_duty(days[0]):
            return None
        grid = self.grid(target.place_id, alive[-1])
        if grid is None:
            return None
        visit = self._paying(target, days)
        worker = visit.worker_id if visit else self._charged(target.place_id, alive)
        return grid, target.kind.value, days[0], worker, visit is not None

    def _paying(self, target: VisitTarget, days: list[date]) -> Visit | None:
        there = [
            visit
            for visit in self.visits
            if visit.place_id == target.place_id and civil(visit.corrected_at) in days
        ]
        for visit in there:
            if visit.verdict.value == "counts":
                return visit
        nobody = [visit for visit in there if visit.verdict.value == "nobody_home"]
        enough = len({civil(visit.corrected_at) for visit in nobody}) >= 3
        return nobody[0] if enough and CADENCE[target.kind.value] == "quarter" else None

    def _charged(self, place: UUID, alive: list[date]) -> UUID | None:
        here = [day for day in alive if self.grid(place, day)]
        on_duty = [day for day in here if self.on_duty(day)]
        day = on_duty[-1] if on_duty else alive[-1]
        grid = self.grid(place, day)
        for held in self.assignments:
            if held.grid_code == grid and held.first_responsible and day in held.valid:
                return None if self._away(held.worker_id, day) else held.worker_id
        return None

    def _away(self, worker: UUID, day: date) -> bool:
        for leave in self.leaves:
            if leave.worker_id == worker and leave.first_day <= day <= leave.last_day:
                late_start = leave.first_day == day and leave.first_half.value == "afternoon"
                early_end = leave.last_day == day and leave.last_half.value == "morning"
                return not late_start and not early_end
        return False


def civil(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
