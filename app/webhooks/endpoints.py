"""Who is told: opened, changed, paused, enabled, tested and retired by the administrator (INT-1).

What is recorded of an act never holds a secret: of an address the host alone, as its path may
hold one, and of credentials their names.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import and_, or_, update
from sqlalchemy.orm import Session

from app.db.models import Unit, WebhookDelivery, WebhookEndpoint
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.outbox.catalogue import ENDPOINT, TEST, told_of
from app.outbox.emit import emit
from app.outbox.fanout import Told, tell_one
from app.people.account_refusals import UnknownUnit
from app.people.principal import Principal
from app.rules.delivery import DeliveryState, EndpointState, Scheme, SecretUse
from app.rules.telling import MOVES, EndpointAct, allowed_acts
from app.webhooks.addresses import check_reach
from app.webhooks.keys import add_key, check_secret, new_secret
from app.webhooks.refusals import (
    CredentialsMissing,
    EndpointNotInState,
    InboundNeedsPlatform,
    NoKeysInScheme,
)
from app.webhooks.schemas import CredentialsIn, EndpointChangeIn, EndpointIn

NEEDED: Mapping[Scheme, tuple[str, ...]] = {
    Scheme.STANDARD_WEBHOOKS: (),
    Scheme.HMAC_HEADER: ("app_key",),
    Scheme.OAUTH: ("token_url", "client_id", "client_secret"),
}
AS_ASKED = {
    "url",
    "description",
    "platform",
    "scheme",
    "inbound_scheme",
    "event_types",
    "allow_cidrs",
    "at_once",
}
WAITING = (DeliveryState.PENDING, DeliveryState.RETRYING)
SPOKEN = {
    EndpointAct.PAUSE: "webhook_endpoint.paused",
    EndpointAct.RESUME: "webhook_endpoint.resumed",
    EndpointAct.ENABLE: "webhook_endpoint.enabled",
    EndpointAct.RETIRE: "webhook_endpoint.retired",
}
MadeSecrets = Mapping[SecretUse, str]
"""Those that were made here, to be shown once."""


def open_endpoint(
    session: Session, asker: Principal, body: EndpointIn, now: datetime
) -> tuple[WebhookEndpoint, MadeSecrets]:
    """A new endpoint, and the secrets that were made for it."""
    endpoint = _new(session, asker, body, now)
    made = _first_keys(session, endpoint, body, now)
    _trace(
        session,
        asker,
        "webhook_endpoint.opened",
        endpoint,
        scheme=endpoint.scheme.value,
        platform=endpoint.platform.value if endpoint.platform else None,
        event_types=endpoint.event_types,
        allow_cidrs=endpoint.allow_cidrs,
        keys_made=sorted(made),
    )
    return endpoint, made


def _new(session: Session, asker: Principal, body: EndpointIn, now: datetime) -> WebhookEndpoint:
    unit_code = body.unit_code or asker.unit_code
    _check_unit(session, asker, unit_code)
    _check_inbound(body)
    endpoint = WebhookEndpoint(
        id=uuid7(now),
        unit_code=unit_code,
        credentials=_plain(body.credentials),
        state=EndpointState.ACTIVE,
        created_at=now,
        created_by=asker.account_id,
        **body.model_dump(include=AS_ASKED),
    )
    _check(endpoint)
    session.add(endpoint)
    session.flush()
    return endpoint


def change_endpoint(
    session: Session, asker: Principal, key: UUID, body: EndpointChangeIn
) -> WebhookEndpoint:
    """What is named changes; what was told before stays told."""
    endpoint = endpoint_of(session, asker, key, for_change=True)
    if endpoint.state is EndpointState.RETIRED:
        raise EndpointNotInState(state=endpoint.state, allowed=[])
    if body.unit_code is not None:
        _check_unit(session, asker, body.unit_code)
    named = {name: value for name, value in body.model_dump().items() if value is not None}
    if body.credentials is not None:
        named["credentials"] = _plain(body.credentials)
    changed = sorted(name for name, value in named.items() if getattr(endpoint, name) != value)
    for name in changed:
        setattr(endpoint, name, named[name])
    _check(endpoint)
    session.flush()
    if changed:
        allowed = {"allow_cidrs": endpoint.allow_cidrs} if "allow_cidrs" in changed else {}
        _trace(session, asker, "webhook_endpoint.changed", endpoint, changed=changed, **allowed)
    return endpoint


def act_on_endpoint(
    session: Session, asker: Principal, key: UUID, act: EndpointAct, now: datetime
) -> WebhookEndpoint:
    """Pause, resume, enable or retire; raises EndpointNotInState."""
    endpoint = endpoint_of(session, asker, key, for_change=True)
    before = endpoint.state
    endpoint.state = _after(endpoint, act)
    if act is EndpointAct.ENABLE:
        endpoint.why_disabled = endpoint.failing_since = endpoint.failed_last_at = None
        endpoint.rests_until, endpoint.failures = None, 0
    if act is EndpointAct.RETIRE:
        endpoint.retired_at = now
        _give_up(session, endpoint.id, now)
    _trace(session, asker, SPOKEN[act], endpoint, before=before.value)
    return endpoint


def send_test(session: Session, asker: Principal, key: UUID, now: datetime) -> UUID:
    """Tell this endpoint alone a test; the key of the event."""
    endpoint = endpoint_of(session, asker, key, for_change=True)
    _after(endpoint, EndpointAct.TEST)
    told = Told(
        TEST,
        (ENDPOINT, str(endpoint.id)),
        endpoint.unit_code,
        now,
        told_of(TEST, {"sent_at": now.isoformat()}),
    )
    event_id = tell_one(session, told, endpoint.id)
    _trace(session, asker, "webhook_endpoint.tested", endpoint, event=str(event_id))
    return event_id


def endpoint_of(
    session: Session, asker: Principal, key: UUID, *, for_change: bool = False
) -> WebhookEndpoint:
    """One endpoint within the asker's unit; raises NotFound."""
    found = session.get(WebhookEndpoint, key, with_for_update=for_change)
    if found is None:
        raise NotFound
    asker.look(found.unit_code)
    return found


def scheme_of(endpoint: WebhookEndpoint, use: SecretUse) -> Scheme:
    """How a direction is signed; raises NoKeysInScheme where none is."""
    scheme = endpoint.scheme if use is SecretUse.OUTBOUND else endpoint.inbound_scheme
    if scheme is None or scheme is Scheme.OAUTH:
        raise NoKeysInScheme
    return scheme


def _after(endpoint: WebhookEndpoint, act: EndpointAct) -> EndpointState:
    """The state that an act leads to."""
    after = MOVES.get((endpoint.state, act))
    if after is None:
        raise EndpointNotInState(state=endpoint.state, allowed=allowed_acts(endpoint.state))
    return after


def _give_up(session: Session, endpoint_id: UUID, now: datetime) -> None:
    """Nobody is there to be told any more: what waits is dead, and what a killed worker held.

    What is under way is given up by whoever sends it, unless it arrives.
    """
    lost = and_(
        WebhookDelivery.state == DeliveryState.DELIVERING, WebhookDelivery.claimed_until <= now
    )
    session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint_id,
            or_(WebhookDelivery.state.in_(WAITING), lost),
        )
        .values(state=DeliveryState.DEAD, finished_at=now)
    )


def _first_keys(
    session: Session, endpoint: WebhookEndpoint, body: EndpointIn, now: datetime
) -> MadeSecrets:
    made: dict[SecretUse, str] = {}
    wanted = (
        (SecretUse.OUTBOUND, endpoint.scheme, body.secret),
        (SecretUse.INBOUND, endpoint.inbound_scheme, body.inbound_secret),
    )
    for use, scheme, given in wanted:
        if scheme is None or (scheme is Scheme.OAUTH and given is None):
            continue
        secret = new_secret(scheme) if given is None else check_secret(scheme, given)
        add_key(session, endpoint.id, use, secret, now)
        if given is None:
            made[use] = secret
    return made


def _check_unit(session: Session, asker: Principal, unit_code: str) -> None:
    asker.act(unit_code)
    if session.get(Unit, unit_code) is None:
        raise UnknownUnit(unit=unit_code)


def _check_inbound(body: EndpointIn) -> None:
    if body.inbound_scheme is None and body.inbound_secret is None:
        return
    if body.platform is None or body.inbound_scheme in {None, Scheme.OAUTH}:
        raise InboundNeedsPlatform


def _check(endpoint: WebhookEndpoint) -> None:
    """Whether its addresses may be reached, and its credentials are what its schemes need."""
    given = endpoint.credentials or {}
    check_reach(endpoint.url, endpoint.allow_cidrs)
    if given.get("token_url"):
        check_reach(given["token_url"], endpoint.allow_cidrs)
    schemes = {endpoint.scheme, endpoint.inbound_scheme} - {None}
    needed = {name for scheme in schemes if scheme is not None for name in NEEDED[scheme]}
    missing = sorted(needed - set(given))
    if missing:
        raise CredentialsMissing(missing=missing)


def _plain(credentials: CredentialsIn | None) -> dict[str, Any] | None:
    return credentials.model_dump(exclude_none=True) if credentials else None


def _trace(
    session: Session, asker: Principal, name: str, endpoint: WebhookEndpoint, **facts: Any
) -> None:
    emit(
        session,
        name,
        by=asker.account_id,
        unit_code=endpoint.unit_code,
        subject=(ENDPOINT, endpoint.id),
        host=urlsplit(endpoint.url).hostname,
        **facts,
    )
