"""A scripted month through the simulator: what the server counts is what plain loops count."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from rich.progress import Progress
from sqlalchemy.orm import Session

from app.db.engine import make_engine
from app.db.models import Account
from app.intake.kinds import KINDS
from app.settings import Settings
from mobile_contract.handset.coverage import Paid, coverage
from mobile_contract.handset.door import Door as ServerDoor
from mobile_contract.handset.door import client as connected
from mobile_contract.handset.faults import Shares
from mobile_contract.handset.logins import Credentials, Login
from mobile_contract.handset.reckoning import Reckoned, reckon
from mobile_contract.handset.simulation import Cast, Stage, Wish, cast_of, play
from mobile_contract.handset.tally import Tally
from mobile_contract.handset.times import Pace, ToldTime
from tests import city as small_city
from tests.city import City
from tests.conftest import copied
from tests.contract import brute_force
from tests.contract.brute_force import Done, Owed, summed
from tests.contract.scripted_month import (
    FIRST,
    GRIDS,
    LAST,
    REGISTERED,
    SECOND_LEAD,
    Door,
    Offices,
    set_up,
)
from tests.serving import serving

SHARES = Shares(0.34, 0.17, 0.17, 0.0, 0.34, 0.34)
SEED = 3
AFTER_CLOSING = "2026-04-06T04:00:00+00:00"
Figures = dict[str, Counter[str]]


@dataclass(frozen=True)
class Month:
    """What was set up, what the handsets did, and what the server says of it."""

    doors: list[Door]
    done: list[Done]
    owed: list[Owed]
    told: dict[str, dict[str, Any]]
    """By `grid` and by `worker`, when the month is over."""
    closed: dict[str, Any]
    """By grid, when all its periods are closed."""
    paid: list[Paid]
    events: list[Reckoned]
    tally: Tally
    cast: Cast
    city: City


@pytest.fixture(scope="module")
def month(
    server: Settings, template: tuple[Settings, City], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Month]:
    """Six handsets, 22 duty dates, without tracks."""
    fresh, city = template[0], deepcopy(template[1])
    clock = tmp_path_factory.mktemp("month") / "clock"
    clock.write_text(REGISTERED.isoformat(), encoding="ascii")
    with copied(server, fresh) as database:
        second_lead(database, city)
        with serving(database, GRID_DEMO="true", GRID_CLOCK_FILE=str(clock)) as running:
            yield asyncio.run(played(running.url, clock, city))


def second_lead(database: Settings, city: City) -> None:
    """The other community has a station lead too."""
    city.phones[SECOND_LEAD] = "18800009999"
    engine = make_engine(database)
    with Session(engine) as db:
        lead = Account(
            id=small_city.key(),
            phone=city.phones[SECOND_LEAD],
            name=SECOND_LEAD,
            unit_code=GRIDS[3][:12],
            roles=["station_lead"],
            password_hash=small_city.PASSWORD_HASH,
        )
        db.add(lead)
        db.commit()
    engine.dispose()


async def played(url: str, clock: Path, city: City) -> Month:
    """Set up, play, ask."""
    tally = Tally()
    async with connected(url) as http:
        door, times = ServerDoor(http, tally), ToldTime(clock, REGISTERED, Pace(0))
        centre = Credentials(city.phones["command_centre"], small_city.PASSWORD, is_handset=False)
        administrator = replace(centre, phone=city.phones["system_administrator"])
        offices = Offices(city)
        like = Login(centre, door, times)
        offices.sign_in(like, "command_centre", "station_lead", SECOND_LEAD, GRIDS[0], GRIDS[4])
        doors = await set_up(offices)
        wish = Wish(
            office=centre,
            password=small_city.PASSWORD,
            unit="510185",
            workers=6,
            first=FIRST,
            last=LAST,
            seed=SEED,
            shares=SHARES,
            tracks=None,
            administrator=administrator,
            walks=False,
        )
        stage = Stage(door, times, told=True, progress=Progress(disable=True))
        cast = await cast_of(wish, stage)
        await play(cast, stage)
        done = list(visits_of(cast, city))
        told = {by: await told_by(cast.office, by) for by in ("grid", "worker")}
        paid = await coverage(cast)
        events = await reckon(stage.shelf.book, cast.office)
        times.tell(times.moment.fromisoformat(AFTER_CLOSING))
        closed = await told_by(cast.office, "grid")
    owed = brute_force.count(doors, done, FIRST, LAST)
    return Month(doors, done, owed, told, closed, paid, events, tally, cast, city)


def visits_of(cast: Cast, city: City) -> Iterator[Done]:
    """What the handsets did, by their own word."""
    grid_of = {city.phones[grid]: grid for grid in GRIDS}
    for handset in cast.handsets:
        for item in handset.items:
            if item.record.kind == "visit":
                yield Done(grid_of[handset.phone], item.record.at, item.record.body)


async def told_by(office: Login, by: str) -> dict[str, Any]:
    """The server's coverage of the month."""
    asked = {"unit": "510185", "from": str(FIRST), "to": str(LAST), "by": by, "limit": 500}
    answer: dict[str, Any] = await office.ask("GET", "/v1/coverage", params=asked)
    return answer


def figures(rows: list[dict[str, Any]]) -> Figures:
    """As the brute-force count writes them."""
    return {
        row["key"]: Counter(
            {f"{kind['kind']} {name}": kind[name] for kind in row["kinds"] for name in NAMES}
        )
        for row in rows
    }


NAMES = ("owed", "paid")


def test_vis_8_owed_and_paid_by_kind(month: Month) -> None:
    told = figures([{"key": "all", "kinds": month.told["grid"]["kinds"]}])
    assert told == summed(month.owed, lambda _: "all")


def test_vis_8_owed_and_paid_by_grid(month: Month) -> None:
    assert figures(month.told["grid"]["items"]) == summed(month.owed, lambda one: one.grid)


def test_org_5_owed_and_paid_by_worker(month: Month) -> None:
    worker = {grid: str(key) for grid, key in month.city.workers.items()}
    counted = summed(month.owed, lambda one: worker[one.worker] if one.worker else None)
    assert figures(month.told["worker"]["items"]) == counted
    nobody = sum(one.worker is None for one in month.owed)
    assert month.told["worker"]["total"]["charged_to_nobody"] == nobody > 0


def test_vis_6_closing_changes_nothing(month: Month) -> None:
    assert figures(month.closed["items"]) == figures(month.told["grid"]["items"])
    assert month.told["grid"]["total"]["open"] > 0
    total = month.closed["total"]
    assert (total["open"], total["missed"]) == (0, total["owed"] - total["paid"])


def test_what_the_handsets_were_told_is_what_is_paid(month: Month) -> None:
    """Once the week of the last date is left out, which has not ended."""
    for each in month.paid:
        if each.kind in {"property_guard", "resident"}:
            assert each.paying == each.paid > 0, each
        assert each.made >= each.paying, each


def test_the_server_kept_its_word(month: Month) -> None:
    assert month.tally.surprises == []
    assert month.tally.server_errors == 0
    assert all(handset.left == 0 for handset in month.cast.handsets)


def test_the_month_holds_something_to_count(month: Month) -> None:
    by_kind = summed(month.owed, lambda one: one.kind)
    for kind, counted in by_kind.items():
        assert 0 < counted[f"{kind} paid"] < counted[f"{kind} owed"], kind
    assert len(by_kind) == 5
    away = [one for one in month.owed if one.worker == GRIDS[1] and one.grid == GRIDS[0]]
    assert {one.paid for one in away} == {True, False}
    assert any(len(one.by) == 3 for one in month.owed), "no quarter was paid by nobody home"
    crossed = [one for one in month.owed if one.paid and one.worker == GRIDS[2]]
    assert {one.grid for one in crossed} == {GRIDS[1], GRIDS[2]}


def test_late_repeated_and_cut_off(month: Month) -> None:
    tally = month.tally
    statuses = Counter((kind, status) for kind, status, _ in tally.outcomes.elements())
    for kind in (
        "visit",
        "collection",
        "errand",
        "daily_note",
        "equipment",
        "training",
        "incident_action",
    ):
        assert statuses[kind, "created"], kind
        assert statuses[kind, "duplicate"], kind
    assert statuses["acknowledgement", "created"] == 5
    for status in ("merged", "conflict", "held"):
        assert statuses["collection", status], status
    assert statuses["errand", "held"]
    assert statuses["incident_action", "held"]
    assert statuses["incident_action", "rejected"]
    assert statuses["visit", "out_of_scope"]
    assert statuses["photo", "kept"]
    assert statuses["photo", "cut_off"]
    assert {detail for kind, _, detail in tally.outcomes if kind == "visit"} >= {
        "counts",
        "nobody_home",
        "too_far",
        "by_phone",
        "mocked",
        "unregistered",
    }
    late = [
        item
        for handset in month.cast.handsets
        for item in handset.items
        if item.received_at and (item.received_at - item.record.at).total_seconds() > 20 * 3600
    ]
    assert any(item.record.kind == "visit" for item in late)
    assert any(item.record.kind == "incident_action" for item in late)


def test_evt_1_every_event_stands_as_the_handsets_and_offices_count(month: Month) -> None:
    assert [each.differences for each in month.events if not each.agrees] == []
    assert [each.acts for each in month.events] == [len(each.told["acts"]) for each in month.events]
    assert len(month.events) > 20


def test_evt_1_the_month_holds_every_way_that_events_go(month: Month) -> None:
    done = {(act.said.tier, act.said.act) for each in month.events for act in each.event.done}
    assert done >= {
        *((tier, "take_up") for tier in ("grid", "community", "township", "centre")),
        *((tier, "close") for tier in ("grid", "community", "township")),
        *(("grid", act) for act in ("escalate", "follow_up", "verify", "withdraw")),
        *(("community", act) for act in ("escalate", "hand_down", "return", "decide_extension")),
        ("grid", "ask_extension"),
    }
    assert any(each.stand.reopened for each in month.events)
    assert {each.stand.major for each in month.events} == {True, False}
    assert {"verified", "withdrawn"} <= {each.stand.state for each in month.events}


def test_evt_1_illegal_moves_were_refused_and_said_what_is_allowed(month: Month) -> None:
    refused = [act for each in month.events for act in each.event.answered if act.number is None]
    assert {act.said.tier for act in refused} > {"grid"}
    for act in refused:
        if act.code == "incident.act_not_allowed":
            assert act.said.act not in act.facts["allowed"]


ABOUT_ONESELF = {"proposal_answer", "penalty_appeal", "appraisal_objection", "resignation"}
"""Said to what offices found or decided: see test_own_words."""


def test_every_kind_that_is_taken_was_sent(month: Month) -> None:
    sent = {kind for kind, _, _ in month.tally.outcomes}
    assert sent >= set(KINDS) - ABOUT_ONESELF
