"""Information: collected, returned, entered, every version kept (INF-1, INF-2)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["records"])
