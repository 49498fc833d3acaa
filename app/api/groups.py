"""Mutual-aid groups and what they took over (ORG-5)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["groups"])
