"""What waits for a decision."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["supervision"])
