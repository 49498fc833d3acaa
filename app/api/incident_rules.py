"""Categories and deadlines of events: the centre sets them from a date on."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["incidents"])
