"""Minimum wage and performance standard from a date on (PAY-1, PAY-2)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["pay"])
