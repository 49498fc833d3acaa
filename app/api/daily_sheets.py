"""The day's sheet (网格员每日任务清单表) as data and as a file (TSK-2)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["tasks"])
