"""Endpoints, their keys and what they are told (INT-1, INT-2)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.city_queries import Paged
from app.api.deps import Db, Now, WebhooksReader, WebhooksWriter
from app.api.problems import CONSTRAINTS, refusals
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import UnitCode
from app.people.account_refusals import UnknownUnit
from app.rules.delivery import EndpointState, SecretUse
from app.rules.tasks import Platform
from app.rules.telling import EndpointAct
from app.webhooks import endpoint_lists, endpoints, key_acts, told
from app.webhooks.refusals import (
    AddressRefused,
    CredentialsMissing,
    EndpointNotInState,
    InboundNeedsPlatform,
    LastKey,
    NoKeysInScheme,
    NotAKey,
    PlatformHasEndpoint,
    TooManyKeys,
)
from app.webhooks.schemas import (
    EndpointChangeIn,
    EndpointIn,
    EndpointMadeOut,
    EndpointOut,
    EndpointPage,
    EndpointTestOut,
    RotationIn,
    WebhookKeyMadeOut,
    WebhookKeyOut,
    WebhookKeysOut,
)

router = APIRouter(prefix="/v1", tags=["webhooks"])
CONSTRAINTS["uq_webhook_endpoint_platform"] = PlatformHasEndpoint
CONSTRAINTS["fk_webhook_endpoint_unit_code"] = UnknownUnit
ENDPOINTS = "/webhook-endpoints"
ONE = f"{ENDPOINTS}/{{id}}"


class EndpointsAsked(Paged):
    """Which endpoints."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    state: EndpointState | None = Field(default=None, description="All but retired without it")
    platform: Platform | None = None


@router.get("/webhook-event-types", responses=refusals())
def list_event_types(_: WebhooksReader) -> told.EventTypesOut:
    """Every type of event that may be told outside: schema, example, headers (INT-1)."""
    return told.event_types()


@router.post(
    ENDPOINTS,
    status_code=201,
    responses=refusals(
        UnknownUnit,
        AddressRefused,
        CredentialsMissing,
        InboundNeedsPlatform,
        NotAKey,
        NoKeysInScheme,
        PlatformHasEndpoint,
    ),
)
def open_endpoint(db: Db, asker: WebhooksWriter, now: Now, body: EndpointIn) -> EndpointMadeOut:
    """Open an endpoint; secrets that are made for it are shown once (INT-1)."""
    endpoint, made = endpoints.open_endpoint(db, asker, body, now)
    return EndpointMadeOut(
        endpoint=endpoint_lists.endpoint_out(endpoint),
        secret=made.get(SecretUse.OUTBOUND),
        inbound_secret=made.get(SecretUse.INBOUND),
    )


@router.get(ENDPOINTS, responses=refusals(BadCursor, NotFound))
def list_endpoints(
    db: Db, asker: WebhooksReader, asked: Annotated[EndpointsAsked, Query()]
) -> EndpointPage:
    """The endpoints of a unit, the latest first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    which = (asked.state, asked.platform)
    return endpoint_lists.endpoints_under(db, unit, which, asked.page)


@router.get(ONE, responses=refusals(NotFound))
def read_endpoint(db: Db, asker: WebhooksReader, id: UUID) -> EndpointOut:
    """One endpoint and how it fares."""
    return endpoint_lists.endpoint_out(endpoints.endpoint_of(db, asker, id))


@router.patch(
    ONE,
    responses=refusals(
        NotFound, UnknownUnit, AddressRefused, CredentialsMissing, EndpointNotInState
    ),
)
def change_endpoint(db: Db, asker: WebhooksWriter, id: UUID, body: EndpointChangeIn) -> EndpointOut:
    """Change where it lies, what it is told of, what it may reach, its credentials."""
    return endpoint_lists.endpoint_out(endpoints.change_endpoint(db, asker, id, body))


@router.post(f"{ONE}/pause", responses=refusals(NotFound, EndpointNotInState))
def pause_endpoint(db: Db, asker: WebhooksWriter, now: Now, id: UUID) -> EndpointOut:
    """Send nothing for now; what it is told waits."""
    found = endpoints.act_on_endpoint(db, asker, id, EndpointAct.PAUSE, now)
    return endpoint_lists.endpoint_out(found)


@router.post(f"{ONE}/resume", responses=refusals(NotFound, EndpointNotInState))
def resume_endpoint(db: Db, asker: WebhooksWriter, now: Now, id: UUID) -> EndpointOut:
    """Send again, beginning with what waited."""
    found = endpoints.act_on_endpoint(db, asker, id, EndpointAct.RESUME, now)
    return endpoint_lists.endpoint_out(found)


@router.post(f"{ONE}/enable", responses=refusals(NotFound, EndpointNotInState))
def enable_endpoint(db: Db, asker: WebhooksWriter, now: Now, id: UUID) -> EndpointOut:
    """Use an endpoint again that was disabled; what happened meanwhile is told by a replay."""
    found = endpoints.act_on_endpoint(db, asker, id, EndpointAct.ENABLE, now)
    return endpoint_lists.endpoint_out(found)


@router.post(f"{ONE}/retire", responses=refusals(NotFound, EndpointNotInState))
def retire_endpoint(db: Db, asker: WebhooksWriter, now: Now, id: UUID) -> EndpointOut:
    """Tell it nothing more, for good; what waits is given up, what was told stays on record."""
    found = endpoints.act_on_endpoint(db, asker, id, EndpointAct.RETIRE, now)
    return endpoint_lists.endpoint_out(found)


@router.post(f"{ONE}/test", status_code=201, responses=refusals(NotFound, EndpointNotInState))
def send_test(db: Db, asker: WebhooksWriter, now: Now, id: UUID) -> EndpointTestOut:
    """Send a test event to this endpoint alone; how it went is in its deliveries."""
    return EndpointTestOut(event_id=endpoints.send_test(db, asker, id, now))


@router.get(f"{ONE}/secrets", responses=refusals(NotFound))
def list_endpoint_secrets(db: Db, asker: WebhooksReader, now: Now, id: UUID) -> WebhookKeysOut:
    """The keys of an endpoint without their secrets, the newest first."""
    return WebhookKeysOut(items=list(key_acts.list_keys(db, asker, id, now)))


@router.post(
    f"{ONE}/secrets",
    status_code=201,
    responses=refusals(NotFound, NotAKey, NoKeysInScheme, TooManyKeys, EndpointNotInState),
)
def rotate_endpoint_secret(
    db: Db, asker: WebhooksWriter, now: Now, id: UUID, body: RotationIn
) -> WebhookKeyMadeOut:
    """A new key, shown once; those before it stay valid over the overlap (INT-2)."""
    return key_acts.rotate(db, asker, id, body, now)


@router.post(f"{ONE}/secrets/{{secret_id}}/expire", responses=refusals(NotFound, LastKey))
def expire_endpoint_secret(
    db: Db, asker: WebhooksWriter, now: Now, id: UUID, secret_id: UUID
) -> WebhookKeyOut:
    """A key is not valid from now on; the last one can only be replaced."""
    return key_acts.expire(db, asker, id, secret_id, now)
