"""Inbox, map and statistics of events (EVT-1, EVT-3, EVT-5)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["incidents"])
