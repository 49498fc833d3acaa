"""Whom visits are owed to: places and their targets of five kinds (VIS-6)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["visits"])
