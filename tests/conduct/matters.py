"""Grounds, proposals and their decisions, for tests of how they are dealt with."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NoReturn
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.taking import Word, take_by_key
from app.conduct import answering, appealing, deciding
from app.conduct.basis import Evidence
from app.conduct.detecting import detect_dates
from app.conduct.proposing import Found, propose
from app.conduct.reacting import APPEAL, DISMISSAL, PENALTY
from app.conduct.schemas import CloseIn, PenaltyAppealIn, ProposalAnswerIn, PutForwardIn
from app.conduct.shown import evidence_of
from app.db.models import (
    Appeal,
    ApprovalCase,
    Change,
    ConductAnswer,
    ConductProposal,
    EquipmentCheck,
    EquipmentWithdrawal,
    OutboxEvent,
    Penalty,
    PenaltyHistory,
)
from app.kit.ids import uuid7
from app.people.principal import Principal
from app.rules.approvals import Procedure, StepOutcome
from app.rules.conduct import Ground, PenaltyAct, ProposalSource
from app.rules.equipment import EquipmentItem
from tests.attendance.facts import GRID, Handset, acting, at
from tests.city import City

COMMUNITY = "510185001001"
FIRST = date(2026, 3, 18)
"""A Wednesday; the fifth duty date after it is Wednesday 25."""
AFTER_TERM = at("10:00", date(2026, 3, 26))
REACTIONS = {
    Procedure.PENALTY: PENALTY,
    Procedure.DISMISSAL: DISMISSAL,
    Procedure.APPEAL: APPEAL,
}


@dataclass
class Matters:
    """What a station, the tiers above it and a worker do, through the commands."""

    db: Session
    city: City
    grid: str = GRID
    people: dict[str, Principal] = field(default_factory=dict)

    @property
    def worker_id(self) -> UUID:
        """Against whom."""
        return self.city.workers[self.grid]

    def who(self, name: str) -> Principal:
        """A worker (by grid) or an office (by role)."""
        if name not in self.people:
            self.people[name] = acting(self.db, self.city, name)
        return self.people[name]

    def bare(self, moment: datetime) -> EquipmentCheck:
        """A check of the station that finds no work clothes."""
        lead = self.who("station_lead")
        check = EquipmentCheck(
            id=uuid7(moment),
            worker_id=self.worker_id,
            community_code=self.grid[:12],
            day=moment.date(),
            at=moment,
            received_at=moment,
            by_station=True,
            checked_by=lead.account_id,
            work_clothes=False,
            items={item.value: True for item in EquipmentItem},
            note="",
            because={"verdict": "no_work_clothes", "missing": []},
        )
        self.db.add(check)
        self.db.flush()
        return check

    def withdraw(self, check: EquipmentCheck, moment: datetime) -> None:
        """The station takes a check back."""
        by = self.who("station_lead").account_id
        self.db.add(
            EquipmentWithdrawal(
                check_id=check.id, reason="看错人", withdrawn_by=by, withdrawn_at=moment
            )
        )
        self.db.flush()

    def detected(self, day: date = FIRST) -> ConductProposal:
        """B1 of a date, found by the system in the evening."""
        self.bare(at("10:00", day))
        detect_dates(self.db, [self.grid[:12]], day, at("18:00", day))
        return self.proposal(day)

    def proposal(self, day: date = FIRST) -> ConductProposal:
        """The last proposal of a date."""
        query = select(ConductProposal).where(
            ConductProposal.worker_id == self.worker_id, ConductProposal.occurred_on == day
        )
        return self.db.scalars(query.order_by(ConductProposal.id.desc())).first() or _none()

    def recorded(
        self, ground: Ground = Ground.A4, day: date = FIRST, said: str = "工作差错"
    ) -> ConductProposal:
        """A ground that an office recorded in its own words."""
        evidence = Evidence(True, {"recorded": True}, (), said)
        found = Found(
            worker_id=self.worker_id,
            community_code=self.grid[:12],
            ground=ground,
            occurred_on=day,
            evidence=evidence,
            source=ProposalSource.RECORDED,
            found_by=self.who("township").account_id,
        )
        return propose(self.db, found, at("18:00", day)) or _none()

    def digest(self, proposal: ConductProposal) -> str:
        """Of the evidence that stands."""
        return evidence_of(self.db, proposal).digest

    def put_forward(
        self, proposal: ConductProposal, moment: datetime, who: str = "station_lead"
    ) -> ApprovalCase:
        """The community proposes it, having seen what stands."""
        body = PutForwardIn(digest=self.digest(proposal))
        done = deciding.put_forward(self.db, self.who(who), proposal.id, body, moment)
        return self.db.get_one(ApprovalCase, done.case_id)

    def take(
        self,
        who: str,
        case: ApprovalCase,
        moment: datetime,
        *,
        seen: str | None = None,
        refused: str | None = None,
    ) -> None:
        """An office takes the next step, by default having seen what stands."""
        proposal = self.db.get(ConductProposal, case.subject_id)
        digest = self.digest(proposal) if proposal and seen is None else seen
        outcome = StepOutcome.PASSED if refused is None else StepOutcome.REFUSED
        word = Word(outcome, refused, case.step, {"digest": digest} if digest else {})
        take_by_key(self.db, self.who(who), case.id, word, moment, REACTIONS)

    def answer(
        self, proposal: ConductProposal, moment: datetime, *, late: int = 0, proven: bool = True
    ) -> ConductAnswer:
        """The worker answers; `late`: so many days until it arrives."""
        capture = self.handset.captured(moment, after=timedelta(days=late), proven=proven)
        body = ProposalAnswerIn(proposal_id=proposal.id, said="工装送洗")
        return answering.record_answer(self.db, capture, body)

    @property
    def handset(self) -> Handset:
        """The worker's."""
        return Handset(self.db, self.city, self.grid)

    def penalised(self, day: date, decided: datetime | None = None) -> Penalty:
        """A proposal of a date, put forward and decided by the township a week later."""
        proposal = self.detected(day)
        moment = decided or at("10:00", day + timedelta(days=14))
        case = self.put_forward(proposal, moment)
        self.take("township", case, moment)
        return self.penalty(proposal)

    def penalty(self, proposal: ConductProposal) -> Penalty:
        """What a proposal became."""
        return self.db.scalars(select(Penalty).where(Penalty.proposal_id == proposal.id)).one()

    def appeal(
        self, penalty: Penalty, moment: datetime, *, late: int = 0, proven: bool = True
    ) -> Appeal:
        """The worker appeals."""
        capture = self.handset.captured(moment, after=timedelta(days=late), proven=proven)
        body = PenaltyAppealIn(penalty_id=penalty.id, said="当天有豁免")
        return appealing.record_appeal(self.db, capture, body)

    def case_of(self, appeal: Appeal) -> ApprovalCase:
        """The procedure of an appeal."""
        return self.db.get_one(ApprovalCase, appeal.case_id)

    def acts(self, penalty: Penalty) -> list[PenaltyAct]:
        """All acts on a penalty, in order."""
        query = select(PenaltyHistory.act).where(PenaltyHistory.penalty_id == penalty.id)
        return list(self.db.scalars(query.order_by(PenaltyHistory.number)))

    def told(self, kind: str) -> Change:
        """What the worker's handsets were told last of a kind."""
        query = select(Change).where(Change.worker_id == self.worker_id, Change.kind == kind)
        self.db.flush()
        return self.db.scalars(query.order_by(Change.id.desc())).first() or _none()

    def events(self) -> list[str]:
        """The names of all acts on conduct, in order."""
        self.db.flush()
        names = self.db.scalars(select(OutboxEvent.name).order_by(OutboxEvent.id))
        return [name for name in names if name.startswith(("conduct.", "penalty."))]


REASON = CloseIn(reason="情节轻微")


def _none() -> NoReturn:
    raise AssertionError("there is none")
