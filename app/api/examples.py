"""One example of every message, put together from what its fields are called and may be."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
ID = "0199d2f0-3c00-7a01-8b02-5f6a7b8c9d0e"
MOMENT = "2026-03-18T00:42:10Z"

BY_NAME: dict[str, Any] = {
    "accepted": 60,
    "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk5In0.c2lnbmF0dXJl",
    "accuracy": 8,
    "accuracy_m": 8,
    "app_version": "1.4.0",
    "boot_id": "5c0d1f6e",
    "captured_at": "2026-03-18T08:42:10+08:00",
    "clause": "三(一)1 “3”",
    "closes": "09:00:00",
    "code": None,
    "community": "510185001001",
    "community_code": "510185001001",
    "day": "2026-03-18",
    "description": "3栋楼下井盖破损",
    "distance_m": 34.2,
    "effective_from": "2026-04-01",
    "elapsed_ms": 5_400_000,
    "ends_at": "2026-03-18T19:30:00+08:00",
    "first_day": "2026-03-18",
    "from": "2026-03-18",
    "grid": "510185001001001",
    "grid_code": "510185001001001",
    "last_day": "2026-03-19",
    "lat": 30.411,
    "lon": 104.547,
    "message": None,
    "model": "HUAWEI Enjoy 60",
    "name": "周明",
    "new": "Green-Bridge-2026",
    "next_cursor": None,
    "note": "",
    "offset_s": 2.5,
    "old": "Old-Bridge-2025",
    "on": "2026-03-18",
    "opens": "08:30:00",
    "parent_code": "510185001",
    "password": "Green-Bridge-2026",
    "phone": "19900000001",
    "place": "3栋2单元",
    "reason": "手机没电，当时已在站内，有值班记录",
    "rule": "ATT-1",
    "rules_version": "2017-09-01+1",
    "since": "2017-09-01",
    "starts_at": "2026-03-18T18:30:00+08:00",
    "sent_at": "2026-03-18T09:10:00+08:00",
    "subject": "为独居老人代办社保认证",
    "t": 1_773_794_530_000,
    "to": "2026-03-31",
    "title": "签到",
    "token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk5In0.c2lnbmF0dXJl",
    "totp": "123456",
    "unit": "510185001001",
    "unit_code": "510185001001",
    "valid_from": "2026-01-01",
    "valid_to": None,
    "value": 200,
    "window": 1,
    "worker_name": "周明",
    "zh": "签到半径",
    "en": "Sign-in radius",
}
BY_FORMAT = {
    "uuid": ID,
    "date-time": MOMENT,
    "date": "2026-03-18",
    "time": "08:30:00",
    "binary": "",
}
DEEPEST = 8


class Composer:
    """Puts examples together over the schemas of one contract."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self.schemas = schemas

    def example(self, schema: Schema, name: str = "", depth: int = 0) -> Any:
        """A value that a schema takes; `name` is the field's."""
        if "$ref" in schema:
            referred = self.schemas[schema["$ref"].rpartition("/")[2]]
            return self.example(referred, name, depth + 1)
        for known in (schema.get("examples") or [])[:1]:
            return known
        for key in ("const", "default"):
            if schema.get(key) is not None:
                return schema[key]
        if "enum" in schema:
            return schema["enum"][0]
        if name in BY_NAME and fits(BY_NAME[name], schema):
            return BY_NAME[name]
        return self._by_type(schema, name, depth)

    def _by_type(self, schema: Schema, name: str, depth: int) -> Any:
        for key in ("anyOf", "oneOf", "allOf"):
            if key in schema:
                return self._first_of(schema[key], name, depth)
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, name, depth)
        return simple(schema, name)

    def _first_of(self, choices: list[Schema], name: str, depth: int) -> Any:
        if depth > DEEPEST and any(choice.get("type") == "null" for choice in choices):
            return None
        return self.example(choices[0], name, depth)

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        return {
            field: self.example(part, field, depth + 1)
            for field, part in schema.get("properties", {}).items()
        }

    def _array(self, schema: Schema, name: str, depth: int) -> list[Any]:
        if "prefixItems" in schema:
            return [self.example(part, name, depth + 1) for part in schema["prefixItems"]]
        least = schema.get("minItems", 1)
        singular = name.removesuffix("s")
        return [self.example(schema.get("items", {}), singular, depth + 1)] * max(1, least)


def simple(schema: Schema, name: str) -> Any:
    """A value of a simple type, within its bounds."""
    match schema.get("type"):
        case "string":
            return BY_FORMAT.get(schema.get("format", ""), name or "文字")
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
        case "boolean":
            return False
        case _:
            return None


def fits(value: Any, schema: Schema) -> bool:
    """Whether a well-known value is of a schema's type."""
    types = {part.get("type") for part in schema.get("anyOf", [schema])}
    if value is None:
        return "null" in types
    if isinstance(value, str):
        return "string" in types
    return "number" in types or ("integer" in types and isinstance(value, int))


def with_nulls(example: Any, schema: Schema, schemas: Mapping[str, Schema]) -> Any:
    """An example with the nulls back that the framework takes out of what it writes."""
    schema = _behind(schema, schemas)
    if isinstance(example, list):
        return [with_nulls(part, schema.get("items", {}), schemas) for part in example]
    if not isinstance(example, dict):
        return example
    fields = schema.get("properties", {})
    nulls = {
        name: None
        for name in schema.get("required", ())
        if name not in example and fits(None, fields[name])
    }
    kept = {name: with_nulls(part, fields.get(name, {}), schemas) for name, part in example.items()}
    return kept | nulls


def _behind(schema: Schema, schemas: Mapping[str, Schema]) -> Schema:
    """What a reference leads to, also where null may stand in its place."""
    referred = next((part for part in schema.get("anyOf", ()) if "$ref" in part), schema)
    return schemas[referred["$ref"].rpartition("/")[2]] if "$ref" in referred else schema


def fill(schemas: dict[str, Any]) -> None:
    """Give each object schema without an example one of its own, and all their nulls."""
    for schema in schemas.values():
        if schema.get("examples"):
            schema["examples"] = [
                with_nulls(example, schema, schemas) for example in schema["examples"]
            ]
    composer = Composer(schemas)
    made = {
        name: composer.example(schema)
        for name, schema in schemas.items()
        if schema.get("type") == "object" and not schema.get("examples")
    }
    for name, example in made.items():
        schemas[name]["examples"] = [example]
