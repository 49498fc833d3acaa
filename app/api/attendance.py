"""Sign-ins and their reviews."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["attendance"])
