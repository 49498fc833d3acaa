"""The document of a case as a page that prints on A4 (HIRE-1, CON-5)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["approvals"])
