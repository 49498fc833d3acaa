"""What a worker sees of himself or herself."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["me"])
