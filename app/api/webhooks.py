"""Endpoints, their keys and what they are told (INT-2)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["webhooks"])
