"""Cases that go through a procedure: what waits, who took which step (HIRE-1, CON-5)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["approvals"])
