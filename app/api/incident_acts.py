"""Acts of offices on events (EVT-1, EVT-3, EVT-4)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["incidents"])
