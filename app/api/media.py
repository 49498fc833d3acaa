"""Photos: which arrived, which are missing, and what they show."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["media"])
