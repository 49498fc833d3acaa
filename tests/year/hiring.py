"""Who is hired and who resigns in the year, step by step through the API."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete

from app.contracts.upkeep import keep
from app.db.models import StaleDay
from tests.year.desk import Desk
from tests.year.everyday import Work
from tests.year.people import LEFT, people
from tests.year.script import LEAVING
from tests.year.town import CENTRE, OFFICE, add_account
from tests.year.writing import write

PHONES = {"w48": "17700000048", "w49": "17700000049"}


def keep_contracts(desk: Desk) -> None:
    """What the service does every night."""
    keep(desk.sessions, desk.now)


def resign(desk: Desk) -> None:
    """In writing and in advance."""
    last_day = LEFT[LEAVING.who].isoformat()
    desk.record(LEAVING.who, "/resignations", {"said": "因家庭原因申请辞职", "last_day": last_day})


def _resignation_case(desk: Desk, who: str) -> str:
    (found,) = desk.get(who, "/resignations", state="open")["items"]
    case_id: str = found["case_id"]
    return case_id


def review_resignation(desk: Desk) -> None:
    """The station does."""
    community = desk.community(LEAVING.who, LEAVING.reviewed_on)
    desk.case(_resignation_case(desk, community), community)


def approve_resignation(desk: Desk) -> None:
    """The township does."""
    township = desk.community(LEAVING.who, LEAVING.approved_on)[:9]
    desk.case(_resignation_case(desk, township), township)


def apply(desk: Desk, who: str) -> None:
    """The township applies for somebody who passed the examination."""
    grid = people()[who].posts[0].grid
    vacant = [one["grid_code"] for one in desk.get(grid[:9], "/vacancies", limit=100)["items"]]
    assert grid in vacant
    applicant = {
        "name": who,
        "phone": PHONES[who],
        "born": "1995-05-05",
        "residence": ["hukou"],
        "insurance_months": 0,
        "education": "senior_high",
        "attested": ["political", "skills", "health"],
        "bars": [],
    }
    body = {
        "id": desk.key(),
        "grid_code": grid,
        "form": "examination",
        "result": {"held_on": desk.today.isoformat(), "score": 88.0},
        "applicant": applicant,
    }
    desk.post(grid[:9], "/recruitment-applications", body)


def _application(desk: Desk, who: str) -> Any:
    grid = people()[who].posts[0].grid
    (found,) = desk.get(CENTRE, "/recruitment-applications", grid=grid)["items"]
    return found


def review(desk: Desk, who: str) -> None:
    """The centre does."""
    desk.case(_application(desk, who)["case_id"], CENTRE)


def approve(desk: Desk, who: str) -> None:
    """The office does."""
    desk.case(_application(desk, who)["case_id"], OFFICE)


def sign(desk: Desk, who: str, work: Work) -> None:
    """The community signs; then there is an account, and the rest of the year's work."""
    application, post = _application(desk, who), people()[who].posts[0]
    body = {
        "contract_id": desk.key(),
        "first_day": post.first.isoformat(),
        "retirement_post": "women_50",
    }
    path = f"/recruitment-applications/{application['id']}/contract"
    signed = desk.post(post.community, path, body)
    desk.town.workers[who] = UUID(signed["worker_id"])
    with desk.sessions.begin() as session:
        add_account(session, desk.town, who, post.community, "worker", desk.worker(who))
        session.flush()
        write(session, desk.town, work.of([who]))
        judged = delete(StaleDay).where(StaleDay.worker_id == desk.worker(who))
        session.execute(judged)
