"""Grids without a first responsible worker (ORG-2)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["hiring"])
