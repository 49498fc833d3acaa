"""Edits that contradict each other, laid before the administrator (INF-1)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["records"])
