"""One record through the door: known or new, its time judged, recorded or set aside."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.api.problems import CONSTRAINTS, plain
from app.db.models import Submission
from app.intake import quarantine
from app.intake.anchor_tokens import read_anchor
from app.intake.carrier import Carrier
from app.intake.items import Item, Reading, Retry, Status
from app.intake.kinds import KINDS, Recorded
from app.intake.quarantine import Kept, canonical
from app.intake.refusals import IdReused, ItemMalformed, KindUnknown, TooEarly
from app.kit.errors import Conflict, Refusal
from app.kit.schema import In
from app.people.capture import AfterReceipt, Capture
from app.people.posts import NoPost, post_of
from app.rules.civil import civil_day
from app.rules.dated import IN_FORCE
from app.rules.trusted_time import Captured, HandsetReading, correct_time, is_after_receipt

for key in ("submission", "appointment", "visit", "incident"):
    CONSTRAINTS[f"pk_{key}"] = IdReused
log = structlog.get_logger()


@dataclass(frozen=True)
class Sending:
    """A request that carries records: whose, when by the handset's clock, and our secret."""

    carrier: Carrier
    sent_at: datetime
    secret: bytes


@dataclass(frozen=True)
class Outcome:
    """What became of a record."""

    status: Status
    retry: Retry
    code: str | None
    facts: dict[str, Any]
    refusal: Refusal | None = None

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


def one_push_at_a_time(session: Session, carrier: Carrier) -> None:
    """Records of one account are taken one after the other: a repeat finds the first."""
    key = func.hashtextextended(push_lock_name(carrier.account_id), 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def push_lock_name(account_id: UUID) -> str:
    """What whoever takes an account's records locks."""
    return f"push {account_id}"


def submit_item(session: Session, sending: Sending, raw: object) -> Outcome:
    """An item of a push, whatever it is."""
    try:
        submitted = read_item(raw)
    except Refusal as refusal:
        return set_aside(session, sending.carrier, unreadable(raw, refusal))
    return submit(session, sending, submitted)


def unreadable(raw: object, refusal: Refusal) -> Kept:
    """An item that can't become a record, with what can be told of it."""
    kind, key = (raw.get("kind"), raw.get("id")) if isinstance(raw, dict) else (None, None)
    try:
        item_id = UUID(key) if isinstance(key, str) else None
    except ValueError:
        item_id = None
    return Kept(kind if isinstance(kind, str) else "unknown", item_id, raw, refusal, None)


def read_item(raw: object) -> Submitted:
    """Raises KindUnknown or ItemMalformed."""
    try:
        item = Item.model_validate_json(canonical(raw))
        kind = KINDS.get(item.kind)
        if kind is None:
            raise KindUnknown(kind=item.kind, known=sorted(KINDS))
        return Submitted(item.kind, item, kind.body.model_validate_json(canonical(item.body)))
    except ValidationError as error:
        problems = [
            {"at": ".".join(str(part) for part in found["loc"]), "why": found["msg"]}
            for found in error.errors(include_url=False, include_input=False)[:20]
        ]
        raise ItemMalformed(problems=problems) from None


def submit(session: Session, sending: Sending, submitted: Submitted) -> Outcome:
    """Recorded in a savepoint of its own, known already, or set aside."""
    try:
        with session.begin_nested():
            return _take(session, sending, submitted)
    except Refusal as found:
        refusal = found
    except IntegrityError as error:
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""
        refusal = CONSTRAINTS.get(name, Conflict)(constraint=name)
    except DataError:
        refusal = ItemMalformed(problems=[{"at": "body", "why": "value out of range"}])
    except OperationalError as error:
        if error.connection_invalidated:
            raise
        log.warning("item_not_taken", error=type(error.orig).__name__)
        return Outcome("error", "later", "service.unavailable", {})
    reading = submitted.reading
    content = reading.model_dump(mode="json", exclude={"anchor", "body"}) | {
        "body": submitted.body.model_dump(mode="json")
    }
    return set_aside(
        session, sending.carrier, Kept(submitted.kind, reading.id, content, refusal, None)
    )


def set_aside(session: Session, carrier: Carrier, kept: Kept) -> Outcome:
    """Keep it, and say why."""
    quarantine.set_aside(session, carrier, kept, carrier.now)
    refusal = kept.refusal
    facts = plain(refusal.facts)
    if isinstance(refusal, NoPost):
        return Outcome("out_of_scope", "never", refusal.code, facts, refusal)
    return Outcome("rejected", "after_fix", refusal.code, facts, refusal)


def _take(session: Session, sending: Sending, submitted: Submitted) -> Outcome:
    carrier, key = sending.carrier, submitted.reading.id
    known = session.get(Submission, key, populate_existing=True)
    if known is not None:
        if (known.account_id, known.digest) != (carrier.account_id, submitted.digest):
            raise IdReused
        return repeated(known)
    capture = capture_of(session, sending, submitted.reading)
    recorded = KINDS[submitted.kind].record(session, capture, submitted.body)
    outcome = outcome_of(recorded)
    session.add(
        Submission(
            id=key,
            account_id=carrier.account_id,
            worker_id=carrier.worker_id,
            device_id=carrier.device_id,
            kind=submitted.kind,
            digest=submitted.digest,
            result=outcome.stored,
            received_at=carrier.now,
        )
    )
    return outcome


def outcome_of(recorded: Recorded) -> Outcome:
    """What becomes of what was recorded."""
    return Outcome(recorded.status, "never", recorded.code, recorded.facts)


def repeated(known: Submission) -> Outcome:
    """The first result again."""
    return Outcome("duplicate", "never", known.result["code"], known.result["facts"])


def capture_of(session: Session, sending: Sending, reading: Reading) -> Capture:
    """The circumstances of a record; raises AfterReceipt, TooEarly or NoPost."""
    worker_id = sending.carrier.worker_id
    return capture_in(sending, reading, lambda day: post_of(session, worker_id, day).community_code)


def capture_in(
    sending: Sending, reading: Reading, community_on: Callable[[date], str | None]
) -> Capture:
    """The same where the worker's community of a date is known; None stands for no post."""
    carrier = sending.carrier
    captured = corrected(sending, reading)
    if is_after_receipt(captured, carrier.now):
        raise AfterReceipt(captured_at=captured.at, received_at=carrier.now)
    day = civil_day(captured.at)
    if day < IN_FORCE:
        raise TooEarly(captured_at=captured.at)
    community_code = community_on(day)
    if community_code is None:
        raise NoPost(day=day)
    return Capture(
        id=reading.id,
        account_id=carrier.account_id,
        worker_id=carrier.worker_id,
        device_id=carrier.device_id,
        community_code=community_code,
        device_time=reading.captured_at,
        at=captured.at,
        received_at=carrier.now,
        proven=captured.proven,
        offset_s=captured.offset_s,
    )


def corrected(sending: Sending, reading: Reading) -> Captured:
    """The record's time, proven by its anchor or corrected by the offset at sending (ATT-4)."""
    carrier = sending.carrier
    anchor = None
    if reading.anchor is not None:
        anchor = read_anchor(sending.secret, carrier, reading.anchor, reading.boot_id)
    says = HandsetReading(reading.captured_at, reading.boot_id, reading.elapsed_ms)
    return correct_time(says, anchor, sending.sent_at, carrier.now)
