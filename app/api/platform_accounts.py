"""Which account at a platform is which worker (INT-1, TSK-3)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["platforms"])
