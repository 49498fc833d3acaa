"""Signing in and out, refreshing, second factors."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["accounts"])
