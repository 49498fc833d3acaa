"""A proposal explained on one page: what was owed, found, and would follow (CON)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["conduct"])
