"""Objections to appraisals and their answers."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["appraisal"])
