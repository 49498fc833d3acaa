"""What is held against the worker who asks, and the answers to it."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["conduct"])
