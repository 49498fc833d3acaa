"""Single records: the same commands and ids as push."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["handset"])
