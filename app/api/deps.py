"""What an endpoint's signature may ask for: a transaction, the asker with a scope, the language."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request, Security
from fastapi.security import OAuth2PasswordBearer, SecurityScopes
from sqlalchemy.orm import Session

from app.kit import clock
from app.kit.errors import Forbidden, Unauthenticated
from app.kit.language import Language, preferred
from app.media.store import PhotoStore
from app.people.principal import Principal
from app.people.roles import SCOPES
from app.people.tokens import Doorkeeper


def session(request: Request) -> Iterator[Session]:
    """One transaction a request, committed before the answer leaves."""
    with request.app.state.sessions.begin() as db:
        yield db


Db = Annotated[Session, Depends(session, scope="function")]


async def moment() -> datetime:
    """The instant of the request."""
    return clock.now()


Now = Annotated[datetime, Depends(moment)]


async def photo_store(request: Request) -> PhotoStore:
    """Where the content of photos lies."""
    found: PhotoStore = request.app.state.photo_store
    return found


Photos = Annotated[PhotoStore, Depends(photo_store)]


async def language(request: Request) -> Language:
    """The language the caller reads."""
    return preferred(request.headers.get("accept-language"))


Reads = Annotated[Language, Depends(language)]

bearer_token = OAuth2PasswordBearer(
    "/v1/tokens",
    scopes={name: f"{zh} / {en}" for name, (zh, en) in SCOPES.items()},
    auto_error=False,
)


def principal(
    needed: SecurityScopes,
    request: Request,
    now: Now,
    token: Annotated[str | None, Depends(bearer_token)],
) -> Principal:
    """Whoever the token names, if every scope needed is held and the quota is not used up."""
    if token is None:
        raise Unauthenticated
    doorkeeper: Doorkeeper = request.app.state.doorkeeper
    asker = doorkeeper.admit(token, now)
    request.app.state.quota.count(asker.account_id, now)
    if not set(needed.scopes) <= asker.scopes:
        raise Forbidden(needed=needed.scopes)
    return asker


Handset = Annotated[Principal, Security(principal, scopes=["handset"])]
Me = Annotated[Principal, Security(principal, scopes=["me"])]
SignedIn = Annotated[Principal, Security(principal, scopes=["account"])]
UnitsReader = Annotated[Principal, Security(principal, scopes=["units:read"])]
UnitsWriter = Annotated[Principal, Security(principal, scopes=["units:write"])]
WorkersReader = Annotated[Principal, Security(principal, scopes=["workers:read"])]
WorkersWriter = Annotated[Principal, Security(principal, scopes=["workers:write"])]
CalendarReader = Annotated[Principal, Security(principal, scopes=["calendar:read"])]
CalendarWriter = Annotated[Principal, Security(principal, scopes=["calendar:write"])]
ParametersReader = Annotated[Principal, Security(principal, scopes=["parameters:read"])]
ParametersWriter = Annotated[Principal, Security(principal, scopes=["parameters:write"])]
BoardsReader = Annotated[Principal, Security(principal, scopes=["boards:read"])]
TracksReader = Annotated[Principal, Security(principal, scopes=["tracks:read"])]
DecisionsReader = Annotated[Principal, Security(principal, scopes=["decisions:read"])]
DecisionsWriter = Annotated[Principal, Security(principal, scopes=["decisions:write"])]
AccountsReader = Annotated[Principal, Security(principal, scopes=["accounts:read"])]
AccountsWriter = Annotated[Principal, Security(principal, scopes=["accounts:write"])]
DevicesReader = Annotated[Principal, Security(principal, scopes=["devices:read"])]
DevicesWriter = Annotated[Principal, Security(principal, scopes=["devices:write"])]
SecurityWriter = Annotated[Principal, Security(principal, scopes=["security:write"])]
AuditReader = Annotated[Principal, Security(principal, scopes=["audit:read"])]
VisitsReader = Annotated[Principal, Security(principal, scopes=["visits:read"])]
VisitsWriter = Annotated[Principal, Security(principal, scopes=["visits:write"])]
GroupsWriter = Annotated[Principal, Security(principal, scopes=["groups:write"])]
RecordsReader = Annotated[Principal, Security(principal, scopes=["records:read"])]
RecordsWriter = Annotated[Principal, Security(principal, scopes=["records:write"])]
RecordsRevealer = Annotated[Principal, Security(principal, scopes=["records:reveal"])]
RightsKeeper = Annotated[Principal, Security(principal, scopes=["records:rights"])]
AccuracyReader = Annotated[Principal, Security(principal, scopes=["accuracy:read"])]
SamplesWriter = Annotated[Principal, Security(principal, scopes=["samples:write"])]
SamplesChecker = Annotated[Principal, Security(principal, scopes=["samples:check"])]
ListingsWriter = Annotated[Principal, Security(principal, scopes=["listings:write"])]
ErrandsReader = Annotated[Principal, Security(principal, scopes=["errands:read"])]
MeetingsReader = Annotated[Principal, Security(principal, scopes=["meetings:read"])]
MeetingsWriter = Annotated[Principal, Security(principal, scopes=["meetings:write"])]
EquipmentReader = Annotated[Principal, Security(principal, scopes=["equipment:read"])]
EquipmentWriter = Annotated[Principal, Security(principal, scopes=["equipment:write"])]
ExemptionsWriter = Annotated[Principal, Security(principal, scopes=["exemptions:write"])]
KeyPeriodsReader = Annotated[Principal, Security(principal, scopes=["key_periods:read"])]
KeyPeriodsWriter = Annotated[Principal, Security(principal, scopes=["key_periods:write"])]
PlatformLoginsWriter = Annotated[Principal, Security(principal, scopes=["platform_logins:write"])]
SheetsReader = Annotated[Principal, Security(principal, scopes=["sheets:read"])]
MediaReader = Annotated[Principal, Security(principal, scopes=["media:read"])]
EventsReader = Annotated[Principal, Security(principal, scopes=["events:read"])]
EventsActor = Annotated[Principal, Security(principal, scopes=["events:act"])]
EventsDecider = Annotated[Principal, Security(principal, scopes=["events:decide"])]
EventRulesWriter = Annotated[Principal, Security(principal, scopes=["event_rules:write"])]
WebhooksReader = Annotated[Principal, Security(principal, scopes=["webhooks:read"])]
WebhooksWriter = Annotated[Principal, Security(principal, scopes=["webhooks:write"])]
PlatformsReader = Annotated[Principal, Security(principal, scopes=["platforms:read"])]
PlatformsRevealer = Annotated[Principal, Security(principal, scopes=["platforms:reveal"])]
PlatformsWriter = Annotated[Principal, Security(principal, scopes=["platforms:write"])]
PlatformFetcher = Annotated[Principal, Security(principal, scopes=["platform:fetch"])]
ApprovalsReader = Annotated[Principal, Security(principal, scopes=["approvals:read"])]
ApprovalsActor = Annotated[Principal, Security(principal, scopes=["approvals:act"])]
DelegationsWriter = Annotated[Principal, Security(principal, scopes=["delegations:write"])]
HiringReader = Annotated[Principal, Security(principal, scopes=["hiring:read"])]
HiringWriter = Annotated[Principal, Security(principal, scopes=["hiring:write"])]
ConductReader = Annotated[Principal, Security(principal, scopes=["conduct:read"])]
ConductRecorder = Annotated[Principal, Security(principal, scopes=["conduct:record"])]
ConductDecider = Annotated[Principal, Security(principal, scopes=["conduct:decide"])]
SurveysWriter = Annotated[Principal, Security(principal, scopes=["surveys:write"])]
AppraisalsReader = Annotated[Principal, Security(principal, scopes=["appraisals:read"])]
AppraisalsWriter = Annotated[Principal, Security(principal, scopes=["appraisals:write"])]
PayReader = Annotated[Principal, Security(principal, scopes=["pay:read"])]
PayWriter = Annotated[Principal, Security(principal, scopes=["pay:write"])]
PayStandardsWriter = Annotated[Principal, Security(principal, scopes=["pay_standards:write"])]

Limit = Annotated[int, Query(ge=1, le=500, description="How many rows at most")]
Cursor = Annotated[
    str | None, Query(max_length=400, description="`next_cursor` of the page before")
]
