"""Accounts, roles, devices, logins and the audit log."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1", tags=["accounts"])
