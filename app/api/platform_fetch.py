"""Where a platform asks for more than it was told (INT-1)."""

from uuid import UUID

from fastapi import APIRouter

from app.api.deps import Db, PlatformFetcher
from app.api.problems import refusals
from app.kit.errors import NotFound
from app.platforms import fetching
from app.platforms.fetch_schemas import FetchedIncidentOut

router = APIRouter(prefix="/v1", tags=["platforms"])


@router.get("/platform/incidents/{id}", responses=refusals(NotFound))
def fetch_incident(db: Db, asker: PlatformFetcher, id: UUID) -> FetchedIncidentOut:
    """An event that a platform was told of, as it stands; each fetch is logged.

    data_sharing: with the description and the position that its handling needs; without who
    reported it, without the words of acts, without photos.
    """
    return fetching.fetch_incident(db, asker, id)
