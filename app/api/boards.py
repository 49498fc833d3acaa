"""Boards, summaries, lists."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["supervision"])
