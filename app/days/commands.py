"""Worker-days are brought up to date: marks are removed first, then the facts are read.

A fact and its mark are committed together. A recompute deletes the marks it sees and reads the
facts in a later statement, so it sees every fact whose mark it deleted; what is committed after
that leaves a mark of its own.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ARRAY, Date, Uuid, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.attendance.corrections import propose_field_time
from app.days.facts import Facts, Post, facts_of, post_on
from app.days.standards import Standards
from app.days.verdicts import (
    FieldDay,
    figures,
    judge_field,
    judge_field_with_late,
    windows_on_record,
)
from app.db.models import BoardVersion, WorkerDay
from app.kit.clock import day_end
from app.outbox.emit import publish, withdraw
from app.patrol.retention import THINNED_AFTER
from app.rules.version import RULES_VERSION
from app.rules.windows import WindowState

Key = tuple[UUID, date]
"""A worker and a date."""

FILLED = {WindowState.FILLED, WindowState.MADE_GOOD}
log = structlog.get_logger()


def recompute(session: Session, worker_id: UUID, day: date, now: datetime) -> WorkerDay | None:
    """Judge a worker's date anew; None where the worker has no post, and then no row either."""
    return recompute_all(session, [(worker_id, day)], now).get((worker_id, day))


def recompute_all(session: Session, keys: Collection[Key], now: datetime) -> dict[Key, WorkerDay]:
    """Judge several worker-days anew; locks are taken in one order, boards touched last."""
    if not keys:
        return {}
    _lock(session, keys)
    _take_marks(session, keys)
    standards = Standards(session, [day for _, day in keys])
    rows: dict[Key, WorkerDay] = {}
    touched: set[tuple[str, date]] = set()
    for worker_id, day in sorted(set(keys)):
        row, boards = _judged(session, (worker_id, day), standards, now)
        touched |= {(code, day) for code in boards}
        if row is not None:
            rows[worker_id, day] = row
    session.flush()
    touch_boards(session, touched)
    return rows


def _lock(session: Session, keys: Collection[Key]) -> None:
    """One recompute of a worker's date at a time, for the rest of the transaction."""
    session.execute(
        text(
            "select pg_advisory_xact_lock(lock) from (select distinct hashtextextended(name, 0)"
            " as lock from unnest(cast(:names as text[])) as name order by lock) as locks"
        ),
        {"names": [_lock_name(key) for key in keys]},
    )


def try_lock(session: Session, key: Key) -> bool:
    """Take a worker's date if nobody else is at it."""
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended(_lock_name(key), 0))
    return bool(session.scalar(select(lock)))


def _lock_name(key: Key) -> str:
    return f"worker_day {key[0]} {key[1]}"


def _take_marks(session: Session, keys: Collection[Key]) -> None:
    """Remove the marks that are visible now; the facts are read in a later statement."""
    workers, days = zip(*keys, strict=True)
    session.execute(
        text(
            "delete from stale_day using unnest(:workers, :days) as asked (worker_id, day)"
            " where stale_day.worker_id = asked.worker_id and stale_day.day = asked.day"
        ).bindparams(
            bindparam("workers", list(workers), type_=ARRAY(Uuid())),
            bindparam("days", list(days), type_=ARRAY(Date())),
        )
    )


def _judged(
    session: Session, key: Key, standards: Standards, now: datetime
) -> tuple[WorkerDay | None, set[str]]:
    """The row of a worker's date, and the communities on whose boards something changed."""
    worker_id, day = key
    row = session.get(WorkerDay, key, populate_existing=True)
    post = post_on(session, worker_id, day, standards)
    if post is None:
        return None, _removed(session, row)
    facts = facts_of(session, post)
    field = judge_field(post, facts)
    before = shown_to_handsets(row) if row else None
    communities = {row.community_code, post.community_code} if row else {post.community_code}
    row = row or _added(session, key)
    verdict = columns(post, facts, field, standards, now)
    kept = FIELD_COLUMNS if before and day_end(day) < now - THINNED_AFTER else ()
    for name in verdict.keys() - set(kept):
        setattr(row, name, verdict[name])
    if facts.late_until is not None and post.bound:
        _propose(session, post, facts, field, now)
    after = shown_to_handsets(row)
    if after == before:
        return row, set()
    publish(session, worker_id, "day", day.isoformat(), after)
    return row, communities


def _added(session: Session, key: Key) -> WorkerDay:
    row = WorkerDay(worker_id=key[0], day=key[1])
    session.add(row)
    return row


def _removed(session: Session, row: WorkerDay | None) -> set[str]:
    """Without a post there is no verdict."""
    if row is None:
        return set()
    session.delete(row)
    withdraw(session, row.worker_id, "day", row.day.isoformat(), "out_of_scope")
    return {row.community_code}


def columns(
    post: Post, facts: Facts, field: FieldDay, standards: Standards, now: datetime
) -> dict[str, Any]:
    """What is stored of a verdict."""
    windows = windows_on_record(post, facts)
    counted, quality = field.finding.counted, field.quality
    return {
        "community_code": post.community_code,
        "on_duty": post.on_duty,
        "bound": post.bound,
        "windows": windows,
        "windows_filled": sum(window["state"] in FILLED for window in windows),
        "windows_excused": sum(window["state"] == WindowState.EXCUSED for window in windows),
        "field_verdict": field.finding.verdict,
        "total_s": round(counted.total),
        "morning_s": round(counted.morning),
        "afternoon_s": round(counted.afternoon),
        "off_peak_s": round(counted.off_peak),
        "short": figures(field)["short_s"],
        "fixes": quality.fixes,
        "fixes_set_aside": {
            "mocked": quality.mocked,
            "imprecise": quality.imprecise,
            "superseded": quality.superseded,
            "teleports": quality.teleports,
        },
        "because": because(post, facts, field, standards),
        "rules_version": RULES_VERSION,
        "computed_at": now,
    }


def because(post: Post, facts: Facts, field: FieldDay, standards: Standards) -> dict[str, Any]:
    """What a verdict was computed from."""
    batches, appointments = facts.in_time()
    return {
        **field.finding.because,
        "rule": field.finding.rule,
        "clause": field.finding.clause,
        "calendar": standards.why(post.community_code, post.day),
        "grids": {grid.code: grid.boundary_id for grid in post.grids},
        "batches": len(batches),
        "late_batches": len(facts.batches) - len(batches),
        "appointments": [str(made.id) for made in appointments],
        "leave": {half.value: str(leave) for half, leave in facts.leave.items()},
        "counts_until": facts.counts_until.isoformat() if facts.counts_until else None,
    }


FIELD_COLUMNS = (
    "field_verdict",
    "total_s",
    "morning_s",
    "afternoon_s",
    "off_peak_s",
    "short",
    "fixes",
    "fixes_set_aside",
    "because",
    "rules_version",
)
"""What a date keeps once its tracks were thinned or deleted: it can't be measured again."""

SHOWN = (
    "community_code",
    "on_duty",
    "bound",
    "windows",
    "field_verdict",
    "total_s",
    "morning_s",
    "afternoon_s",
    "off_peak_s",
    "short",
    "fixes",
    "fixes_set_aside",
)


def shown_to_handsets(row: WorkerDay) -> dict[str, Any]:
    """What boards and handsets show of a date: when it changes, they are told."""
    shown = {name: getattr(row, name) for name in SHOWN}
    return {**shown, "day": row.day.isoformat(), "grids": sorted(row.because["grids"])}


def _propose(session: Session, post: Post, facts: Facts, field: FieldDay, now: datetime) -> None:
    """Late records that would change the figures ask for a correction (FLD-4)."""
    stands, proposed = figures(field), figures(judge_field_with_late(post, facts))
    if stands == proposed or facts.late_until is None:
        return
    propose_field_time(
        session,
        post.worker_id,
        post.community_code,
        post.day,
        {"stands": stands, "proposed": proposed, "received_until": facts.late_until.isoformat()},
        now,
    )


def touch_boards(session: Session, touched: Iterable[tuple[str, date]]) -> None:
    """Raise the version of the boards of some communities and of every unit above them."""
    boards = sorted({(code[:size], day) for code, day in touched for size in (6, 9, 12)})
    if not boards:
        return
    raised = upsert(BoardVersion).values(
        [{"unit_code": code, "day": day, "version": 1} for code, day in boards]
    )
    session.execute(
        raised.on_conflict_do_update(
            index_elements=["unit_code", "day"], set_={"version": BoardVersion.version + 1}
        )
    )
