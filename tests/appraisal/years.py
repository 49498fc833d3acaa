"""Closed months, penalties and objections as they lie in the database, for tests of years."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import (
    Account,
    AppraisalMonth,
    AppraisalObjection,
    AppraisalRevision,
    ConductEvidence,
    ConductProposal,
    MonthAppraisal,
    Penalty,
    PenaltyHistory,
    Posting,
)
from app.kit.ids import uuid7
from app.rules.appraisal import MonthState, Result, RevisionGround
from app.rules.conduct import (
    Ground,
    PenaltyAct,
    PenaltyKind,
    ProposalSource,
    ProposalState,
    ends_on,
)
from app.rules.tiers import Tier
from tests.city import COMMUNITIES, City

YEAR = 2026
MONTHS = [date(YEAR, number, 1) for number in range(1, 13)]
AFTER = datetime(2027, 1, 8, 2, tzinfo=UTC)


def closing(month: date) -> datetime:
    """When the months of these tests are closed: the seventh of the next."""
    following = (month + timedelta(days=32)).replace(day=1)
    return datetime(following.year, following.month, 7, 2, tzinfo=UTC)


@dataclass
class YearWritten:
    """A city's year, month by month."""

    db: Session
    city: City
    written: dict[tuple[str, date], AppraisalMonth] = field(default_factory=dict)

    def office(self, role: str = "township") -> UUID:
        """Who decides."""
        phone = self.city.phones[role]
        return self.db.scalars(select(Account.id).where(Account.phone == phone)).one()

    def months(self, community: str, scores: dict[str, list[str]], *, close: bool = True) -> None:
        """Scores of a community's workers from January on; 59 and less is a fail."""
        for number, month in enumerate(MONTHS):
            grids = [grid for grid in scores if number < len(scores[grid])]
            for grid in grids:
                self.month(grid, month, scores[grid][number])
            if grids:
                self.whole(community, month, close=close)
        self.db.commit()

    def month(self, grid: str, month: date, score: str) -> None:
        """A worker's month, decided as the score says."""
        passed = score == "" or Decimal(score) >= 60
        result = Result.PASS if passed else Result.FAIL
        row = MonthAppraisal(
            worker_id=self.city.workers[grid],
            month=month,
            community_code=grid[:12],
            score=Decimal(score) if score else None,
            proposed=result,
            because={},
            rules_version="test",
            computed_at=closing(month) - timedelta(days=2),
            result=result,
            decided_at=closing(month) - timedelta(days=1),
            decided_by=self.office("station_lead"),
        )
        self.db.add(row)
        self.db.flush()

    def whole(self, community: str, month: date, *, close: bool = True) -> None:
        """The community's month, closed or open."""
        row = AppraisalMonth(
            id=uuid7(closing(month)),
            community_code=community,
            month=month,
            state=MonthState.CLOSED if close else MonthState.OPEN,
            computed_at=closing(month) - timedelta(days=2),
            workers=len(COMMUNITIES[community]),
            rules_version="test",
            closed_at=closing(month) if close else None,
            closed_by=self.office() if close else None,
        )
        self.db.add(row)
        self.db.flush()
        self.written[community, month] = row

    def penalty(self, grid: str, occurred_on: date, kind: PenaltyKind, decided_on: date) -> Penalty:
        """A penalty that stands, with its proposal."""
        at = datetime.combine(decided_on, datetime.min.time(), UTC) + timedelta(hours=2)
        proposal = ConductProposal(
            id=uuid7(at),
            worker_id=self.city.workers[grid],
            community_code=grid[:12],
            ground=Ground.B3,
            occurred_on=occurred_on,
            counted_for=occurred_on.replace(day=1),
            source=ProposalSource.DETECTED,
            state=ProposalState.PENALISED,
            rung=kind,
            evidence=1,
            found_at=at - timedelta(days=12),
            told_at=at - timedelta(days=12),
            answer_until=decided_on - timedelta(days=5),
            closed_at=at,
        )
        self.db.add(proposal)
        self.db.flush()
        self._evidence(proposal)
        penalty = Penalty(
            id=uuid7(at),
            proposal_id=proposal.id,
            worker_id=proposal.worker_id,
            community_code=proposal.community_code,
            ground=proposal.ground,
            occurred_on=occurred_on,
            kind=kind,
            standing=kind,
            decided_on=decided_on,
            ends_on=ends_on(decided_on),
            evidence=1,
            evidence_digest="0" * 64,
            tier=Tier.TOWNSHIP,
            decided_at=at,
            decided_by=self.office(),
        )
        self.db.add(penalty)
        self.db.flush()
        self._act(penalty, 1, PenaltyAct.DECIDED, at)
        self.db.commit()
        return penalty

    def _evidence(self, proposal: ConductProposal) -> None:
        self.db.add(
            ConductEvidence(
                proposal_id=proposal.id,
                number=1,
                digest="0" * 64,
                stands=True,
                because={},
                records=[],
                rules_version="test",
                found_at=proposal.found_at,
            )
        )
        self.db.flush()

    def overturn(self, penalty: Penalty, at: datetime) -> None:
        """On appeal: it never counted (CON-2)."""
        penalty.standing = None
        self._act(penalty, 2, PenaltyAct.OVERTURNED, at)
        self.db.commit()

    def _act(self, penalty: Penalty, number: int, act: PenaltyAct, at: datetime) -> None:
        self.db.add(
            PenaltyHistory(
                penalty_id=penalty.id,
                number=number,
                act=act,
                at=at,
                by=self.office(),
                tier=Tier.TOWNSHIP,
                standing=penalty.standing,
                facts={},
            )
        )
        self.db.flush()

    def revise(self, grid: str, month: date, result: Result, at: datetime) -> None:
        """Another result of a closed month."""
        self.db.add(
            AppraisalRevision(
                id=uuid7(at),
                worker_id=self.city.workers[grid],
                month=month,
                result=result,
                ground=RevisionGround.DATA,
                reason="补报数据核实",
                because={},
                decided_by=self.office(),
                decided_at=at,
            )
        )
        self.db.commit()

    def upheld(self, grid: str, year: int, at: datetime) -> None:
        """An objection to a year, found right."""
        self.db.add(
            AppraisalObjection(
                id=uuid7(at),
                worker_id=self.city.workers[grid],
                community_code=grid[:12],
                year=year,
                said="全年无处罚",
                objected_at=at,
                received_at=at,
                decided_at=at,
                decided_by=self.office(),
                upheld=True,
                reason="情况属实",
            )
        )
        self.db.commit()

    def move(self, grid: str, day: date, community: str) -> None:
        """The worker's post goes on in another community."""
        post, worker_id = self.post(grid), self.city.workers[grid]
        post.valid = Range(post.valid.lower, day)
        self.db.flush()
        self.db.add(
            Posting(
                id=uuid7(AFTER),
                worker_id=worker_id,
                community_code=community,
                employment=post.employment,
                valid=Range(day, None),
            )
        )
        self.db.commit()

    def leave(self, grid: str, last: date) -> None:
        """The worker's post ends."""
        post = self.post(grid)
        post.valid = Range(post.valid.lower, last + timedelta(days=1))
        self.db.commit()

    def post(self, grid: str) -> Posting:
        """The worker's only post."""
        worker_id = self.city.workers[grid]
        return self.db.scalars(select(Posting).where(Posting.worker_id == worker_id)).one()
