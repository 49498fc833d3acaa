"""Who sees which records behind a figure of a month (APR-1, rulebook part 8)."""

from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.db.models import VisitTally
from app.kit.ids import uuid7
from app.rules.version import RULES_VERSION
from app.rules.visits import VisitKind
from tests.api.station import GRID, StationDay
from tests.attendance.facts import at
from tests.conftest import SignedIn

SETTLED = at("09:00", date(2026, 4, 6))
PAID, DONE, UNPAID = uuid7(SETTLED), uuid7(SETTLED), uuid7(SETTLED)


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    """A community's March, with a week in which one of two special persons was visited."""
    db.add(
        VisitTally(
            grid_code=GRID,
            kind=VisitKind.SPECIAL_GROUP,
            first_day=date(2026, 3, 9),
            last_day=date(2026, 3, 15),
            worker_id=client.city.workers[GRID],
            owed=2,
            paid=1,
            targets=[PAID, UNPAID],
            visits=[DONE, None],
            shared={},
            closed=True,
            rules_version=RULES_VERSION,
            computed_at=SETTLED,
        )
    )
    db.commit()
    found = StationDay(api, client, db)
    found.at(SETTLED)
    done = found.post("station_lead", f"/appraisal-months/{GRID[:12]}/2026-03/computation", {})
    assert done.status_code == 200, done.text
    return found


def behind(station: StationDay, who: str) -> dict[str, Any]:
    """The one record behind the worker's visits."""
    worker = station.client.city.workers[GRID]
    path = "/me/appraisals" if who == GRID else f"/appraisals/{worker}"
    answer = station.get(who, f"{path}/2026-03/records", indicator="visits")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert (found["done"], found["owed"]) == (1, 2)
    [item] = found["items"]
    return dict(item)


def test_apr_1_above_the_station_nobody_learns_who_belongs_to_a_special_group(
    station: StationDay,
) -> None:
    own = behind(station, GRID)
    assert own["says"]["visits"] == [str(DONE)]
    assert own["says"]["unpaid_targets"] == [str(UNPAID)]
    assert behind(station, "station_lead") == own
    for who in ("township", "command_centre", "leading_group_office"):
        counted = behind(station, who)
        assert counted["says"] == {
            "grid": GRID,
            "visit_kind": "special_group",
            "first_day": "2026-03-09",
            "last_day": "2026-03-15",
        }
        assert counted | {"says": own["says"]} == own, "all else is the same"
