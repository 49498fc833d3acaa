"""Deliveries, attempts, dead letters and replays (INT-2)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["webhooks"])
