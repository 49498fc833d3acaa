"""Visit places and records from and to spreadsheets, all or nothing."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["import and export"])
