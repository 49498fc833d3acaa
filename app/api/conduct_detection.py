"""Searching a month for grounds, and what speaks for A2 (CON)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["conduct"])
