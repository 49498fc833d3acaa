"""A month of a small station in which grounds can be found, for tests of searching it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range

from app.conduct.detecting import detect
from app.db.models import (
    AppraisalMonth,
    Assignment,
    AwarenessSurvey,
    ConductEvidence,
    ConductProposal,
    EquipmentCheck,
    FocusListing,
    KnownChange,
    Leave,
    MonthAppraisal,
    ParameterValue,
    PlatformLogin,
    Posting,
    Record,
    RecordVersion,
)
from app.kit.ids import uuid7
from app.rules.appraisal import MonthState, Result
from app.rules.conduct import Ground
from app.rules.duty import Employment, Half
from app.rules.equipment import EquipmentItem
from app.rules.information import FocusKind, RecordSource
from app.rules.procedures import LeaveKind, RequestState
from app.rules.tasks import LoginSource, Platform
from tests.appraisal.facts import COMMUNITY, GRID, MONTH, SETTLED, StationMonth, at

A_DAY = timedelta(days=1)


@dataclass
class SearchedMonth(StationMonth):
    """Writes what grounds rest on, searches, and says what was proposed."""

    def search(self, month: date = MONTH, now: datetime = SETTLED) -> int:
        """Search the community's month."""
        self.db.flush()
        return detect(self.db, COMMUNITY, month, now)

    def proposals(self) -> list[tuple[str, str]]:
        """The ground and the date of all proposals, in order."""
        rows = self.db.scalars(select(ConductProposal))
        return sorted((row.ground.value, row.occurred_on.isoformat()) for row in rows)

    def proposal(self, ground: Ground) -> ConductProposal:
        """The only proposal of a ground."""
        query = select(ConductProposal).where(ConductProposal.ground == ground)
        return self.db.scalars(query).one()

    def evidence(self, ground: Ground) -> ConductEvidence:
        """What the only proposal of a ground rests on."""
        found = self.proposal(ground)
        return self.db.get_one(ConductEvidence, (found.id, found.evidence))

    def set_value(self, name: str, value: float, since: date = MONTH) -> None:
        """The centre sets a parameter."""
        self.db.add(
            ParameterValue(
                name=name,
                value=value,
                effective_from=since,
                reason="测试",
                decided_by=self.account("command_centre"),
                decided_at=at(since),
            )
        )
        self.db.flush()

    def part_time(self, grid: str = GRID) -> None:
        """The worker is a rural part-time one."""
        self.db.execute(
            update(Posting)
            .where(Posting.worker_id == self.worker(grid))
            .values(employment=Employment.RURAL_PART_TIME)
        )

    def full_time_since(self, day: date, grid: str = GRID) -> None:
        """The worker was a rural part-time one before."""
        post = self.db.scalars(select(Posting).where(Posting.worker_id == self.worker(grid))).one()
        before = Range(post.valid.lower, day)
        post.valid = Range(day, None)
        self.db.flush()
        self.db.add(
            Posting(
                id=uuid7(at(day)), worker_id=post.worker_id, community_code=post.community_code,
                employment=Employment.RURAL_PART_TIME, valid=before,
            )
        )  # fmt: skip
        self.db.flush()

    def employed(self, first: date, last: date | None = None, grid: str = GRID) -> None:
        """The worker's post and grid are of these dates only."""
        span = Range(first, None if last is None else last + A_DAY)
        for table in (Posting, Assignment):
            where = table.worker_id == self.worker(grid)
            self.db.execute(update(table).where(where).values(valid=span))

    def leave(self, first: date, last: date, grid: str = GRID) -> None:
        """Approved leave of whole dates."""
        self.db.add(
            Leave(
                id=uuid7(at(first)),
                worker_id=self.worker(grid),
                community_code=grid[:12],
                kind=LeaveKind.ANNUAL,
                first_day=first,
                first_half=Half.MORNING,
                last_day=last,
                last_half=Half.AFTERNOON,
                reason="年假",
                requested_at=at(first),
                state=RequestState.APPROVED,
                decided_by=self.account("station_lead"),
                decided_at=at(first),
            )
        )

    def logins(
        self,
        days: Sequence[date],
        platforms: Collection[Platform] = tuple(Platform),
        grid: str = GRID,
        source: LoginSource = LoginSource.WEBHOOK,
    ) -> None:
        """The worker's accounts logged in on these dates."""
        for platform in platforms:
            self.db.add_all(
                PlatformLogin(
                    worker_id=self.worker(grid), platform=platform, day=day,
                    community_code=grid[:12], at=at(day), source=source,
                    evidence="test", recorded_at=at(day),
                )
                for day in days
            )  # fmt: skip
        self.db.flush()

    def bare(self, day: date, grid: str = GRID, *, by_station: bool = True) -> EquipmentCheck:
        """A check that found no work clothes."""
        check = EquipmentCheck(
            id=uuid7(at(day)), worker_id=self.worker(grid), community_code=grid[:12], day=day,
            at=at(day), received_at=at(day), by_station=by_station,
            checked_by=self.account("station_lead"), work_clothes=False,
            items=dict.fromkeys(EquipmentItem, True), note="",
            because={"missing": [], "verdict": "no_work_clothes"},
        )  # fmt: skip
        self.db.add(check)
        self.db.flush()
        return check

    def survey(self, day: date, asked: int, aware: int, grid: str = GRID) -> AwarenessSurvey:
        """A survey of a grid's residents."""
        survey = AwarenessSurvey(
            id=uuid7(at(day)), grid_code=grid, conducted_on=day, asked=asked, aware=aware,
            method="入户", recorded_by=self.account("township"), recorded_at=at(day),
        )  # fmt: skip
        self.db.add(survey)
        self.db.flush()
        return survey

    def listing(self, listed_on: date, number: str, unit: str = GRID) -> FocusListing:
        """Somebody who has to be known."""
        listing = FocusListing(
            id=uuid7(at(listed_on)), unit_code=unit, community_code=unit[:12], sealed=None,
            digest=number, focus=FocusKind.FLOATING.value, listed_on=listed_on,
            listed_by=self.account("station_lead"), listed_at=at(listed_on),
        )  # fmt: skip
        self.db.add(listing)
        self.db.flush()
        return listing

    def change(self, record_id: UUID, known_on: date) -> KnownChange:
        """A change that came to be known."""
        change = KnownChange(
            id=uuid7(at(known_on)), record_id=record_id, community_code=COMMUNITY,
            known_on=known_on, sealed=None, noted_by=self.account("station_lead"),
            noted_at=at(known_on),
        )  # fmt: skip
        self.db.add(change)
        self.db.flush()
        return change

    def recorded_again(self, record_id: UUID, day: date) -> None:
        """A second version, entered."""
        self.db.add(
            RecordVersion(
                record_id=record_id, number=2, base=1, form_version=1, content={},
                source=RecordSource.HANDSET, account_id=self.account("station_lead"),
                worker_id=self.worker(), captured_at=at(day), received_at=at(day), day=day,
            )
        )  # fmt: skip
        self.record_as(record_id, version=2, entered_version=2)

    def record_as(self, record_id: UUID, **values: Any) -> None:
        """A record stands otherwise."""
        self.db.execute(update(Record).where(Record.id == record_id).values(**values))
        self.db.expire_all()

    def appraised(self, month: date, result: Result, state: MonthState = MonthState.CLOSED) -> None:
        """A month's appraisal and how far it is."""
        self.db.add(
            MonthAppraisal(
                worker_id=self.worker(), month=month, community_code=COMMUNITY, score=None,
                proposed=result, because={}, rules_version="1", computed_at=SETTLED,
                result=result, decided_at=SETTLED, decided_by=self.account("station_lead"),
            )
        )  # fmt: skip
        self.db.flush()
        closed = state is MonthState.CLOSED
        self.db.add(
            AppraisalMonth(
                id=uuid7(SETTLED), community_code=COMMUNITY, month=month, state=state,
                computed_at=SETTLED, workers=1, rules_version="1",
                closed_at=SETTLED if closed else None,
            )
        )  # fmt: skip
        self.db.flush()
