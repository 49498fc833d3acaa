"""Events: lists, one with its history, likely duplicates (EVT-1)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["incidents"])
