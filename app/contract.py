"""What the handset's makers get: everything in mobile_contract/ that is written by the code."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from app.kit.errors import catalogue
from app.rules.catalogue import regulation
from app.settings import ROOT
from app.webhooks.told import event_types

FOLDER = ROOT / "mobile_contract"
Document = Mapping[str, Any]


def documents(app: FastAPI) -> dict[str, Any]:
    """Each written file by its path below mobile_contract/."""
    contract = app.openapi()
    made: dict[str, Any] = {
        "openapi.json": contract,
        "errors.json": errors(),
        "regulation.json": regulation(),
        "webhooks.json": event_types().model_dump(mode="json"),
    }
    for name, schema in messages(contract).items():
        made[f"schemas/{name}.json"] = standalone(name, schema, contract)
        for example in schema.get("examples", [])[:1]:
            made[f"examples/{name}.json"] = example
    return made


def errors() -> list[dict[str, Any]]:
    """Every refusal: its stable code, status, titles, rule and clause."""
    return [
        {
            "code": refusal.code,
            "status": refusal.status,
            "title": {"zh": refusal.title("zh"), "en": refusal.title("en")},
            "rule": refusal.rule,
            "clause": refusal.clause,
        }
        for refusal in catalogue().values()
    ]


def messages(contract: Document) -> dict[str, dict[str, Any]]:
    """The schemas that are a whole body of some request or answer, by name."""
    schemas = contract["components"]["schemas"]
    names = {name for operation in operations(contract) for name in bodies(operation)}
    return {name: schemas[name] for name in sorted(names)}


def operations(contract: Document) -> Iterator[dict[str, Any]]:
    """Every operation of the contract."""
    for path in contract["paths"].values():
        yield from path.values()


def bodies(operation: Document) -> Iterator[str]:
    """The names of the schemas that an operation takes and gives as whole bodies."""
    answers = list(operation.get("responses", {}).values())
    for body in [operation.get("requestBody", {}), *answers]:
        for content in body.get("content", {}).values():
            schema = content.get("schema", {})
            for choice in schema.get("anyOf", [schema]):
                if "$ref" in choice:
                    yield choice["$ref"].rpartition("/")[2]


def standalone(name: str, schema: Document, contract: Document) -> dict[str, Any]:
    """A JSON Schema that needs no other file."""
    found: dict[str, Any] = {}
    _gather(schema, contract["components"]["schemas"], found)
    text = json.dumps(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **schema}
        | ({"$defs": found} if found else {})
    )
    made: dict[str, Any] = json.loads(text.replace("#/components/schemas/", "#/$defs/"))
    return made


def _gather(part: Any, schemas: Document, found: dict[str, Any]) -> None:
    if isinstance(part, Mapping):
        name = str(part.get("$ref", "")).rpartition("/")[2]
        if name and name not in found:
            found[name] = schemas[name]
            _gather(schemas[name], schemas, found)
        for value in part.values():
            _gather(value, schemas, found)
    elif isinstance(part, list):
        for value in part:
            _gather(value, schemas, found)


def written(document: Any) -> str:
    """A document as its file has it."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write(app: FastAPI, folder: Path = FOLDER) -> int:
    """Write what the code says; returns how many files there are now."""
    made = documents(app)
    for kind in ("schemas", "examples"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for stale in (folder / kind).glob("*.json"):
            stale.unlink()
    for name, document in made.items():
        (folder / name).write_text(written(document), encoding="utf-8")
    return len(made)
