"""What held of a worker on any past date: contract, penalties, appraisals, pay."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["conduct"])
