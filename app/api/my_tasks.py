"""What is due today, by deadline and distance; the worker's own coverage (VIS-8)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["handset"])
