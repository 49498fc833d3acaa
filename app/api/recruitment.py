"""Applications to hire, from the township to the signed contract (HIRE-1, HIRE-2)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["hiring"])
