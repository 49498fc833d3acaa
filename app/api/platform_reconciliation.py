"""What a platform has of a date beside what we told it, and what was done about it (INT-2)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["platforms"])
