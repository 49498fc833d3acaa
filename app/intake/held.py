"""Records that refer to what has not arrived: held, and taken as soon as it has (handset.md).

A held record keeps the time and the post that were judged when it was received. What it waits for
may come by the same door (`release` in the same transaction), from an office, or at the same moment
in another transaction: `sweep`, every minute, finds whatever is there by then.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import Errand, Held, KeyPeriod, Meeting, Record, Submission, VisitPlace
from app.intake.carrier import Carrier
from app.intake.quarantine import Kept
from app.intake.refusals import IdReused, ItemMalformed, NeverArrived
from app.intake.taking import Digested, Outcome, Submitted, attempt, read_body, set_aside, take
from app.kit.errors import Refusal
from app.outbox.emit import publish
from app.people.capture import Capture, NotYet

WAITS_AT_MOST = timedelta(days=30)
AT_ONCE = 200
WAITED_FOR = (Errand.id, Record.id, VisitPlace.id, KeyPeriod.id, Meeting.id, Submission.id)
"""What a record can wait for, by its key."""
CAPTURES = TypeAdapter(Capture)
log = structlog.get_logger("intake")


def held_outcome(waits_for: UUID) -> Outcome:
    """What is said of a held record, each time that it comes."""
    return Outcome("held", "never", NotYet.code, {"waits_for": str(waits_for)})


def held_already(session: Session, account_id: UUID, key: UUID, digest: bytes) -> Outcome | None:
    """The same record again while it waits; raises IdReused for another one of its id."""
    row = session.get(Held, key, populate_existing=True)
    if row is None:
        return None
    if (row.account_id, row.digest) != (account_id, digest):
        raise IdReused
    return held_outcome(row.waits_for)


def hold(session: Session, capture: Capture, submitted: Submitted, waits_for: UUID) -> Outcome:
    """Keep a record until what it refers to is there."""
    device_id = capture.device_id
    assert device_id is not None
    content = {
        "capture": CAPTURES.dump_python(capture, mode="json"),
        "received": submitted.content,
    }
    session.add(
        Held(
            id=capture.id,
            waits_for=waits_for,
            account_id=capture.account_id,
            worker_id=capture.worker_id,
            community_code=capture.community_code,
            device_id=device_id,
            kind=submitted.kind,
            digest=submitted.digest,
            content=content,
            received_at=capture.received_at,
        )
    )
    session.flush()
    return held_outcome(waits_for)


def release(session: Session, keys: Collection[UUID], now: datetime) -> dict[UUID, Outcome]:
    """Take what waits for some keys, then what waits for that, each time in order of capture.

    Each record has a savepoint of its own; what another transaction is taking is left to it.
    """
    outcomes: dict[UUID, Outcome] = {}
    arrived = set(keys)
    while arrived:
        rows = session.scalars(
            select(Held).where(Held.waits_for.in_(arrived)).with_for_update(skip_locked=True)
        ).all()
        arrived = set()
        for row, capture in _in_order_of_capture(rows):
            outcome = outcomes[row.id] = _take_held(session, row, capture, now)
            arrived |= set(outcome.made)
    return outcomes


def _in_order_of_capture(rows: Sequence[Held]) -> list[tuple[Held, Capture]]:
    pairs = [(row, CAPTURES.validate_python(row.content["capture"])) for row in rows]
    return sorted(pairs, key=lambda pair: (pair[1].at, str(pair[1].id)))


def _take_held(session: Session, row: Held, capture: Capture, now: datetime) -> Outcome:
    """Taken, set aside, or held on for something else."""

    def taken() -> Outcome:
        outcome = take(session, capture, _digested(row))
        session.delete(row)
        session.flush()
        return outcome

    found = attempt(session, taken)
    if isinstance(found, NotYet):
        row.waits_for = UUID(str(found.facts["waits_for"]))
        session.flush()
        return held_outcome(row.waits_for)
    if isinstance(found, Refusal):
        found = _set_aside(session, row, found, now)
    if found.status != "error":
        _tell(session, row, found)
    return found


def _digested(row: Held) -> Digested:
    try:
        body = read_body(row.kind, row.content["received"]["body"])
    except ValidationError:
        raise ItemMalformed(problems=[]) from None
    return Digested(row.kind, body, row.digest)


def _set_aside(session: Session, row: Held, refusal: Refusal, now: datetime) -> Outcome:
    """In quarantine instead of held."""
    carrier = Carrier(row.account_id, row.worker_id, row.device_id, row.community_code, now)
    kept = Kept(row.kind, row.id, row.content["received"], refusal, row.community_code)
    outcome = set_aside(session, carrier, kept)
    session.execute(delete(Held).where(Held.id == row.id))
    return outcome


def _tell(session: Session, row: Held, outcome: Outcome) -> None:
    """The worker's handset learns what became of it with its next pull."""
    publish(session, row.worker_id, "submission", row.id, {"id": str(row.id), **outcome.stored})


def sweep(sessions: Sessions, now: datetime) -> int:
    """Take what can be taken by now, and set aside what has waited too long; says how many."""
    done = 0
    with sessions.begin() as session:
        outcomes = release(session, _arrived(session), now)
        done += sum(outcome.status not in ("held", "error") for outcome in outcomes.values())
    with sessions.begin() as session:
        done += _give_up(session, now)
    return done


def _arrived(session: Session) -> Sequence[UUID]:
    """Keys that somebody waits for and that are there."""
    there = [select(key).where(key == Held.waits_for).exists() for key in WAITED_FOR]
    keys = select(Held.waits_for).distinct().where(or_(*there)).limit(AT_ONCE)
    return session.scalars(keys).all()


def _give_up(session: Session, now: datetime) -> int:
    rows = session.scalars(
        select(Held)
        .where(Held.received_at < now - WAITS_AT_MOST)
        .order_by(Held.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        refusal = NeverArrived(waits_for=row.waits_for)
        _tell(session, row, _set_aside(session, row, refusal, now))
    return len(rows)


def release_held(sessions: Sessions, now: datetime) -> None:
    """The timetable's turn."""
    done = sweep(sessions, now)
    if done:
        log.info("held_released", records=done)
