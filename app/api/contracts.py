"""Contracts, their notices and their ends; resignations (HIRE-3, CON-4)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["hiring"])
