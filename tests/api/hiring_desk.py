"""A desk for tests of hiring: a vacancy, an applicant, and the three tiers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from httpx import Response
from sqlalchemy.orm import Session

from app.contracts.ending import end_contract
from app.kit.ids import uuid7
from app.rules.hiring import ContractEnd
from tests.api.station import StationDay
from tests.attendance.facts import at

VACANT = "510185001001003"
COMMUNITY, TOWNSHIP, CITY = "510185001001", "510185001", "510185"
TODAY = date(2026, 3, 18)
NOW = at("18:00", TODAY)
STEPS = {2: "command_centre", 3: "leading_group_office"}


def key(moment: datetime = NOW) -> str:
    """A fresh key."""
    return str(uuid7(moment))


def vacate(db: Session, worker_id: UUID, last_day: date = date(2026, 3, 17)) -> None:
    """A worker leaves whose contract nobody recorded."""
    end_contract(
        db,
        worker_id,
        last_day,
        ContractEnd.AGREEMENT,
        by=None,
        reason="协商一致",
        case_id=None,
        now=NOW,
    )
    db.commit()


def applicant(**changes: Any) -> dict[str, Any]:
    """Somebody who meets every condition."""
    return {
        "name": "李应聘",
        "phone": "13800000009",
        "born": "1994-06-02",
        "residence": ["hukou"],
        "insurance_months": 0,
        "education": "junior_college",
        "attested": ["political", "skills", "health"],
        "bars": [],
        **changes,
    }


def application(**changes: Any) -> dict[str, Any]:
    """A township's application for the vacant grid."""
    return {
        "id": key(),
        "grid_code": VACANT,
        "form": "examination",
        "result": {"held_on": "2026-03-10", "score": 86.5},
        "applicant": applicant(),
        **changes,
    }


def terms(**changes: Any) -> dict[str, Any]:
    """What the community signs."""
    return {
        "contract_id": key(),
        "first_day": "2026-03-23",
        "term_months": 12,
        "retirement_post": "women_50",
        **changes,
    }


def step(
    desk: StationDay, who: str, case_id: str, number: int, reason: str | None = None
) -> Response:
    """Take a step; with a reason it is refused."""
    outcome = "refused" if reason else "passed"
    body = {"step": number, "outcome": outcome, "reason": reason, "seen": None}
    return desk.post(who, f"/approvals/{case_id}/steps", body)


def approved(desk: StationDay, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """An application that waits for the community's signature."""
    answer = desk.post("township", "/recruitment-applications", body or application())
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    for number, who in STEPS.items():
        taken = step(desk, who, made["case_id"], number)
        assert taken.status_code == 200, taken.text
    return made


def earlier(worker_id: UUID, **changes: Any) -> dict[str, Any]:
    """A contract that was signed before."""
    return {
        "id": key(),
        "worker_id": str(worker_id),
        "signed_on": "2024-02-26",
        "first_day": "2024-03-01",
        "term_ends_on": "2026-04-30",
        "born": "1991-07-12",
        "retirement_post": "women_50",
        **changes,
    }
