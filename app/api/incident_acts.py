"""Acts of offices on events, and what is open to whom (EVT-1, EVT-3, EVT-4)."""

from uuid import UUID

from fastapi import APIRouter

from app.api.deps import Db, EventsActor, EventsDecider, EventsReader, Me, Now
from app.api.problems import refusals
from app.db.models import IncidentAct
from app.incidents import doers
from app.incidents.act_schemas import ActDoneOut, AllowedActsOut, EventDecisionIn, OfficeActIn
from app.incidents.card_refusals import (
    CardOfLowerTier,
    CardWithdrawn,
    ExtensionDecided,
    ExtensionNotMore,
    ExtensionOverdue,
    ExtensionTooLong,
)
from app.incidents.refusals import (
    ActFieldsWrong,
    ActIdReused,
    ActNotAllowed,
    CategoryUnknown,
    DuplicateUnfit,
    EscalatedTooFar,
    GridVacant,
    RegradeChangesNothing,
)
from app.kit.errors import NotFound

router = APIRouter(prefix="/v1", tags=["incidents"])

DECISIONS = (
    NotFound,
    ActFieldsWrong,
    ActIdReused,
    ActNotAllowed,
    CardOfLowerTier,
    CardWithdrawn,
    ExtensionDecided,
    ExtensionNotMore,
)
ACTS = (
    *DECISIONS,
    CategoryUnknown,
    DuplicateUnfit,
    EscalatedTooFar,
    ExtensionOverdue,
    ExtensionTooLong,
    GridVacant,
    RegradeChangesNothing,
)


@router.post(
    "/incidents/{id}/acts",
    status_code=201,
    response_model=ActDoneOut,
    responses=refusals(*ACTS),
)
def act_on_incident(
    db: Db, asker: EventsActor, now: Now, id: UUID, body: OfficeActIn
) -> IncidentAct:
    """An act of station, township or centre, once: the same again is answered with the first."""
    return doers.act_for_office(db, asker, id, body, now)


@router.post(
    "/incidents/{id}/decisions",
    status_code=201,
    response_model=ActDoneOut,
    responses=refusals(*DECISIONS),
)
def decide_on_incident(
    db: Db, asker: EventsDecider, now: Now, id: UUID, body: EventDecisionIn
) -> IncidentAct:
    """A higher tier decides on an extension or withdraws a card, with a reason (EVT-3)."""
    return doers.act_for_office(db, asker, id, body, now)


@router.get("/incidents/{id}/allowed-acts", responses=refusals(NotFound))
def allowed_acts(db: Db, asker: EventsReader, now: Now, id: UUID) -> AllowedActsOut:
    """What one's own tier may do to an event now."""
    return doers.allowed_for_office(db, asker, id, now)


@router.get("/me/incidents/{id}/allowed-acts", responses=refusals(NotFound))
def my_allowed_acts(db: Db, asker: Me, now: Now, id: UUID) -> AllowedActsOut:
    """What a worker may do to an event of the grid now."""
    return doers.allowed_for_worker(db, asker.as_worker(), id, now)
