"""The table of roles agrees with itself and with the contract."""

import pytest
from fastapi import FastAPI

from app.people.account_schemas import AccountIn
from app.people.passwords import is_strong, one_time_password
from app.people.roles import (
    ADMINISTRATIONS,
    ROLE_NAMES,
    ROLES,
    SCOPES,
    TIERS_OF_ROLES,
    scopes_of,
)


def test_every_role_is_named_placed_and_grantable() -> None:
    choices = AccountIn.model_json_schema()["properties"]["roles"]["items"]["enum"]
    assert set(ROLES) == set(ROLE_NAMES) == set(TIERS_OF_ROLES) == set(choices)
    assert all(TIERS_OF_ROLES.values())


def test_every_scope_of_a_role_exists_and_every_scope_is_somebodys() -> None:
    held = scopes_of(tuple(ROLES))
    assert held <= set(SCOPES)
    assert set(SCOPES) <= held


def test_every_scope_that_the_contract_asks_for_exists(api: FastAPI) -> None:
    paths = api.openapi()["paths"]
    asked = {
        scope
        for path in paths.values()
        for operation in path.values()
        for security in operation.get("security", [])
        for scopes in security.values()
        for scope in scopes
    }
    assert {"account", "handset", "audit:read"} <= asked
    assert asked <= set(SCOPES)


def test_administrations_share_nothing_that_changes_anything() -> None:
    acts = [
        {scope for scope in ROLES[role] if scope.endswith(":write") or scope == "audit:read"}
        for role in ADMINISTRATIONS
    ]
    assert len(acts) == 3
    assert sum(len(act) for act in acts) == len(set().union(*acts))


def test_only_workers_send_records() -> None:
    assert [role for role, scopes in ROLES.items() if "handset" in scopes] == ["worker"]


@pytest.mark.parametrize(
    ("password", "strong"),
    [
        ("Abcdefgh12", True),
        ("Abcdefgh1", False),
        ("abcdefgh12", False),
        ("abcdefg-12", True),
        ("ABCDEFGH-a", True),
        ("ABCDEFGH--", False),
        ("网格员的长密码Aa1", True),
        ("Ab-13900000001", False),
        ("Ab-13900000002", True),
        ("Ab1-wang-secret", False),
    ],
)
def test_strength(password: str, strong: bool) -> None:
    assert is_strong(password, "13900000001", "Wang") is strong


def test_one_time_passwords_are_strong_and_differ() -> None:
    made = {one_time_password() for _ in range(50)}
    assert len(made) == 50
    assert all(is_strong(password) for password in made)
