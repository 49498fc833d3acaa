"""A statement of pay as a page that prints on A4 (PAY)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["pay"])
