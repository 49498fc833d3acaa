"""The worker's own appraisals, down to the records, and objections."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["appraisal"])
