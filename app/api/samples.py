"""Sampled, blind checks of accuracy (INF-3)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["accuracy"])
