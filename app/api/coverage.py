"""Coverage: paid of owed, per worker, grid and unit (VIS-8)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["visits"])
