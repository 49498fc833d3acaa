"""A worker's days, their evidence and their tracks."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["supervision"])
