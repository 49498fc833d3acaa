"""Payrolls of months: computed, approved, closed; registers and reports (PAY-3, PAY-4)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["pay"])
