"""Cards, extensions and withdrawals (EVT-3)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["incidents"])
