"""Doors that visits are owed to, over HTTP: how a station registers them and workers visit them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from httpx import Response

from app.kit import clock
from app.kit.ids import uuid7
from tests.api.station import EVENING, GRID, StationDay
from tests.visits.facts import MONDAY, middle

LEAD = "station_lead"
WHERE = middle(GRID)


@contextmanager
def evening(folder: Path) -> Iterator[Path]:
    """It is the evening that the station's clock shows, at the handset's door too."""
    file = folder / "clock"
    file.write_text(EVENING.isoformat(), "ascii")
    clock.follow(file)
    try:
        yield file
    finally:
        clock.follow(None)


def door(*kinds: str, **changes: Any) -> dict[str, Any]:
    """A place in the middle of the first grid, as an office writes it."""
    made = {
        "id": str(uuid7(EVENING)),
        "label": "和平路 12 号 3 单元",
        "lon": WHERE.lon,
        "lat": WHERE.lat,
        "targets": [
            {"kind": kind, "first_day": MONDAY.isoformat()} for kind in kinds or ("rental",)
        ],
    }
    return made | changes


def registered(station: StationDay, *kinds: str, **changes: Any) -> dict[str, Any]:
    """A place that was taken."""
    answer = station.post(LEAD, "/visit-places", door(*kinds, **changes))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def visit(
    station: StationDay,
    to: str | None,
    who: str = GRID,
    moment: datetime = EVENING - timedelta(minutes=1),
    **body: Any,
) -> Response:
    """A worker's visit, at the door unless said otherwise, sent now."""
    key = body.pop("key", None) or str(uuid7(moment))
    known = {"place_id": to, "lon": WHERE.lon, "lat": WHERE.lat}
    record = {
        "id": key,
        "captured_at": moment.isoformat(),
        "sent_at": station.clock.now.isoformat(),
        "body": known | body,
    }
    return station.post(who, "/visits", record)
