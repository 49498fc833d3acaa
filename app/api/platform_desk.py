"""What the platforms sent and have: messages, views, receipts, reconciliation (INT-1)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["platforms"])
