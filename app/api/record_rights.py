"""Sensitive fields revealed for a purpose; a person's file exported, corrected, erased."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["records"])
