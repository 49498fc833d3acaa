"""Likely duplicates, merged and taken apart again (INF-1)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["records"])
