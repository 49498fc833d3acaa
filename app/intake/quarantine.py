"""What can't be taken is kept as it came, with the reason; the worker and the station see it."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db.models import Quarantine
from app.intake.carrier import Carrier
from app.kit.errors import Refusal
from app.outbox.emit import emit

LARGEST = 2**63
DEEPEST = 100
"""How deep kept content may be nested: what is deeper is kept as text, so that it can be shown."""


@dataclass(frozen=True)
class Kept:
    """Something set aside: what it was, and why."""

    kind: str
    item_id: UUID | None
    content: object
    refusal: Refusal
    community_code: str | None


def canonical(content: object) -> bytes:
    """One text for one content, whatever the order of its keys."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), default=str).encode()


def set_aside(session: Session, carrier: Carrier, kept: Kept, received_at: datetime) -> None:
    """Keep it and leave a trace; the same thing set aside twice is one row."""
    deep = is_deep(kept.content)
    content = canonical(kept.content).decode() if deep else storable(kept.content)
    digest = hashlib.sha256(canonical([str(kept.item_id), kept.kind, content])).digest()
    row = insert(Quarantine).values(
        item_id=kept.item_id,
        account_id=carrier.account_id,
        worker_id=carrier.worker_id,
        community_code=kept.community_code or carrier.unit_code[:12],
        device_id=carrier.device_id,
        kind=storable(kept.kind[:60]),
        digest=digest,
        content={"received": content},
        code=kept.refusal.code,
        message=kept.refusal.title("zh"),
        received_at=received_at,
    )
    row = row.on_conflict_do_nothing(index_elements=["account_id", "digest"])
    key = session.scalar(row.returning(Quarantine.id))
    if key is not None:
        emit(
            session,
            "record.set_aside",
            by=carrier.account_id,
            unit_code=kept.community_code or carrier.unit_code[:12],
            subject=("quarantine", key),
            code=kept.refusal.code,
        )


def is_deep(content: object) -> bool:
    """Whether content is nested deeper than it may be kept as it is."""
    level: list[Any] = [content]
    for _ in range(DEEPEST):
        level = [part for within in level for part in _parts(within)]
        if not level:
            return False
    return True


def _parts(value: object) -> Collection[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else ()


def storable(value: Any) -> Any:
    """A value as JSONB can hold it: no NUL, no lone surrogates, no numbers beyond measure."""
    if isinstance(value, str):
        return value.replace("\x00", "\\u0000").encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {storable(str(key)): storable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [storable(part) for part in value]
    if isinstance(value, int | float) and not abs(value) < LARGEST:
        return str(value)
    return value
