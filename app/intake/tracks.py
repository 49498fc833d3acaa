"""Track batches."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import msgspec
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from pydantic import Field

from app.api.problems import refusals
from app.db.engine import Sessions
from app.intake import quarantine
from app.intake.carrier import Carrier
from app.intake.direct import Unsolved
from app.intake.door import ASKS_FOR_HANDSET, carrier_of
from app.intake.quarantine import Kept
from app.intake.refusals import IdReused, NotAHandset
from app.intake.standing import Standings, WorkerStanding
from app.intake.track_schema import decode
from app.intake.writer import BatchRow, TrackWriter
from app.kit.clock import civil_day
from app.kit.errors import BadEncoding, Refusal, TooLarge, Unavailable
from app.kit.schema import Out
from app.patrol.batches import (
    Columns,
    SetAside,
    days_of,
    days_reached,
    digest_of,
    in_order,
    instant,
    packed,
    set_aside,
    without,
)
from app.people.capture import AfterReceipt
from app.people.posts import NoPost
from app.people.sign_in_refusals import AppTooOld

router = APIRouter(prefix="/v1", tags=["handset"], route_class=Unsolved)

CLOCK_ALLOWANCE_MS = 60_000
"""A fix may be this much ahead of our clock; beyond it the handset's clock is wrong."""


class SetAsideOut(Out):
    """Doubtful fixes of this batch alone; the verdict of the date judges them again (FLD-5)."""

    mocked: int
    imprecise: int
    impossible: int


class TrackOut(Out):
    """What became of a batch; the answer leaves after the commit.

    `created`, or `duplicate` for the same batch again. `out_of_scope`: the worker had no post on
    any of its dates. `rejected`: `id_reused` or `capture.after_receipt`. Both are kept aside.
    Fixes of dates without a post are not stored and not counted in `accepted`.
    """

    batch_id: UUID = Field(examples=["0199d2f0-3c00-7a01-8b02-000000000001"])
    status: Literal["created", "duplicate", "out_of_scope", "rejected"]
    code: str | None
    accepted: int = Field(examples=[60])
    set_aside: SetAsideOut


@dataclass(frozen=True)
class Upload:
    """A batch at the door: whose, and what."""

    carrier: Carrier
    batch_id: UUID
    columns: Columns
    body: bytes


@router.post(
    "/tracks",
    response_model=TrackOut,
    responses=refusals(TooLarge, BadEncoding, Unavailable, AppTooOld, NotAHandset),
    openapi_extra={
        **ASKS_FOR_HANDSET,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/TrackIn"}}},
        },
    },
)
async def upload_track(request: Request) -> Response:
    """Store one batch of 1 to 1,000 fixes: late, repeated, in any order, overlapping another."""
    # The asker is read here and not by a dependency: at the busiest door that costs a third.
    carrier = await carrier_of(request)
    body = await request.body()
    batch_id, columns = decode(body)
    upload = Upload(carrier, batch_id, columns, body)
    state = request.app.state
    known: Standings = state.standings
    standing = await known.of(carrier.worker_id, carrier.now)
    refusal, row, doubtful = judge(upload, standing)
    if row is not None:
        writer: TrackWriter = state.track_writer
        stored = await writer.store(row)
        if stored.digest == row.digest:
            return answer(batch_id, "created" if stored.created else "duplicate", row, doubtful)
        refusal = IdReused()
    assert refusal is not None
    await run_sync(keep, state.sessions, upload, refusal)
    return refused(batch_id, refusal)


def judge(
    upload: Upload, standing: WorkerStanding
) -> tuple[Refusal | None, BatchRow | None, SetAside]:
    """Refused as a whole, or ready to be stored with what is doubtful in it."""
    columns, carrier = in_order(upload.columns), upload.carrier
    nothing = SetAside(0, 0, 0)
    if columns.t_ms[-1] > carrier.now.timestamp() * 1000 + CLOCK_ALLOWANCE_MS:
        return AfterReceipt(last_fix=instant(int(columns.t_ms[-1]))), None, nothing
    days = days_of(columns.t_ms)
    unposted = [day for day in days if standing.community_on(day) is None]
    if len(unposted) == len(days):
        return NoPost(day=days[0]), None, nothing
    if unposted:
        columns = without(columns, unposted)
    doubtful = set_aside(columns, standing.values_on(days_of(columns.t_ms)[0]))
    return None, row_of(upload, columns, standing), doubtful


def row_of(upload: Upload, columns: Columns, standing: WorkerStanding) -> BatchRow:
    """The row to store; its digest is that of all that was sent."""
    carrier = upload.carrier
    reached = days_reached(columns.t_ms, civil_day(carrier.now))
    communities = [(day, standing.community_on(day)) for day in reached]
    return BatchRow(
        device_id=carrier.device_id,
        batch_id=upload.batch_id,
        worker_id=carrier.worker_id,
        received_at=carrier.now,
        first_at=instant(int(columns.t_ms[0])),
        last_at=instant(int(columns.t_ms[-1])),
        digest=digest_of(upload.columns),
        crs=int(upload.columns.system),
        packed=packed(columns),
        stale=[(day, community) for day, community in communities if community],
    )


def keep(sessions: Sessions, upload: Upload, refusal: Refusal) -> None:
    """Set a whole batch aside, in a transaction of its own, before it is answered."""
    carrier, content = upload.carrier, msgspec.json.decode(upload.body)
    with sessions.begin() as session:
        kept = Kept("track", upload.batch_id, content, refusal, None)
        quarantine.set_aside(session, carrier, kept, carrier.now)


def answer(batch_id: UUID, status: str, row: BatchRow, doubtful: SetAside) -> Response:
    """The answer to a batch that is stored."""
    return _json(
        batch_id=batch_id,
        status=status,
        code=None,
        accepted=len(row.packed.accuracy_dm) - doubtful.total,
        set_aside=doubtful,
    )


def refused(batch_id: UUID, refusal: Refusal) -> Response:
    """The answer to a batch that was kept aside."""
    status = "out_of_scope" if isinstance(refusal, NoPost) else "rejected"
    return _json(
        batch_id=batch_id,
        status=status,
        code=refusal.code,
        accepted=0,
        set_aside=SetAside(0, 0, 0),
    )


def _json(**parts: object) -> Response:
    return Response(msgspec.json.encode(parts), media_type="application/json")
