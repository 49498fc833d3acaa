"""Units, boundaries, stations and grids."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["city"])
