"""The centre's desk of pay in the small city: months appraised, payrolls computed and closed."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import (
    Account,
    AppraisalMonth,
    AppraisalRevision,
    ConductProposal,
    DutyDecision,
    Leave,
    MonthAppraisal,
    PayStandard,
    Penalty,
    Posting,
)
from app.kit.clock import day_start
from app.people.months import workers_of_month
from app.rules.appraisal import MonthState, Result, RevisionGround
from app.rules.conduct import Ground, PenaltyKind, ProposalSource, ProposalState
from app.rules.duty import DutyChange, Employment, Half
from app.rules.pay import StandardKind
from app.rules.procedures import LeaveKind, RequestState
from app.rules.tiers import Tier
from tests.api.station import StationDay
from tests.city import COMMUNITIES, key
from tests.conftest import SignedIn

CENTRE = "command_centre"
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
GRIDS = [grid for grids in COMMUNITIES.values() for grid in grids]
FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH = GRIDS
CITY = "510185"


def after(month: date) -> datetime:
    """The morning of the tenth of the next month: late uploads are in."""
    following = (month + timedelta(days=31)).replace(day=10)
    return day_start(following) + timedelta(hours=9)


@dataclass
class PayDesk:
    """Calls of the API at a set time, and facts that other capabilities would write."""

    api: FastAPI
    client: SignedIn
    db: Session
    station: StationDay = field(init=False)

    def __post_init__(self) -> None:
        self.station = StationDay(self.api, self.client, self.db)
        self.at(after(MARCH))

    def at(self, instant: datetime) -> None:
        """Set the time."""
        self.station.at(instant.astimezone(UTC))

    def get(self, path: str, who: str = CENTRE, **query: str | int) -> Response:
        """Look."""
        return self.station.get(who, path, **query)

    def post(self, path: str, body: dict[str, Any], who: str = CENTRE) -> Response:
        """Act."""
        return self.station.post(who, path, body)

    def worker(self, grid: str) -> UUID:
        """The worker of a grid."""
        return self.client.city.workers[grid]

    def account(self, who: str = CENTRE) -> UUID:
        """The account of an office."""
        phone = self.client.city.phones[who]
        return self.db.scalars(select(Account.id).where(Account.phone == phone)).one()

    def standards(self, *rows: tuple[str, StandardKind, date]) -> None:
        """Amounts since dates; 2200 and 1200 since the new year without any."""
        new_year = date(2026, 1, 1)
        for amount, kind, since in rows or (
            ("2200.00", StandardKind.MINIMUM_WAGE, new_year),
            ("1200.00", StandardKind.PERFORMANCE, new_year),
        ):
            self.db.add(
                PayStandard(
                    id=key(),
                    kind=kind,
                    amount=Decimal(amount),
                    effective_from=since,
                    reason="市政府文件",
                    decided_by=self.account(),
                    decided_at=day_start(new_year),
                )
            )
        self.db.commit()

    def appraised(self, month: date, *failed: str) -> None:
        """Every worker of a month passed but for some, by grid; every community closed it."""
        workers = workers_of_month(self.db, CITY, month)
        named = {self.worker(grid) for grid in failed}
        for worker in workers:
            result = Result.FAIL if worker.worker_id in named else Result.PASS
            self.db.add(_appraisal(worker.worker_id, month, worker.community_code, result))
        self.db.flush()
        for code in {worker.community_code for worker in workers}:
            self.db.add(_closed(code, month, after(month), self.account()))
        self.db.commit()

    def revised(self, grid: str, month: date, result: Result) -> None:
        """A closed month got another result."""
        self.db.add(
            AppraisalRevision(
                id=key(),
                worker_id=self.worker(grid),
                month=month,
                result=result,
                ground=RevisionGround.DATA,
                reason="补传记录",
                because={},
                decided_by=self.account("township"),
                decided_at=self.station.clock.now,
            )
        )
        self.db.commit()

    def penalty(self, grid: str, kind: PenaltyKind, day: date) -> UUID:
        """A penalty that was decided on a date at noon."""
        proposal, penalty = _penalty(self.worker(grid), grid[:12], kind, day, self.account())
        self.db.add(proposal)
        self.db.flush()
        self.db.add(penalty)
        self.db.commit()
        return penalty.id

    def overturned(self, penalty_id: UUID, standing: PenaltyKind | None = None) -> None:
        """How a penalty stands from now on."""
        self.db.get_one(Penalty, penalty_id).standing = standing
        self.db.commit()

    def posted(self, grid: str, first: date, last: date | None) -> None:
        """The post of a worker's is another one from now on: first and last date."""
        post = self.db.scalars(select(Posting).where(Posting.worker_id == self.worker(grid))).one()
        post.valid = Range(first, last + timedelta(days=1) if last else None)
        self.db.commit()

    def moved(self, grid: str, community: str, first: date) -> None:
        """A further full-time post from a date on."""
        self.db.add(
            Posting(
                id=key(),
                worker_id=self.worker(grid),
                community_code=community,
                employment=Employment.FULL_TIME,
                valid=Range(first, None),
            )
        )
        self.db.commit()

    def away(self, grid: str, first: date, last: date) -> None:
        """Approved leave of absence over whole dates."""
        self.db.add(
            Leave(
                id=key(),
                worker_id=self.worker(grid),
                community_code=grid[:12],
                kind=LeaveKind.UNPAID_ABSENCE,
                first_day=first,
                first_half=Half.MORNING,
                last_day=last,
                last_half=Half.AFTERNOON,
                reason="离岗",
                requested_at=day_start(first),
                state=RequestState.APPROVED,
                decided_by=self.account("station_lead"),
                decided_at=day_start(first),
            )
        )
        self.db.commit()

    def exempted(self, community: str, day: date) -> None:
        """The centre's word: no duty date there."""
        self.db.add(
            DutyDecision(
                day=day,
                unit_code=community,
                change=DutyChange.EXEMPTED,
                reason="洪涝转移",
                decided_by=self.account(),
                decided_at=day_start(day),
            )
        )
        self.db.commit()

    def compute(self, month: date) -> dict[str, Any]:
        """A payroll, computed at the set time."""
        answer = self.post("/payrolls", {"month": f"{month:%Y-%m}"})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def decide(self, month: date, digest: str, outcome: str = "passed", **more: str) -> Response:
        """The centre's word."""
        body = {"outcome": outcome, "digest": digest, **more}
        return self.post(f"/payrolls/{month:%Y-%m}/decision", body)

    def close(self, month: date, digest: str) -> Response:
        """Close."""
        return self.post(f"/payrolls/{month:%Y-%m}/close", {"digest": digest})

    def paid(self, month: date, *failed: str) -> None:
        """A month from appraisal to a closed payroll."""
        self.at(after(month))
        self.appraised(month, *failed)
        self.paid_again(month)

    def paid_again(self, month: date) -> None:
        """A payroll computed, approved and closed, its appraisals being closed."""
        payroll = self.compute(month)
        digest = payroll["digest"]
        if payroll["state"] == "computed":
            assert self.decide(month, digest).status_code == 200
        closed = self.close(month, digest)
        assert closed.status_code == 200, closed.text

    def statement(self, month: date, grid: str) -> dict[str, Any]:
        """A worker's statement as the centre sees it."""
        answer = self.get(f"/payrolls/{month:%Y-%m}/statements/{self.worker(grid)}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def sums(self, month: date, grid: str) -> tuple[str, str, str, str]:
        """Base, performance, corrections and total of a statement."""
        found = self.statement(month, grid)
        assert sum(Decimal(line["amount"]) for line in found["lines"]) == Decimal(found["total"])
        return found["base"], found["performance"], found["corrections"], found["total"]

    def rows(self) -> list[tuple[Any, ...]]:
        """All that is stored of pay."""
        self.db.rollback()
        found: list[tuple[Any, ...]] = []
        for table in ("payroll", "pay_statement", "pay_line"):
            query = text(f"select {table}::text from {table} order by 1")  # noqa: S608
            found += [(table, *row) for row in self.db.execute(query)]
        return found


def _appraisal(worker_id: UUID, month: date, code: str, result: Result) -> MonthAppraisal:
    return MonthAppraisal(
        worker_id=worker_id,
        month=month,
        community_code=code,
        score=Decimal("88.00"),
        proposed=Result.PASS,
        because={},
        rules_version="1",
        computed_at=after(month),
        result=result,
        decided_at=after(month),
    )


def _closed(code: str, month: date, at: datetime, by: UUID) -> AppraisalMonth:
    return AppraisalMonth(
        id=key(),
        community_code=code,
        month=month,
        state=MonthState.CLOSED,
        computed_at=at,
        workers=1,
        rules_version="1",
        confirmed_at=at,
        confirmed_by=by,
        closed_at=at,
        closed_by=by,
    )


def _penalty(
    worker_id: UUID, code: str, kind: PenaltyKind, day: date, by: UUID
) -> tuple[ConductProposal, Penalty]:
    noon = day_start(day) + timedelta(hours=12)
    proposal = ConductProposal(
        id=key(),
        worker_id=worker_id,
        community_code=code,
        ground=Ground.B1,
        occurred_on=day,
        counted_for=day,
        source=ProposalSource.RECORDED,
        state=ProposalState.PENALISED,
        evidence=1,
        found_at=noon,
        told_at=noon,
        answer_until=day,
    )
    penalty = Penalty(
        id=key(),
        proposal_id=proposal.id,
        worker_id=worker_id,
        community_code=code,
        ground=Ground.B1,
        occurred_on=day,
        kind=kind,
        standing=kind,
        decided_on=day,
        ends_on=day + timedelta(days=31),
        evidence=1,
        evidence_digest="0" * 64,
        tier=Tier.TOWNSHIP,
        decided_at=noon,
        decided_by=by,
    )
    return proposal, penalty
