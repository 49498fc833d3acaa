"""ORG-2, EVT-1: an event whose grid was left by its worker is stuck nowhere."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Assignment
from app.incidents import doers
from app.incidents.inbox import Before, InboxOf, inbox
from app.incidents.refusals import ActNotAllowed
from app.rules.incidents import Act, HopOutcome, State
from app.rules.tiers import Tier
from tests.attendance.facts import acting
from tests.incidents.facts import GRID, NEIGHBOUR, Street, at

THURSDAY = date(2026, 3, 19)
STATION = "510185001001"


@pytest.fixture
def left(street: Street, db: Session) -> UUID:
    """Held by a grid whose worker was there on Wednesday for the last time."""
    key = street.reported(at("16:00"))
    grid = db.scalars(select(Assignment).where(Assignment.grid_code == GRID)).one()
    grid.valid = Range(date(2026, 1, 1), THURSDAY)
    db.flush()
    return key


def asked(db: Session, day: date) -> list[UUID]:
    before = Before(STATION, Tier.COMMUNITY, InboxOf.ASKED)
    return [row.incident_id for row in inbox(db, before, (None, 50), at("09:00", day)).items]


def test_org_2_the_station_takes_up_what_a_vacant_grid_was_left_with(
    street: Street, left: UUID
) -> None:
    act = street.office("station_lead", left, Act.TAKE_UP, at("09:00", THURSDAY))
    assert (act.was, act.became, act.to_tier) == (State.HELD, State.HANDLING, Tier.COMMUNITY)
    grid, station = street.hops(left)
    assert (grid.outcome, grid.ended_at) == (HopOutcome.ESCALATED, at("09:00", THURSDAY))
    assert (station.tier, station.came_from) == (Tier.COMMUNITY, Tier.GRID)
    assert station.arrived_at == station.taken_up_at == at("09:00", THURSDAY)
    assert len(street.clocks(left)) == 2, "its hold has a clock of its own"
    street.office("station_lead", left, Act.CLOSE, at("09:30", THURSDAY))
    assert street.case(left).closed_by is Tier.COMMUNITY


def test_org_2_cards_that_fell_while_the_grid_was_vacant_are_nobody_s(
    street: Street, left: UUID
) -> None:
    street.office("station_lead", left, Act.TAKE_UP, at("17:00", THURSDAY))
    [card] = street.cards(left)
    assert (card.tier, card.worker_id) == (Tier.GRID, None)


@pytest.mark.parametrize(
    ("who", "act", "day"),
    [
        ("station_lead", Act.CLOSE, THURSDAY),
        ("township", Act.TAKE_UP, THURSDAY),
        ("command_centre", Act.TAKE_UP, THURSDAY),
        ("station_lead", Act.TAKE_UP, date(2026, 3, 18)),
    ],
    ids=["to close it is to hold it", "township", "centre", "while the worker is there"],
)
def test_org_2_nobody_else_and_nothing_else(
    street: Street, left: UUID, who: str, act: Act, day: date
) -> None:
    with pytest.raises(ActNotAllowed):
        street.office(who, left, act, at("17:00", day))


def test_org_2_the_station_is_told_that_it_may(street: Street, left: UUID, db: Session) -> None:
    asker = acting(db, street.city, "station_lead")
    for day, may in ((date(2026, 3, 18), False), (THURSDAY, True)):
        allowed = doers.allowed_for_office(db, asker, left, at("17:00", day)).allowed
        assert (Act.TAKE_UP in allowed) is may


def test_org_2_the_station_finds_it_in_its_inbox(street: Street, left: UUID, db: Session) -> None:
    street.reported(at("16:00"), grid=NEIGHBOUR)
    assert asked(db, date(2026, 3, 18)) == []
    assert asked(db, THURSDAY) == [left]
    street.office("station_lead", left, Act.TAKE_UP, at("09:00", THURSDAY))
    assert asked(db, THURSDAY) == []
