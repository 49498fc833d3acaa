"""Cases, offices and stand-ins for the tests of approvals."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.approvals.cases import Subject, open_case
from app.approvals.taking import Reaction, Word, case_of, take
from app.db.models import Account, ApprovalCase, ApprovalStep, Delegation
from app.kit.ids import uuid7
from app.people.principal import Principal
from app.rules.approvals import Procedure, StepOutcome
from app.rules.tiers import Tier
from tests.attendance.facts import GRID, acting, at
from tests.city import PASSWORD_HASH, City, key

COMMUNITY, TOWNSHIP, CENTRE = "510185001001", "510185001", "510185"
NOW = at("10:00")
"""A Wednesday: the fifth duty date after it is the Wednesday that follows."""
LINE_OF_OFFICES = ("station_lead", "township", "command_centre", "leading_group_office")
ROLES = {
    Tier.COMMUNITY: "station_lead",
    Tier.TOWNSHIP: "township",
    Tier.CENTRE: "command_centre",
    Tier.OFFICE: "leading_group_office",
}
PASSED = Word(StepOutcome.PASSED)
NO = Word(StepOutcome.REFUSED, "材料不全")


@dataclass
class Offices:
    """The offices of the small city, more of them as a test needs, and their cases."""

    db: Session
    city: City
    accounts: dict[str, UUID] = field(default_factory=dict)

    def who(self, name: str) -> Principal:
        """A worker by grid, an office by role, or one that was added, as commands see it."""
        return acting(self.db, self.city, name)

    def add(self, name: str, unit: str, *roles: str, worker_id: UUID | None = None) -> Account:
        """One more account."""
        phone = f"1770000{len(self.city.phones):04d}"
        account = Account(
            id=key(),
            phone=phone,
            name=name,
            unit_code=unit,
            roles=list(roles),
            worker_id=worker_id,
            password_hash=PASSWORD_HASH,
        )
        self.db.add(account)
        self.db.flush()
        self.city.phones[name] = phone
        return account

    def case(
        self,
        procedure: Procedure = Procedure.DISMISSAL,
        *,
        unit: str = COMMUNITY,
        concerned: str | None = GRID,
        now: datetime = NOW,
    ) -> ApprovalCase:
        """A case that was just opened; its subject lies nowhere."""
        worker_id = self.city.workers[concerned] if concerned else None
        tiers = {1: Tier.COMMUNITY, 2: Tier.TOWNSHIP}
        subject = Subject(procedure, uuid7(now), unit, worker_id, tiers)
        return open_case(self.db, subject, None, now)

    def take(
        self,
        case: ApprovalCase,
        name: str,
        word: Word = PASSED,
        now: datetime = NOW,
        reaction: Reaction | None = None,
    ) -> ApprovalStep:
        """A step, through the command."""
        asker = self.who(name)
        return take(self.db, asker, case_of(self.db, asker, case.id), word, now, reaction)

    def pass_to(self, case: ApprovalCase, step: int) -> None:
        """The steps of a dismissal before a number, each by its own office."""
        for name in LINE_OF_OFFICES[case.step - 1 : step - 1]:
            self.take(case, name)

    def steps(self, case: ApprovalCase) -> list[ApprovalStep]:
        """In order."""
        query = select(ApprovalStep).where(ApprovalStep.case_id == case.id)
        return list(self.db.scalars(query.order_by(ApprovalStep.number)))

    def stands_in(
        self,
        name: str,
        of: str,
        tier: Tier,
        first: date | None = None,
        last: date | None = None,
    ) -> Delegation:
        """Somebody stands in for another, today unless said otherwise."""
        giver, first = self.who(of), first or NOW.date()
        made = Delegation(
            id=uuid7(NOW),
            from_account=giver.account_id,
            to_account=self.who(name).account_id,
            unit_code=giver.unit_code,
            tier=tier,
            valid=Range(first, (last or first) + timedelta(days=1)),
            reason="外出培训",
            made_by=giver.account_id,
            made_at=NOW,
        )
        self.db.add(made)
        self.db.flush()
        return made
