"""Who may send records: a worker's own handset, new enough, within its quota."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi import Depends, Header, Request, Security
from fastapi.security import SecurityScopes

from app.api.deps import bearer_token
from app.intake.refusals import NotAHandset
from app.kit import clock
from app.kit.errors import Forbidden, Unauthenticated
from app.people.devices import check_app_version
from app.people.principal import Principal
from app.people.tokens import Doorkeeper

AppVersion = Annotated[
    str | None,
    Header(alias="X-App-Version", max_length=40, description="Version of the handset's app"),
]


@dataclass(frozen=True)
class Carrier:
    """A worker's handset, and when it came to the door."""

    account_id: UUID
    worker_id: UUID
    device_id: UUID
    unit_code: str
    now: datetime


async def at_the_door(
    needed: SecurityScopes,
    request: Request,
    token: Annotated[str | None, Depends(bearer_token)],
    app_version: AppVersion = None,
) -> Carrier:
    """Whoever the token names, if it is a worker with a handset."""
    now = clock.now()
    if token is None:
        raise Unauthenticated
    state = request.app.state
    asker = await _admit(state.doorkeeper, token, now)
    if not set(needed.scopes) <= asker.scopes:
        raise Forbidden(needed=needed.scopes)
    if asker.worker_id is None or asker.device_id is None:
        raise NotAHandset
    state.quota.count(asker.account_id, now)
    if app_version is not None:
        check_app_version(app_version, state.settings)
    return Carrier(asker.account_id, asker.worker_id, asker.device_id, asker.unit_code, now)


async def _admit(doorkeeper: Doorkeeper, token: str, now: datetime) -> Principal:
    """Without waiting whom we know; else the database is asked in a thread."""
    known = doorkeeper.remembered(token, now)
    return await run_sync(doorkeeper.admit, token, now) if known is None else known


AtTheDoor = Annotated[Carrier, Security(at_the_door, scopes=["handset"])]
