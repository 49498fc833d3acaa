"""Photos come in pieces and are resumed (tus 1.0)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["handset"])
