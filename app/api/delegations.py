"""Who stands in for whom, over which dates."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["approvals"])
