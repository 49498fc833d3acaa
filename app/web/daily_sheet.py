"""The day's sheet as a page that prints on A4 (TSK-2)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["tasks"])
