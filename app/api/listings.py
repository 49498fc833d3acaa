"""Whom all must be known, known changes, and what became of them (INF-4, INF-5)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["accuracy"])
