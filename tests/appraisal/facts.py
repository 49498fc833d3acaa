"""A month of a small station as facts: days, visits, records, checks, holds, ratings, meetings."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.db.bulk import insert_rows
from app.db.models import (
    Account,
    CalendarDay,
    Device,
    Errand,
    ErrandAct,
    Incident,
    IncidentAct,
    IncidentCard,
    IncidentCase,
    IncidentHop,
    Meeting,
    MeetingAttendance,
    Record,
    RecordVersion,
    Sample,
    SampleItem,
    StaleDay,
    VisitTally,
    WorkerDay,
)
from app.kit.clock import day_start
from app.kit.ids import uuid7
from app.rules.cards import CardOrigin, Colour
from app.rules.errands import ErrandStep
from app.rules.field_records import Severity
from app.rules.field_time import FieldVerdict
from app.rules.incidents import Act, State
from app.rules.information import CheckResult, RecordKind, RecordSource, RecordState
from app.rules.meetings import MeetingKind, Presence
from app.rules.tiers import Tier
from app.rules.visits import VisitKind
from tests.city import City, key

MONTH = date(2026, 3, 1)
LAST = date(2026, 3, 31)
COMMUNITY = "510185001001"
GRID = "510185001001001"
NEIGHBOUR = "510185001001002"
THIRD = "510185001001003"
SETTLED = datetime(2026, 4, 4, 1, tzinfo=UTC)
"""After the first instant of April and 72 hours more."""
NOON = timedelta(hours=12)


def at(day: date, after: timedelta = NOON) -> datetime:
    """An instant of a civil date."""
    return day_start(day) + after


@dataclass
class StationMonth:
    """Writes what a month is measured by; every worker has a full month until said otherwise."""

    db: Session
    city: City

    def __post_init__(self) -> None:
        duty = select(CalendarDay.day).where(
            CalendarDay.day.between(MONTH, LAST), CalendarDay.working
        )
        self.duty = list(self.db.scalars(duty.order_by(CalendarDay.day)))

    def worker(self, grid: str = GRID) -> UUID:
        """The first responsible worker of a grid."""
        return self.city.workers[grid]

    def days(
        self,
        grid: str = GRID,
        *,
        missed: Collection[int] = (),
        short: Collection[int] = (),
        leave: Collection[int] = (),
    ) -> None:
        """All dates of the month; of the given days of the month the last window was missed, the
        field time was short, or leave covers all."""
        rows = []
        day = MONTH
        while day <= LAST:
            rows.append(self._day(grid, day, missed=missed, short=short, leave=leave))
            day += timedelta(days=1)
        insert_rows(self.db, WorkerDay, rows)

    def _day(
        self,
        grid: str,
        day: date,
        *,
        missed: Collection[int],
        short: Collection[int],
        leave: Collection[int],
    ) -> dict[str, Any]:
        duty, away = day in self.duty, day.day in leave
        states: list[str | None] = ["filled", "filled", None if day.day in missed else "made_good"]
        states = ["excused"] * 3 if away else states
        verdict = FieldVerdict.SHORT if day.day in short else FieldVerdict.MET
        verdict = FieldVerdict.EXCUSED if away else verdict
        return {
            "worker_id": self.worker(grid),
            "day": day,
            "community_code": grid[:12],
            "on_duty": duty,
            "bound": True,
            "windows": [{"number": n, "state": state} for n, state in enumerate(states, 1)]
            if duty
            else [],
            "windows_filled": sum(s in ("filled", "made_good") for s in states) if duty else 0,
            "windows_excused": states.count("excused") if duty else 0,
            "field_verdict": (verdict if duty else FieldVerdict.NOT_OWED).value,
            "total_s": 21_600,
            "morning_s": 7_200,
            "afternoon_s": 7_200,
            "off_peak_s": 7_200,
            "short": {"total": 0, "morning": 0, "afternoon": 0, "off_peak": 0},
            "fixes": 100,
            "fixes_set_aside": {},
            "because": {"leave": {}, "grids": {}},
            "rules_version": "1",
            "computed_at": at(day).isoformat(),
        }

    def days_moved(self, worker_id: UUID, first: date, community_code: str) -> None:
        """The days from a date on were judged at another community."""
        moved = update(WorkerDay).where(WorkerDay.worker_id == worker_id, WorkerDay.day >= first)
        self.db.execute(moved.values(community_code=community_code))
        self.db.execute(delete(StaleDay).where(StaleDay.worker_id == worker_id))
        self.db.commit()

    def tally(
        self, first: date, last: date, *, owed: int, paid: int, grid: str = GRID,
        kind: VisitKind = VisitKind.CARE,
    ) -> None:  # fmt: skip
        """What a grid's places of a kind owed in a period, charged to its worker."""
        targets = [key() for _ in range(owed)]
        self.db.add(
            VisitTally(
                grid_code=grid,
                kind=kind,
                first_day=first,
                last_day=last,
                worker_id=self.worker(grid),
                owed=owed,
                paid=paid,
                targets=targets,
                visits=[*(key() for _ in range(paid)), *([None] * (owed - paid))],
                shared={},
                closed=True,
                rules_version="1",
                computed_at=SETTLED,
            )
        )

    def record(
        self, collected: date, entered: date | None, grid: str = GRID, *, by_office: bool = False
    ) -> UUID:
        """A record that was collected on a date and entered on another, or not yet; its version
        was written by the worker, or by an office."""
        record = Record(
            id=key(),
            kind=RecordKind.PLACE,
            community_code=grid[:12],
            grid_code=grid,
            worker_id=self.worker(grid),
            state=RecordState.ENTERED if entered else RecordState.SUBMITTED,
            version=1,
            entered_version=1 if entered else None,
            collected_at=at(collected),
            submitted_at=at(collected),
            entered_at=at(entered) if entered else None,
        )
        self.db.add(record)
        self.db.flush()
        self.db.add(
            RecordVersion(
                record_id=record.id,
                number=1,
                form_version=1,
                content={},
                source=RecordSource.HANDSET,
                account_id=self.account("station_lead"),
                worker_id=None if by_office else self.worker(grid),
                captured_at=at(collected),
                received_at=at(collected),
                day=collected,
            )
        )
        self.db.flush()
        return record.id

    def account(self, role: str) -> UUID:
        """Of an office."""
        phone = self.city.phones[role]
        return self.db.scalars(select(Account.id).where(Account.phone == phone)).one()

    def check(self, checked: date, records: list[tuple[UUID, CheckResult]]) -> None:
        """A sample of some records, checked on a date."""
        sample = Sample(
            id=key(), unit_code=COMMUNITY, seed="s", size=len(records), population=len(records),
            population_digest="0" * 64, population_file=b"", drawn_by=self.account("township"),
            drawn_at=at(checked), day=checked,
        )  # fmt: skip
        self.db.add(sample)
        self.db.flush()
        for place, (record_id, result) in enumerate(records, 1):
            self.db.add(
                SampleItem(
                    sample_id=sample.id, place=place, record_id=record_id, version=1,
                    result=result, checked_by=sample.drawn_by, checked_at=at(checked),
                )
            )  # fmt: skip

    def hold(
        self,
        due: date,
        *,
        card: bool = False,
        grid: str = GRID,
        state: State = State.CLOSED,
        questioned: bool = False,
    ) -> UUID:
        """An event that its grid held, due at noon of a date; with a card, or without."""
        incident_id, act_id, worker_id = key(), key(), self.worker(grid)
        arrived = at(due) - timedelta(hours=6)
        common = {"worker_id": worker_id, "day": due}
        self.db.add(
            Incident(
                id=incident_id, community_code=grid[:12], captured_at=arrived,
                corrected_at=arrived, received_at=arrived, time_proven=True, grid_code=grid,
                category="dispute", severity=Severity.GENERAL, lon=104.5, lat=30.4, **common,
            )
        )  # fmt: skip
        self.db.flush()
        self.db.add(
            IncidentCase(
                incident_id=incident_id, grid_code=grid, category="dispute",
                severity=Severity.GENERAL, state=state, acts=1, reported_at=arrived,
                changed_at=arrived, **common,
            )
        )  # fmt: skip
        self.db.add(
            IncidentAct(
                id=act_id, incident_id=incident_id, number=1, act=Act.REPORT, tier=Tier.GRID,
                unit_code=grid, captured_at=arrived, corrected_at=arrived, received_at=arrived,
                effective_at=arrived, time_proven=True, became=State.HELD, facts={}, **common,
            )
        )  # fmt: skip
        self.db.flush()
        hop = IncidentHop(
            id=key(), incident_id=incident_id, tier=Tier.GRID, unit_code=grid,
            worker_id=worker_id, begun_by=act_id, arrived_at=arrived, due_at=at(due),
            yellow_at=at(due), red_at=at(due) + timedelta(days=1),
        )  # fmt: skip
        self.db.add(hop)
        self.db.flush()
        if card:
            self._card(hop, due, questioned=questioned)
        return incident_id

    def _card(self, hop: IncidentHop, due: date, *, questioned: bool) -> None:
        self.db.add(
            IncidentCard(
                id=key(), incident_id=hop.incident_id, hop_id=hop.id, colour=Colour.YELLOW,
                origin=CardOrigin.CLOCK, tier=Tier.GRID, unit_code=hop.unit_code,
                worker_id=hop.worker_id, fell_at=at(due), drawn_at=at(due), day=due, because={},
                questioned_because={"late": True} if questioned else None,
            )
        )  # fmt: skip

    def handset(self, grid: str, bound_on: date) -> None:
        """The worker's first handset."""
        account = select(Account.id).where(Account.worker_id == self.worker(grid))
        self.db.add(
            Device(
                id=key(), account_id=self.db.scalars(account).one(), model="test",
                app_version="1.0.0", registered_at=at(bound_on),
            )
        )  # fmt: skip

    def rated(self, day: date, rating: int, grid: str = GRID) -> UUID:
        """An errand that its resident rated."""
        errand = Errand(
            id=key(), worker_id=self.worker(grid), community_code=grid[:12], grid_code=grid,
            matter="社保认证", step=ErrandStep.RATED, rating=rating, accepted_at=at(day),
            changed_at=at(day),
        )  # fmt: skip
        self.db.add(errand)
        self.db.flush()
        self.db.add(
            ErrandAct(
                id=key(), worker_id=errand.worker_id, community_code=grid[:12],
                captured_at=at(day), corrected_at=at(day), received_at=at(day), time_proven=True,
                day=day, errand_id=errand.id, step=ErrandStep.RATED, papers=[], rating=rating,
            )
        )  # fmt: skip
        return errand.id

    def meeting(self, day: date, present: dict[str, Presence]) -> UUID:
        """A morning meeting and who was there, by grid."""
        host = self.account("station_lead")
        meeting = Meeting(
            id=key(), unit_code=COMMUNITY, kind=MeetingKind.MORNING, held_on=day,
            starts_at=at(day), subject="晨会", minutes="", host_id=host, recorded_at=at(day),
        )  # fmt: skip
        self.db.add(meeting)
        self.db.flush()
        for grid, presence in present.items():
            self.db.add(
                MeetingAttendance(
                    meeting_id=meeting.id, worker_id=self.worker(grid), presence=presence,
                    recorded_by=host, recorded_at=at(day),
                )
            )  # fmt: skip
        return meeting.id


def objection_key() -> str:
    """As a handset makes it."""
    return str(uuid7(SETTLED))
