"""The golden cases of field time through the database: batches stored, read back, judged."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from shapely import MultiPolygon
from shapely.geometry import shape
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.days.commands import recompute
from app.db.models import Assignment, Boundary, Unit
from app.kit.clock import SHANGHAI
from app.kit.ids import uuid7
from app.rules.divisions import UnitTier
from app.rules.duty import Half
from app.rules.fixes import Fixes
from tests.city import City
from tests.days.facts import COMMUNITY, store_appointment, store_batch, store_leave, worker_of

FILE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "rules" / "golden" / "field_time.json").read_text("utf-8")
)
BATCH = 50


def hold(db: Session, city: City, areas: list[Any]) -> None:
    """The worker holds just these grids."""
    db.execute(delete(Assignment).where(Assignment.worker_id == worker_of(city)))
    valid = Range(date(2026, 1, 1), None)
    for serial, area in enumerate(areas, 901):
        code = f"{COMMUNITY}{serial}"
        db.add(Unit(code=code, tier=UnitTier.GRID, name=code, parent_code=COMMUNITY))
        db.flush()
        found = shape(area)
        whole = found if isinstance(found, MultiPolygon) else MultiPolygon([found])
        db.add(Boundary(unit_code=code, area=whole, valid=valid, source="golden"))
        db.add(
            Assignment(
                id=uuid4(),
                worker_id=worker_of(city),
                level=1,
                grid_code=code,
                first_responsible=True,
                valid=valid,
            )
        )


def fixes_of(device: list[dict[str, Any]]) -> Fixes:
    rows = [
        (
            datetime.fromisoformat(fix["t"]).timestamp(),
            fix["lon"],
            fix["lat"],
            fix["accuracy_m"],
            fix.get("mock", False),
        )
        for fix in device
    ]
    t_s, lon, lat, accuracy_m, mocked = np.array(rows, dtype=np.float64).reshape(-1, 5).T
    return Fixes(t_s, lon, lat, accuracy_m, mocked > 0)


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: case["name"])
def test_golden_fld_through_the_database(db: Session, city: City, case: dict[str, Any]) -> None:
    day, worker = date.fromisoformat(case["date"]), worker_of(city)
    evening = datetime.combine(day, datetime.max.time(), SHANGHAI)
    hold(db, city, case["grids"])
    for device in case["devices"]:
        fixes, key = fixes_of(device), uuid4()
        for first in range(0, len(fixes), BATCH):
            part = fixes.taken(np.arange(first, min(first + BATCH, len(fixes))))
            store_batch(db, worker, part, evening, key)
    for start, end, *_ in case["appointments"]:
        store_appointment(db, worker, start[11:16], end[11:16])
    for half in case.get("leave", []):
        store_leave(db, worker, Half(half), Half(half))
    db.flush()
    row = recompute(db, worker, day, evening + timedelta(hours=1))
    assert row is not None
    obtained = {f"{name}_s": value for name, value in row.because["counted_s"].items()}
    expected = case["expect"]
    for name in obtained.keys() & expected.keys():
        assert obtained[name] == pytest.approx(expected[name], abs=FILE["tolerance_s"])
    assert row.short == pytest.approx(expected["short_s"], abs=FILE["tolerance_s"])
    assert row.field_verdict == expected["verdict"]


def test_the_cases_are_of_one_duty_date_and_their_keys_are_known() -> None:
    known = {"name", "why", "date", "grids", "appointments", "devices", "expect", "leave"}
    assert {key for case in FILE["cases"] for key in case} <= known
    assert len(FILE["cases"]) == 17
    assert uuid7(datetime.fromisoformat("2026-03-18T00:00:00+08:00")).version == 7
