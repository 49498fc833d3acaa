"""Decided penalties, appeals, interviews and reviews (CON-1 to CON-3)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["conduct"])
