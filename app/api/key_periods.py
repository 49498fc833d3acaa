"""Responses of key periods: opened, acknowledged, reported (EMR-1)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["key periods"])
