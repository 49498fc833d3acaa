"""Meetings and training with attendance and cadences (MTG-1, TRN-1)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["meetings"])
