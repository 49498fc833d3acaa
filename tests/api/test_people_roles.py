"""Who gets to what concerns workers' standing at all: the contract's scopes, role by role."""

import pytest
from fastapi import FastAPI

from app.people.roles import ROLES

LINE = {"station_lead", "township", "command_centre", "leading_group_office"}
"""The offices of the procedures (ORG-1)."""
PAY = {"command_centre", "leading_group_office", "finance"}
READERS = {"approvals": LINE, "hiring": LINE, "conduct": LINE, "appraisal": LINE, "pay": PAY}
WRITERS = {
    "approvals": LINE,
    "hiring": LINE,
    "conduct": LINE,
    "appraisal": {"station_lead", "township"},
    "pay": {"command_centre"},
}


@pytest.mark.parametrize("tag", sorted(READERS))
def test_org_1_no_other_role_reads_or_writes(operations: FastAPI, tag: str) -> None:
    found = 0
    for path, methods in operations.openapi()["paths"].items():
        for method, operation in methods.items():
            if tag not in operation["tags"]:
                continue
            found += 1
            needed = {
                scope
                for need in operation["security"]
                for scopes in need.values()
                for scope in scopes
            }
            allowed = READERS[tag] if method == "get" else WRITERS[tag]
            allowed = {"worker"} if path.startswith("/v1/me/") else allowed
            held = {role for role, scopes in ROLES.items() if needed <= scopes}
            assert held, path
            assert held <= allowed, f"{method} {path}"
    assert found > 4
