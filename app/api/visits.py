"""Visits made, with their verdicts and the track's corroboration (VIS-7)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["visits"])
