"""Promises every operation keeps, read off the contract itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fastapi import FastAPI

from app.contract import FOLDER, bodies, documents, messages, operations, written
from app.kit.errors import catalogue
from app.main import create_app
from app.people.roles import ROLES, SCOPES
from app.rules.catalogue import regulation
from app.settings import Settings

PUBLIC = {
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "POST /v1/tokens",
    "POST /v1/tokens/refresh",
    "POST /v1/platforms/{platform}/webhooks",
}
Contract = dict[str, Any]


@pytest.fixture(scope="module")
def app() -> Iterator[FastAPI]:
    made = create_app(Settings())
    yield made
    made.state.engine.dispose()


@pytest.fixture(scope="module")
def contract(app: FastAPI) -> Contract:
    found = app.openapi()
    assert len(found["paths"]) > 30
    return found


def named(contract: Contract) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in contract["paths"].items()
        for method, operation in methods.items()
    }


def test_every_operation_names_the_scope_it_requires(contract: Contract) -> None:
    open_doors = {
        name
        for name, operation in named(contract).items()
        if not any(scopes for need in operation.get("security", []) for scopes in need.values())
    }
    assert open_doors == PUBLIC


def test_every_scope_is_known_and_held_by_a_role(contract: Contract) -> None:
    needed = {
        scope
        for operation in operations(contract)
        for need in operation.get("security", [])
        for scopes in need.values()
        for scope in scopes
    }
    assert needed == set(SCOPES) & needed
    assert needed <= frozenset().union(*ROLES.values())


def test_every_refusal_is_a_problem_document_with_a_known_code(contract: Contract) -> None:
    codes = set(catalogue())
    for name, operation in named(contract).items():
        refused = {s: a for s, a in operation["responses"].items() if int(s) >= 400}
        if name not in PUBLIC:
            assert {"401", "403", "422"} <= set(refused), name
        for answer in refused.values():
            content = answer["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}, name
            assert set(content["examples"]) <= codes, name


def test_every_refusal_speaks_chinese_and_english() -> None:
    rules = {"0", *(entry["id"] for entry in regulation()["rules"])}
    for code, refusal in catalogue().items():
        assert code.count(".") <= 1, code
        assert refusal.title("en").isascii(), code
        assert not refusal.title("zh").isascii(), code
        assert refusal.rule is None or refusal.rule in rules, code


def test_every_operation_says_what_it_does(contract: Contract) -> None:
    for name, operation in named(contract).items():
        assert operation.get("description"), name


def test_every_message_has_an_example_that_its_schema_takes(contract: Contract) -> None:
    without = [name for name, schema in messages(contract).items() if not schema.get("examples")]
    assert without == []


def test_every_example_is_valid(app: FastAPI) -> None:
    made = documents(app)
    examples = [name for name in made if name.startswith("examples/")]
    assert examples
    for name in examples:
        schema = made[name.replace("examples/", "schemas/")]
        checker = jsonschema.Draft202012Validator(
            schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )
        problems = [error.message for error in checker.iter_errors(made[name])]
        assert not problems, (name, problems)


def test_every_body_is_a_named_message_or_a_file(contract: Contract) -> None:
    for name, operation in named(contract).items():
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            if media_type == "application/json":
                assert list(bodies({"requestBody": operation["requestBody"]})), name
            else:
                assert "octet-stream" in media_type, name
                assert {"$ref", "description"} & set(content["schema"]), name


def test_what_is_committed_is_what_the_code_says(app: FastAPI) -> None:
    made = documents(app)
    committed = {
        str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8")
        for path in [*FOLDER.glob("*.json"), *FOLDER.glob("schemas/*"), *FOLDER.glob("examples/*")]
    }
    drifted = {name for name in made if committed.get(name) != written(made[name])}
    assert not drifted | (set(committed) - set(made)), "run: python3 -m app contract"


def test_the_contract_is_json(root: Path) -> None:
    assert json.loads((root / "mobile_contract" / "openapi.json").read_text(encoding="utf-8"))
