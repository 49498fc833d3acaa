"""Checks of work clothes and equipment, and exemptions (EQP-1)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["equipment"])
