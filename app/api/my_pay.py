"""The worker's own statements."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["pay"])
