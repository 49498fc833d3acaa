"""One record through the door: known or new, its time judged, recorded or set aside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.problems import CONSTRAINTS
from app.db.models import Submission
from app.intake.anchor_tokens import read_anchor
from app.intake.carrier import Carrier
from app.intake.held import held_already, hold, release
from app.intake.items import Item, Reading
from app.intake.kinds import KINDS
from app.intake.quarantine import Kept, canonical
from app.intake.refusals import IdReused, ItemMalformed, TooEarly
from app.intake.taking import Digested, Outcome, Submitted, attempt, read_body, set_aside, take
from app.kit.errors import Refusal
from app.people.capture import AfterReceipt, Capture, NotYet
from app.people.posts import NoPost, last_post_of, post_of
from app.rules.civil import civil_day
from app.rules.dated import IN_FORCE
from app.rules.trusted_time import Captured, HandsetReading, correct_time, is_after_receipt

for key in (
    "submission",
    "held",
    "appointment",
    "visit",
    "incident",
    "incident_act",
    "errand_act",
    "training_record",
    "acknowledgement",
    "key_period_report",
    "daily_note",
    "conduct_answer",
    "appeal",
    "appraisal_objection",
):
    CONSTRAINTS[f"pk_{key}"] = IdReused


@dataclass(frozen=True)
class Sending:
    """A request that carries records: whose, when by the handset's clock, and our secret."""

    carrier: Carrier
    sent_at: datetime
    secret: bytes


def one_push_at_a_time(session: Session, carrier: Carrier) -> None:
    """Records of one account are taken one after the other: a repeat finds the first."""
    key = func.hashtextextended(push_lock_name(carrier.account_id), 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def push_lock_name(account_id: UUID) -> str:
    """What whoever takes an account's records locks."""
    return f"push {account_id}"


def submit_items(session: Session, sending: Sending, raws: Sequence[object]) -> list[Outcome]:
    """The items of a push, and whatever waited for them; each has its last word."""
    outcomes = [submit_item(session, sending, raw) for raw in raws]
    released = _released(session, sending, outcomes)
    return [
        _last_word(key_of(raw), outcome, released)
        for raw, outcome in zip(raws, outcomes, strict=True)
    ]


def _last_word(key: UUID | None, outcome: Outcome, released: dict[UUID, Outcome]) -> Outcome:
    """What was held and came free in the same push; the same item in it again is a repeat."""
    if key is None or outcome.status != "held":
        return outcome
    word = released.get(key, outcome)
    if word.made:
        released[key] = replace(word, status="duplicate")
    return word


def submit_and_release(session: Session, sending: Sending, submitted: Submitted) -> Outcome:
    """One record, and whatever waited for it."""
    outcome = submit(session, sending, submitted)
    _released(session, sending, [outcome])
    return outcome


def _released(
    session: Session, sending: Sending, outcomes: Sequence[Outcome]
) -> dict[UUID, Outcome]:
    made = {key for outcome in outcomes for key in outcome.made}
    return release(session, made, sending.carrier.now)


def submit_item(session: Session, sending: Sending, raw: object) -> Outcome:
    """An item of a push, whatever it is."""
    try:
        submitted = read_item(raw)
    except Refusal as refusal:
        return set_aside(session, sending.carrier, unreadable(raw, refusal))
    return submit(session, sending, submitted)


def unreadable(raw: object, refusal: Refusal) -> Kept:
    """An item that can't become a record, with what can be told of it."""
    kind = raw.get("kind") if isinstance(raw, dict) else None
    return Kept(kind if isinstance(kind, str) else "unknown", key_of(raw), raw, refusal, None)


def key_of(raw: object) -> UUID | None:
    """The id of an item, if it has one."""
    key = raw.get("id") if isinstance(raw, dict) else None
    try:
        return UUID(key) if isinstance(key, str) else None
    except ValueError:
        return None


def read_item(raw: object) -> Submitted:
    """Raises KindUnknown or ItemMalformed."""
    try:
        item = Item.model_validate_json(canonical(raw))
        return Submitted(item.kind, item, read_body(item.kind, item.body))
    except ValidationError as error:
        problems = [
            {"at": ".".join(str(part) for part in found["loc"]), "why": found["msg"]}
            for found in error.errors(include_url=False, include_input=False)[:20]
        ]
        raise ItemMalformed(problems=problems) from None


def submit(session: Session, sending: Sending, submitted: Submitted) -> Outcome:
    """Recorded in a savepoint of its own, known already, held, or set aside."""
    found = attempt(session, lambda: _take(session, sending, submitted))
    if isinstance(found, NotYet):
        waits_for = UUID(str(found.facts["waits_for"]))
        found = attempt(session, lambda: _hold(session, sending, submitted, waits_for))
    if isinstance(found, Outcome):
        return found
    kept = Kept(submitted.kind, submitted.reading.id, submitted.content, found, None)
    return set_aside(session, sending.carrier, kept)


def _take(session: Session, sending: Sending, submitted: Submitted) -> Outcome:
    carrier, key, digest = sending.carrier, submitted.reading.id, submitted.digest
    # In this order: what another transaction takes out of the held ones in between is known.
    held = held_already(session, carrier.account_id, key, digest)
    if held is not None:
        return held
    known = session.get(Submission, key, populate_existing=True)
    if known is not None:
        if (known.account_id, known.digest) != (carrier.account_id, digest):
            raise IdReused
        return repeated(known)
    capture = capture_of(session, sending, submitted)
    return take(session, capture, Digested(submitted.kind, submitted.body, digest))


def _hold(session: Session, sending: Sending, submitted: Submitted, waits_for: UUID) -> Outcome:
    capture = capture_of(session, sending, submitted)
    return hold(session, capture, submitted, waits_for)


def repeated(known: Submission) -> Outcome:
    """The first result again."""
    return Outcome("duplicate", "never", known.result["code"], known.result["facts"])


def capture_of(session: Session, sending: Sending, submitted: Submitted) -> Capture:
    """The circumstances of a record; raises AfterReceipt, TooEarly or NoPost."""
    worker_id = sending.carrier.worker_id
    look = last_post_of if KINDS[submitted.kind].after_leaving else post_of
    return capture_in(
        sending, submitted.reading, lambda day: look(session, worker_id, day).community_code
    )


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
