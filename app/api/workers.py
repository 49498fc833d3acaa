"""Workers, their posts and their grids."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["city"])
