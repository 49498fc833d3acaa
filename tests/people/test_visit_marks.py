"""Every change of the registers that visits rest on marks them, from its own date on (VIS-6)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import StaleVisits, Unit, Worker
from app.people import assignments, boundaries, duty_calendar, grids, parameters, workers
from app.people.principal import Principal
from app.people.spans import span
from app.rules.duty import DutyChange, Employment
from app.rules.parameters import Supersession
from tests.attendance.facts import acting, at
from tests.city import City, square

NOW = at("08:00")
TODAY, COMING = date(2026, 3, 18), date(2026, 3, 25)
GRID, THIRD = "510185001001001", "510185001001003"
COMMUNITY, CITY = GRID[:12], "510185"
Marks = set[tuple[str, date, date | None]]


def marks(db: Session) -> Marks:
    db.flush()
    rows = db.execute(select(StaleVisits.unit_code, StaleVisits.first_day, StaleVisits.last_day))
    return {(code, first, last) for code, first, last in rows}


class Registers:
    """The registers as the command centre changes them."""

    def __init__(self, db: Session, city: City) -> None:
        self.db, self.city = db, city
        self.asker: Principal = acting(db, city, "command_centre")

    def worker(self, grid: str = GRID) -> Worker:
        return self.db.get_one(Worker, self.city.workers[grid])

    def redrawn(self, first: date) -> None:
        boundaries.redraw(self.db, self.asker, GRID, square(0), first, TODAY)

    def ended(self, first: date) -> None:
        grids.end(self.db, self.asker, GRID, first, TODAY)

    def assigned(self, first: date) -> None:
        held, valid = (THIRD, False), span(first, None)
        assignments.assign(self.db, self.asker, self.worker(), held, valid, NOW)

    def released(self, first: date) -> None:
        _, held = workers.history(self.db, self.worker().id)
        assignments.end(self.db, self.asker, held[0].id, first, NOW)

    def transferred(self, first: date) -> None:
        post = workers.Post("510185001002", Employment.FULL_TIME, first)
        workers.transfer(self.db, self.asker, self.worker().id, post, NOW)

    def declared(self, first: date) -> None:
        decided = (first, DutyChange.EXEMPTED, "test")
        duty_calendar.decide(self.db, self.asker, COMMUNITY, decided, NOW)

    def superseded(self, first: date, name: str = "min_days_alive_week") -> None:
        parameters.supersede(self.db, self.asker, Supersession(name, 5, first), "test", NOW)


@pytest.fixture
def registers(db: Session, city: City) -> Registers:
    return Registers(db, city)


CHANGES: list[tuple[Callable[[Registers, date], None], list[str], bool]] = [
    (Registers.redrawn, [GRID], False),
    (Registers.ended, [GRID], False),
    (Registers.assigned, [THIRD], False),
    (Registers.released, [GRID], False),
    (Registers.transferred, [COMMUNITY, "510185001002"], False),
    (Registers.declared, [COMMUNITY], True),
    (Registers.superseded, [CITY], False),
]


@pytest.mark.parametrize("first", [TODAY, COMING])
@pytest.mark.parametrize(("change", "units", "one_date"), CHANGES)
def test_vis_6_what_is_owed_is_judged_anew_from_the_date_of_the_change(
    db: Session, registers: Registers, change: Any, units: list[str], one_date: bool, first: date
) -> None:
    change(registers, first)
    assert marks(db) == {(unit, first, first if one_date else None) for unit in units}


def test_vis_6_a_new_grid_takes_over_what_lies_in_it(db: Session, registers: Registers) -> None:
    registers.ended(TODAY)
    grids.set_up(db, registers.asker, COMMUNITY, "新网格", (square(0), TODAY), TODAY)
    made = db.scalars(select(Unit.code).order_by(Unit.code.desc())).all()
    code = next(found for found in made if found.startswith(COMMUNITY))
    assert marks(db) == {(GRID, TODAY, None), (code, TODAY, None)}


def test_vis_6_next_years_calendar_marks_its_dates(db: Session, registers: Registers) -> None:
    days = {date(2027, 1, 1): False, date(2027, 1, 4): True}
    duty_calendar.publish_national(db, registers.asker, days, NOW)
    assert marks(db) == {(CITY, date(2027, 1, 1), date(2027, 1, 4))}


def test_other_parameters_mark_no_visits(db: Session, registers: Registers) -> None:
    parameters.supersede(
        db, registers.asker, Supersession("station_radius_m", 250, TODAY), "test", NOW
    )
    assert marks(db) == set()
