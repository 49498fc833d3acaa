"""Correction requests (补签) and their decisions."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["attendance"])
