"""Deliveries, attempts, dead letters and replays (INT-2)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.deps import Db, Now, Reads, WebhooksReader, WebhooksWriter
from app.api.export import FILES, Columns, as_asked
from app.api.problems import refusals
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Instant, Line
from app.rules.delivery import DeliveryState
from app.webhooks import delivery_figures, delivery_lists, endpoints, replaying
from app.webhooks.delivery_refusals import ReplayTooFarBack
from app.webhooks.delivery_schemas import (
    DeliveryDetailOut,
    DeliveryFiguresOut,
    DeliveryOut,
    DeliveryPage,
    ReplayIn,
    ReplayOut,
)
from app.webhooks.refusals import EndpointNotInState

router = APIRouter(prefix="/v1", tags=["webhooks"])
DeliveryId = Annotated[int, Path(ge=1, le=delivery_lists.LARGEST)]
DELIVERY_COLUMNS: Columns = {
    "occurred_at": ("发生时间", "Happened at"),
    "type": ("类型", "Type"),
    "subject_kind": ("对象类别", "Kind of subject"),
    "subject_id": ("对象", "Subject"),
    "number": ("序号", "Number"),
    "unit_code": ("单位编码", "Unit"),
    "state": ("状态", "State"),
    "attempts": ("尝试次数", "Attempts"),
    "last_status": ("最近应答码", "Last status"),
    "last_error": ("最近错误", "Last error"),
    "next_at": ("下次尝试", "Next attempt"),
    "finished_at": ("完成时间", "Finished at"),
    "endpoint_id": ("端点", "Endpoint"),
    "event_id": ("消息编号", "webhook-id"),
    "id": ("编号", "Key"),
}


class DeliveriesAsked(OfUnit):
    """Which deliveries."""

    endpoint: UUID | None = None
    state: DeliveryState | None = Field(default=None, description="dead: dead letters")
    type: Line | None = Field(default=None, description="A type of the catalogue")
    subject: Line | None = Field(default=None, description="Key of what it is about")
    from_: Instant | None = Field(default=None, alias="from", description="Happened from then on")
    to: Instant | None = Field(default=None, description="Happened before")

    @property
    def which(self) -> delivery_lists.Asked:
        """As conditions."""
        return delivery_lists.Asked(
            self.endpoint, self.state, self.type, self.subject, self.from_, self.to
        )


@router.get(
    "/webhook-deliveries",
    response_model=DeliveryPage,
    responses=refusals(BadCursor, NotFound) | FILES,
)
def list_deliveries(
    db: Db, asker: WebhooksReader, reads: Reads, asked: Annotated[DeliveriesAsked, Query()]
) -> DeliveryPage | Response:
    """Deliveries to the endpoints of a unit, the latest first; dead letters by their state."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = delivery_lists.deliveries_under(db, unit, asked.which, asked.page)
    return as_asked(page, DELIVERY_COLUMNS, asked.format, "webhook-deliveries", reads)


@router.get("/webhook-deliveries/{id}", responses=refusals(NotFound))
def read_delivery(db: Db, asker: WebhooksReader, id: DeliveryId) -> DeliveryDetailOut:
    """One delivery with its attempts; how answers begin is shown to administrators."""
    delivery = delivery_lists.delivery_of(db, asker, id)
    return delivery_lists.detail(db, delivery, excerpts="webhooks:write" in asker.scopes)


@router.post("/webhook-deliveries/{id}/replay", responses=refusals(NotFound, EndpointNotInState))
def replay_delivery(db: Db, asker: WebhooksWriter, id: DeliveryId) -> DeliveryOut:
    """Tell this once more under the same key; what waits goes at once (INT-2)."""
    return delivery_lists.shown(db, replaying.replay_one(db, asker, id))


@router.post(
    "/webhook-endpoints/{id}/replays",
    responses=refusals(NotFound, BadCursor, EndpointNotInState, ReplayTooFarBack),
)
def replay_span(db: Db, asker: WebhooksWriter, now: Now, id: UUID, body: ReplayIn) -> ReplayOut:
    """Tell what was never told over a span, and dead letters again; at most 10,000 at a time."""
    return replaying.replay_span(db, asker, id, body, now)


@router.get("/webhook-endpoints/{id}/figures", responses=refusals(NotFound))
def endpoint_figures(db: Db, asker: WebhooksReader, now: Now, id: UUID) -> DeliveryFiguresOut:
    """What waits, what was told, and how the endpoint answered over the last 24 hours."""
    return delivery_figures.figures(db, endpoints.endpoint_of(db, asker, id), now)
