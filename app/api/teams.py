"""The grid's team of levels 2 and 3 and its group chat (ORG-3)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["groups"])
