"""Pull: changes in the worker's scope in commit order."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["handset"])
