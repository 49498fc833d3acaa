"""Logins to the two platforms as the station records them (TSK-1, TSK-3)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["tasks"])
