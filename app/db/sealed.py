"""Columns that only the key outside the database can read, and keyed indexes to find them by."""

import hmac
import json
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, Engine, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from app.kit.clock import day_start
from app.kit.ids import uuid7
from app.kit.schema import IN_FORCE
from app.kit.secrets import derive, seal, unseal

KEY = "jianyang_secret"
SEALED = "sealed"


def give_key(engine: Engine, secret: bytes) -> None:
    """Let the columns of an engine's connections be read; kept on its dialect, never in SQL."""
    setattr(engine.dialect, KEY, secret)


def key_of(dialect: Dialect) -> bytes:
    """The secret that was given; without it nothing is written in plain by mistake."""
    secret = getattr(dialect, KEY, None)
    if not isinstance(secret, bytes):
        raise TypeError("this engine was given no key for sealed columns")
    return secret


def key_from_content(session: Session, purpose: str, content: object) -> UUID:
    """A UUIDv7 that equal contents share and that tells nothing of them without the secret."""
    secret = key_of(session.get_bind().dialect)
    said = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str).encode()
    digest = hmac.digest(derive(secret, f"key of {purpose}"), said, sha256)
    return uuid7(day_start(IN_FORCE), digest[:10])


class Sealed(TypeDecorator[Any]):
    """A JSON value, encrypted and authenticated for one purpose. Raises Unreadable."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    @override
    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Plain to sealed."""
        if value is None:
            return None
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return seal(key_of(dialect), self.purpose, plain)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Sealed to plain."""
        return None if value is None else json.loads(unseal(key_of(dialect), self.purpose, value))


class SealedWithin(TypeDecorator[Any]):
    """A JSON object, sealed within a JSONB column; one that was written in plain stays readable."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    @override
    def process_bind_param(self, value: Any, dialect: Dialect) -> dict[str, str] | None:
        """Plain to sealed."""
        if value is None:
            return None
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return {SEALED: seal(key_of(dialect), self.purpose, plain)}

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Sealed to plain."""
        if not isinstance(value, dict) or set(value) != {SEALED}:
            return value
        return json.loads(unseal(key_of(dialect), self.purpose, value[SEALED]))


class Blind(TypeDecorator[Any]):
    """A keyed index (HMAC-SHA256) of a text: equal texts are found, none can be read back."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    @override
    def process_bind_param(self, value: str | bytes | None, dialect: Dialect) -> bytes | None:
        """A text becomes its digest; a digest stays."""
        if value is None or isinstance(value, bytes):
            return value
        return hmac.digest(derive(key_of(dialect), self.purpose), value.encode(), sha256)

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        """The digest."""
        del dialect
        return None if value is None else bytes(value)
