"""Facts put on record directly, as the commands of attendance and patrol would."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from geoalchemy2 import WKBElement
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Account, Appointment, CheckIn, Correction, Leave, TrackBatch
from app.kit.clock import SHANGHAI
from app.kit.ids import uuid7
from app.outbox.emit import mark_stale
from app.patrol.packing import pack_accuracy, pack_path
from app.rules.attendance import Verdict
from app.rules.duty import Half
from app.rules.fixes import Fixes
from app.rules.procedures import CorrectionKind, LeaveKind, RequestState
from tests.city import HEIGHT, SOUTH, WEST, WIDTH, City

DAY = date(2026, 3, 18)
"""A Wednesday, a duty date."""
GRID = "510185001001001"
COMMUNITY = GRID[:12]
WINDOW_TIMES = {1: time(8, 45), 2: time(14, 45), 3: time(16, 55)}


def at(clock: str, day: date = DAY) -> datetime:
    """An instant of a date in Asia/Shanghai."""
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


EVENING = at("20:00")
NEXT_NOON = at("12:00", DAY + timedelta(days=1))
LATER = NEXT_NOON + timedelta(hours=3)


def middle(column: int) -> tuple[float, float]:
    """The middle of the grid in a column of the small city."""
    return WEST + WIDTH * (column + 0.5), SOUTH + HEIGHT / 2


def columns(start: datetime, end: datetime, place: tuple[float, float], every_s: int = 60) -> Fixes:
    """A worker standing at a place: one fix every so often, both ends included."""
    t_s = np.arange(start.timestamp(), end.timestamp() + 1, every_s, dtype=np.float64)
    lon, lat = (np.full(len(t_s), degrees) for degrees in place)
    return Fixes(t_s, lon, lat, np.full(len(t_s), 8.0), np.zeros(len(t_s), dtype=np.bool_))


def store_batch(
    db: Session,
    worker_id: UUID,
    fixes: Fixes,
    received_at: datetime | None = None,
    device_id: UUID | None = None,
) -> TrackBatch:
    """One upload, in order of time, and the marks that go with it."""
    order = np.argsort(fixes.t_s, kind="stable")
    fixes = fixes.taken(order)
    first, last = (datetime.fromtimestamp(float(fixes.t_s[end]), UTC) for end in (0, -1))
    batch = TrackBatch(
        device_id=device_id or uuid4(),
        batch_id=uuid7(last),
        worker_id=worker_id,
        received_at=received_at or last,
        first_at=first,
        last_at=last,
        digest=b"-",
        crs=0,
        path=WKBElement(pack_path(fixes.t_s, fixes.lon, fixes.lat), extended=True),
        accuracy_dm=pack_accuracy(fixes.accuracy_m).tolist(),
        flags=fixes.mocked.astype(np.uint8).tobytes() if fixes.mocked.any() else None,
    )
    db.add(batch)
    days = {at_.astimezone(SHANGHAI).date() for at_ in (first, last)}
    mark_stale(db, worker_id, COMMUNITY, *days)
    return batch


def store_walk(
    db: Session,
    worker_id: UUID,
    spans: Sequence[tuple[str, str]],
    column: int = 0,
    received_at: datetime | None = None,
) -> None:
    """A worker standing in the middle of a grid over spans of the day."""
    device = uuid4()
    for start, end in spans:
        fixes = columns(at(start), at(end), middle(column))
        store_batch(db, worker_id, fixes, received_at or at(end), device)


def store_check_in(
    db: Session, worker_id: UUID, window: int, verdict: Verdict = Verdict.VALID, day: date = DAY
) -> CheckIn:
    """A sign-in of a window with its verdict."""
    captured = datetime.combine(day, WINDOW_TIMES[window], SHANGHAI)
    check_in = CheckIn(
        id=uuid7(captured),
        worker_id=worker_id,
        community_code=COMMUNITY,
        device_id=None,
        captured_at=captured,
        corrected_at=captured,
        received_at=captured + timedelta(seconds=2),
        time_proven=True,
        offset_s=0.0,
        lon=104.5,
        lat=30.4,
        accuracy_m=10.0,
        mocked=False,
        day=day,
        window=window,
        verdict=verdict,
        distance_m=5.0,
        because={"rule": "ATT-1", "clause": "三(一)1 “3”"},
    )
    db.add(check_in)
    mark_stale(db, worker_id, COMMUNITY, day)
    return check_in


def store_appointment(
    db: Session, worker_id: UUID, start: str, end: str, received_at: datetime | None = None
) -> Appointment:
    """An appointment record of the day."""
    made = Appointment(
        id=uuid7(at(start)),
        worker_id=worker_id,
        community_code=COMMUNITY,
        device_id=None,
        captured_at=at(end),
        corrected_at=at(end),
        received_at=received_at or at(end),
        time_proven=True,
        day=DAY,
        starts_at=at(start),
        ends_at=at(end),
        subject="入户登记",
    )
    db.add(made)
    mark_stale(db, worker_id, COMMUNITY, DAY)
    return made


def store_leave(
    db: Session,
    worker_id: UUID,
    first: Half,
    last: Half,
    state: RequestState = RequestState.APPROVED,
) -> Leave:
    """A leave of the day, from one half to another."""
    leave = Leave(
        id=uuid7(at("07:00")),
        worker_id=worker_id,
        community_code=COMMUNITY,
        kind=LeaveKind.SICK,
        first_day=DAY,
        first_half=first,
        last_day=DAY,
        last_half=last,
        reason="感冒发烧",
        requested_at=at("07:00"),
        state=state,
        **decided(db, state),
    )
    db.add(leave)
    mark_stale(db, worker_id, COMMUNITY, DAY)
    return leave


def store_correction(
    db: Session, worker_id: UUID, window: int, state: RequestState = RequestState.APPROVED
) -> Correction:
    """A correction request for a window of the day."""
    correction = Correction(
        id=uuid7(at("19:00")),
        worker_id=worker_id,
        community_code=COMMUNITY,
        kind=CorrectionKind.SIGN_IN,
        day=DAY,
        window=window,
        reason="手机没电",
        evidence=[],
        figures=None,
        requested_at=at("19:00"),
        state=state,
        **decided(db, state),
    )
    db.add(correction)
    mark_stale(db, worker_id, COMMUNITY, DAY)
    return correction


def decided(db: Session, state: RequestState) -> dict[str, Any]:
    """Who decided, when and why; nothing while it waits."""
    if state is RequestState.WAITING:
        return {}
    by = db.scalar(select(Account.id).limit(1))
    return {"decision_reason": "同意", "decided_by": by, "decided_at": at("19:30")}


def worker_of(city: City, grid: str = GRID) -> UUID:
    """The worker of a grid."""
    return city.workers[grid]
