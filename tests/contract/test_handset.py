"""The reference handset over the whole service: what it does when the server forgets."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import httpx
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import schema
from app.db.models import CheckIn, Submission, TrackBatch
from app.kit import clock
from app.settings import Settings
from mobile_contract.handset.chance import chance_of
from mobile_contract.handset.door import Door
from mobile_contract.handset.faults import Faults
from mobile_contract.handset.handset import Handset
from mobile_contract.handset.logins import Credentials, Login
from mobile_contract.handset.people import post_of
from mobile_contract.handset.plans import plan
from mobile_contract.handset.tally import Tally
from mobile_contract.handset.times import Pace, RealTime
from tests import city as small_city
from tests.city import City

DAY = date(2026, 3, 18)
EVENING = datetime(2026, 3, 18, 15, tzinfo=UTC)
GRID = "510185001001001"


async def with_handset(api: FastAPI, city: City, database: Settings, tally: Tally) -> int:
    """Send a day, restore the server, send the day again; how much was left to send then."""
    transport = httpx.ASGITransport(app=api)
    async with (
        api.router.lifespan_context(api),
        httpx.AsyncClient(transport=transport, base_url="http://test") as http,
    ):
        times = RealTime(clock.now, Pace(0))
        who = Credentials(city.phones[GRID], small_city.PASSWORD)
        login = Login(who, Door(http, tally), times)
        post = await post_of(login, DAY)
        assert post is not None
        planned = plan(DAY, post, Faults(), chance_of(4), None)
        handset = Handset(login, tally, [planned], [post], 4)
        await handset.contact(EVENING)
        assert handset.left == 0
        schema.new_epoch(database)
        handset.items[-1].settled = False
        await handset.contact(EVENING + timedelta(minutes=1))
        left = handset.left
        await handset.contact(EVENING + timedelta(minutes=2))
        assert handset.left == 0
        assert handset.next_contact(EVENING) is None
        return left


def counted(db: Session) -> tuple[int, ...]:
    """Records in the database."""
    kinds = (Submission, CheckIn, TrackBatch)
    return tuple(db.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds)


def test_after_a_restore_everything_is_sent_again_and_nothing_doubles(
    api: FastAPI, city: City, database: Settings, db: Session
) -> None:
    tally = Tally()
    left = asyncio.run(with_handset(api, city, database, tally))
    assert tally.surprises == []
    assert tally.requests[409] == 1
    statuses = {
        status: sum(times for (_, found, _), times in tally.outcomes.items() if found == status)
        for status in ("created", "duplicate")
    }
    assert statuses["created"] == statuses["duplicate"] > 20
    assert left > 3
    records, sign_ins, batches = counted(db)
    assert records + batches == statuses["created"]
    assert sign_ins >= 1
