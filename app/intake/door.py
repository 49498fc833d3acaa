"""Who may send records: a worker's own handset, new enough, within its quota."""

from datetime import datetime
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import Depends, Header, Request, Security
from fastapi.security import SecurityScopes

from app.api.deps import bearer_token
from app.intake.carrier import Carrier
from app.intake.refusals import NotAHandset
from app.kit import clock
from app.kit.errors import Forbidden, Unauthenticated
from app.people.devices import check_app_version
from app.people.principal import Principal
from app.people.tokens import Doorkeeper

SCOPE = "handset"
ASKS_FOR_HANDSET: dict[str, Any] = {
    "security": [{"OAuth2PasswordBearer": [SCOPE]}],
    "parameters": [
        {
            "name": "X-App-Version",
            "in": "header",
            "required": False,
            "description": "Version of the handset's app",
            "schema": {"type": "string", "maxLength": 40},
        }
    ],
}
"""What the contract says of an endpoint that reads its asker itself."""

AppVersion = Annotated[
    str | None,
    Header(alias="X-App-Version", max_length=40, description="Version of the handset's app"),
]


async def carrier_of(request: Request) -> Carrier:
    """Whoever the bearer token of a request names, if it is a worker with a handset."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    now = clock.now()
    state = request.app.state
    asker = await _admit(state.doorkeeper, token, now)
    if SCOPE not in asker.scopes:
        raise Forbidden(needed=[SCOPE])
    if asker.worker_id is None or asker.device_id is None:
        raise NotAHandset
    state.quota.count(asker.account_id, now)
    app_version = request.headers.get("x-app-version")
    if app_version is not None:
        check_app_version(app_version, state.settings)
    return Carrier(asker.account_id, asker.worker_id, asker.device_id, asker.unit_code, now)


async def at_the_door(
    needed: SecurityScopes,
    request: Request,
    token: Annotated[str | None, Depends(bearer_token)],
    app_version: AppVersion = None,
) -> Carrier:
    """The same as a dependency, which the contract shows."""
    assert needed.scopes == [SCOPE]
    del token, app_version
    return await carrier_of(request)


async def _admit(doorkeeper: Doorkeeper, token: str, now: datetime) -> Principal:
    """Without waiting whom we know; else the database is asked in a thread."""
    known = doorkeeper.remembered(token, now)
    return await run_sync(doorkeeper.admit, token, now) if known is None else known


AtTheDoor = Annotated[Carrier, Security(at_the_door, scopes=[SCOPE])]
