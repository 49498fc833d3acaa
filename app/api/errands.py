"""Errands for residents (SVC-1)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["errands"])
