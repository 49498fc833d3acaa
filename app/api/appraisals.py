"""Appraisals of months: indicators, records, corrections, closing (APR-1)."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["appraisal"])
