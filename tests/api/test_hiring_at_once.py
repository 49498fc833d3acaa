"""Two who hire, sign or end at the same instant do it once (HIRE-1, HIRE-3, ORG-2)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Assignment, Contract, OutboxEvent, RecruitmentApplication, Worker
from tests.api.hiring_desk import VACANT, applicant, application, approved, earlier, terms, vacate
from tests.api.station import GRID, StationDay, refused
from tests.conftest import SignedIn

PATH = "/recruitment-applications"
TO_COME = date(2026, 4, 1)


@pytest.fixture
def desk(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    vacate(db, client.city.workers[VACANT])
    return StationDay(api, client, db)


def at_once(
    desk: StationDay, who: str, acts: Sequence[tuple[str, dict[str, Any]]]
) -> list[Response]:
    """The answers, the one that was granted first."""
    desk.client.as_(who)
    together = Barrier(len(acts))

    def act(one: tuple[str, dict[str, Any]]) -> Response:
        together.wait()
        return desk.post(who, *one)

    with ThreadPoolExecutor(len(acts)) as pool:
        answers = list(pool.map(act, acts))
    desk.db.rollback()
    return sorted(answers, key=lambda answer: answer.status_code)


def test_hire_1_one_applicant_is_applied_for_once(desk: StationDay) -> None:
    first, second = at_once(desk, "township", [(PATH, application()), (PATH, application())])
    assert first.status_code == 201
    assert refused(second) == (409, "recruitment.application_open")
    assert len(desk.db.scalars(select(RecruitmentApplication)).all()) == 1


def test_hire_1_an_application_is_signed_once(desk: StationDay) -> None:
    sign = f"{PATH}/{approved(desk)['id']}/contract"
    workers = len(desk.db.scalars(select(Worker.id)).all())
    first, second = at_once(desk, "station_lead", [(sign, terms()), (sign, terms())])
    assert first.status_code == 201
    assert refused(second) == (409, "recruitment.id_reused")
    assert len(desk.db.scalars(select(Contract)).all()) == 1
    assert len(desk.db.scalars(select(Worker.id)).all()) == workers + 1


def test_org_2_a_grid_gets_one_first_responsible_worker(desk: StationDay) -> None:
    other = application(applicant=applicant(name="王应聘", phone="13800000010"))
    made = [approved(desk), approved(desk, other)]
    acts = [(f"{PATH}/{one['id']}/contract", terms()) for one in made]
    first, second = at_once(desk, "station_lead", acts)
    assert first.status_code == 201
    assert refused(second) == (409, "city.first_responsible_taken")
    held = select(Assignment.id).where(
        Assignment.grid_code == VACANT, Assignment.valid.contains(TO_COME)
    )
    assert len(desk.db.scalars(held).all()) == 1
    states = desk.db.scalars(select(RecruitmentApplication.state)).all()
    assert sorted(states) == ["approved", "signed"]


def test_hire_3_a_contract_is_recorded_and_ended_once(desk: StationDay) -> None:
    worker = desk.client.city.workers[GRID]
    acts = [("/contracts", earlier(worker)), ("/contracts", earlier(worker))]
    first, second = at_once(desk, "station_lead", acts)
    assert first.status_code == 201
    assert refused(second) == (409, "contract.overlaps")
    end = f"/contracts/{first.json()['id']}/end"
    days = ("2026-03-25", "2026-03-31")
    ends = [{"last_day": day, "cause": "agreement", "reason": "协商"} for day in days]
    ended, late = at_once(desk, "station_lead", [(end, body) for body in ends])
    assert ended.status_code == 200
    assert refused(late) == (409, "contract.over")
    told = select(OutboxEvent).where(OutboxEvent.name == "contract.ended")
    assert len(desk.db.scalars(told).all()) == 1
