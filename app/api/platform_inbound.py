"""Where the platforms post to (INT-1)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["platforms"])
