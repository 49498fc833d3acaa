"""Cases over HTTP: a recruitment that goes up the tiers, and a station's requests."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from httpx import Response
from sqlalchemy.orm import Session

from app.approvals.cases import Subject, open_case
from app.approvals.taking import Word, case_of, take
from app.db.models import ApprovalCase, RecruitmentApplication
from app.kit.ids import uuid7
from app.rules.approvals import Procedure
from app.rules.hiring import ApplicationState, RecruitmentForm
from tests.api.station import StationDay
from tests.approvals.facts import NOW, Offices

GRID = "510185001001001"
APPLICANT = {"name": "赵应聘", "phone": "13900000000"}


@dataclass
class Desk:
    """A station, its offices and what they decide."""

    station: StationDay
    offices: Offices

    @property
    def db(self) -> Session:
        """A transaction beside the service's."""
        return self.offices.db

    def recruitment(self) -> ApprovalCase:
        """A township has applied; the centre's turn has come. Committed."""
        township = self.offices.who("township")
        application = RecruitmentApplication(
            id=uuid7(NOW),
            grid_code=GRID,
            form=RecruitmentForm.EXAMINATION,
            applicant=APPLICANT,
            applicant_digest=str(uuid7(NOW)),
            applied_on=NOW.date(),
            applied_by=township.account_id,
            applied_at=NOW,
            eligibility={},
            state=ApplicationState.OPEN,
        )
        self.db.add(application)
        self.db.flush()
        subject = Subject(Procedure.RECRUITMENT, application.id, GRID)
        case = open_case(self.db, subject, township.account_id, NOW)
        take(self.db, township, case_of(self.db, township, case.id), Word(), NOW)
        self.db.commit()
        return case

    def leave(self, day: str = "2026-03-20", who: str = GRID) -> UUID:
        """A worker asks for a day of leave: the key of its case."""
        self.station.clock.pass_(minutes=1)
        answer = self.station.asks_leave(day, day, who)
        assert answer.status_code == 201, answer.text
        found = self.station.get("township", "/approvals", subject=answer.json()["id"]).json()
        [case] = found["items"]
        return UUID(case["id"])

    def steps(self, who: str, case: object, step: int, outcome: str = "passed", **more: Any) -> Any:
        """Take a step of a case."""
        body = {"step": step, "outcome": outcome, **more}
        answer: Response = self.station.post(who, f"/approvals/{case}/steps", body)
        return answer

    def listed(self, who: str, **query: str | int) -> list[dict[str, Any]]:
        """Cases."""
        answer = self.station.get(who, "/approvals", **query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items
