"""Appraisals of years, in four steps (APR-2)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["appraisal"])
