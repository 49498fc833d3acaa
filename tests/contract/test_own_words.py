"""The reference handset has its word on proposals, penalties, failed months, and resigns."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.conduct.basis import Evidence
from app.conduct.proposing import Found, propose
from app.db.models import Appeal, AppraisalObjection, ConductAnswer, Resignation
from app.kit import clock
from app.rules.conduct import Ground, PenaltyKind, ProposalSource
from mobile_contract.handset.chance import chance_of
from mobile_contract.handset.door import Door
from mobile_contract.handset.faults import Faults
from mobile_contract.handset.handset import Handset
from mobile_contract.handset.logins import Credentials, Login
from mobile_contract.handset.own_words import held_against, own_words
from mobile_contract.handset.people import post_of
from mobile_contract.handset.plans import Record, plan
from mobile_contract.handset.tally import Tally
from mobile_contract.handset.times import Pace, RealTime
from mobile_contract.handset.visits import Round
from tests import city as small_city
from tests.appraisal.years import YearWritten
from tests.city import City

DAY = date(2026, 11, 18)
EVENING = datetime(2026, 11, 18, 14, tzinfo=UTC)
GRID = "510185001001001"
SEEDS = range(2000)
"""Enough for every kind to be said by somebody."""


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[None]:
    """The server's clock stands on the evening of the simulated date."""
    file = tmp_path / "now"
    file.write_text(EVENING.isoformat(), "ascii")
    clock.follow(file)
    yield
    clock.follow(None)


@pytest.fixture
def held(db: Session, city: City, evening: None) -> None:
    """A proposal, a penalty and a failed month."""
    written = YearWritten(db, city)
    written.penalty(GRID, date(2026, 10, 31), PenaltyKind.WARNING, date(2026, 11, 16))
    written.month(GRID, date(2026, 10, 1), "40")
    written.whole(GRID[:12], date(2026, 10, 1))
    found = Found(
        worker_id=city.workers[GRID],
        community_code=GRID[:12],
        ground=Ground.A4,
        occurred_on=date(2026, 11, 12),
        evidence=Evidence(True, {}, [], "误报重大事件"),
        source=ProposalSource.RECORDED,
        found_by=None,
    )
    assert propose(db, found, datetime(2026, 11, 16, 2, tzinfo=UTC)) is not None
    db.commit()


async def a_day(api: FastAPI, city: City, tally: Tally) -> tuple[set[str], set[str]]:
    """What workers of many seeds would say; and what one of them who says it all has sent."""
    transport = httpx.ASGITransport(app=api)
    async with (
        api.router.lifespan_context(api),
        httpx.AsyncClient(transport=transport, base_url="http://test") as http,
    ):
        who = Credentials(city.phones[GRID], small_city.PASSWORD)
        login = Login(who, Door(http, tally), RealTime(clock.now, Pace(0)))
        post = await post_of(login, DAY)
        assert post is not None
        held = await held_against(login)
        records: dict[str, Record] = {}
        for seed in SEEDS:
            walk = Round(DAY, who.phone, seed, post)
            records |= {each.kind: each for each in own_words(walk, held, set())}
        planned = plan(DAY, post, Faults(), chance_of(4), None, walks=False)
        planned = replace(planned, records=tuple(records.values()))
        handset = Handset(login, tally, [planned], [post], 4)
        handset.begun = 1
        await handset.contact(EVENING)
        assert handset.left == 0
        return set(records), {item.record.kind for item in handset.items}


def counted(db: Session) -> list[int]:
    kinds = (ConductAnswer, Appeal, AppraisalObjection, Resignation)
    return [db.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds]


def test_each_of_the_four_kinds_is_said_and_taken(
    api: FastAPI, city: City, db: Session, held: None
) -> None:
    tally = Tally()
    said, sent = asyncio.run(a_day(api, city, tally))
    assert tally.surprises == []
    assert said == {"proposal_answer", "penalty_appeal", "appraisal_objection", "resignation"}
    assert said <= sent
    statuses = {kind: status for kind, status, _ in tally.outcomes if kind in said}
    assert set(statuses.values()) == {"created"}
    assert counted(db) == [1, 1, 1, 1]
