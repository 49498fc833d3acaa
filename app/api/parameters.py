"""The city's parameters with their dates."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["city"])
