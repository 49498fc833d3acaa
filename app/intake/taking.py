"""A record whose circumstances are known is taken: recorded by its kind, and its result kept."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.api.problems import CONSTRAINTS, plain
from app.db.models import Submission
from app.intake import quarantine
from app.intake.carrier import Carrier
from app.intake.items import Reading, Retry, Status
from app.intake.kinds import KINDS, Recorded
from app.intake.quarantine import Kept, canonical
from app.intake.refusals import ItemMalformed, KindUnknown
from app.kit.errors import Conflict, Refusal
from app.kit.schema import In
from app.people.capture import Capture, OutOfScope
from app.people.posts import NoPost

log = structlog.get_logger()


@dataclass(frozen=True)
class Outcome:
    """What became of a record; `made`: its key and others that exist now because of it."""

    status: Status
    retry: Retry
    code: str | None
    facts: dict[str, Any]
    refusal: Refusal | None = None
    made: tuple[UUID, ...] = ()

    @property
    def stored(self) -> dict[str, Any]:
        """What every repeat gets again."""
        return {"status": self.status, "code": self.code, "facts": self.facts}


@dataclass(frozen=True)
class Submitted:
    """A record that has the form."""

    kind: str
    reading: Reading
    body: In

    @property
    def digest(self) -> bytes:
        """Of kind, capture time, clock readings and body; an anchor may be renewed."""
        content = [
            self.kind,
            self.reading.captured_at.astimezone(UTC).isoformat(),
            self.reading.boot_id,
            self.reading.elapsed_ms,
            self.body.model_dump(mode="json"),
        ]
        return hashlib.sha256(canonical(content)).digest()

    @property
    def content(self) -> dict[str, Any]:
        """The record as it is kept where it can't be taken."""
        return self.reading.model_dump(mode="json", exclude={"anchor", "body"}) | {
            "body": self.body.model_dump(mode="json")
        }


@dataclass(frozen=True)
class Digested:
    """A record in its form, and what it is known again by."""

    kind: str
    body: In
    digest: bytes


def read_body(kind: str, body: object) -> In:
    """A body in its kind's form; raises KindUnknown or pydantic's error."""
    known = KINDS.get(kind)
    if known is None:
        raise KindUnknown(kind=kind, known=sorted(KINDS))
    return known.body.model_validate_json(canonical(body))


def take(session: Session, capture: Capture, record: Digested) -> Outcome:
    """Record it, and keep the result that every repeat gets; raises what its kind refuses."""
    recorded = KINDS[record.kind].record(session, capture, record.body)
    outcome = outcome_of(recorded, capture.id)
    session.add(
        Submission(
            id=capture.id,
            account_id=capture.account_id,
            worker_id=capture.worker_id,
            device_id=capture.device_id,
            kind=record.kind,
            digest=record.digest,
            result=outcome.stored,
            received_at=capture.received_at,
        )
    )
    return outcome


def outcome_of(recorded: Recorded, key: UUID | None = None) -> Outcome:
    """What becomes of what was recorded."""
    made = recorded.made if key is None else (key, *recorded.made)
    return Outcome(recorded.status, "never", recorded.code, recorded.facts, made=made)


def attempt(session: Session, act: Callable[[], Outcome]) -> Outcome | Refusal:
    """An act in a savepoint of its own; what the database refuses is said as a refusal."""
    try:
        with session.begin_nested():
            return act()
    except Refusal as refusal:
        return refusal
    except IntegrityError as error:
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""
        return CONSTRAINTS.get(name, Conflict)(constraint=name)
    except DataError:
        return ItemMalformed(problems=[{"at": "body", "why": "value out of range"}])
    except OperationalError as error:
        if error.connection_invalidated:
            raise
        log.warning("item_not_taken", error=type(error.orig).__name__)
        return Outcome("error", "later", "service.unavailable", {})


def set_aside(session: Session, carrier: Carrier, kept: Kept) -> Outcome:
    """Keep it, and say why."""
    quarantine.set_aside(session, carrier, kept, carrier.now)
    refusal = kept.refusal
    facts = plain(refusal.facts)
    if isinstance(refusal, NoPost | OutOfScope):
        return Outcome("out_of_scope", "never", refusal.code, facts, refusal)
    return Outcome("rejected", "after_fix", refusal.code, facts, refusal)
