"""Push: many items in one request, one result for each."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["handset"])
