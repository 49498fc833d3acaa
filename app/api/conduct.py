"""Proposals with their evidence, and what an office does with them (CON)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["conduct"])
