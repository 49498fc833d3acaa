"""Awareness of the grid service among residents (A3, B6)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["conduct"])
