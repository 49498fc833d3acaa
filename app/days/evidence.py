"""The evidence of a date: every record behind its verdicts, and why others did not count."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attendance import queries as attendance
from app.attendance.schemas import check_in_out
from app.days.boards import grids_held
from app.days.facts import Facts, Post, facts_of, post_on
from app.days.reasons import (
    APPOINTMENT_COUNTS,
    APPOINTMENT_EMPTY,
    APPOINTMENT_LATE,
    DISPOSITION_REASONS,
    said,
    why,
)
from app.days.records import (
    AppointmentEvidence,
    BatchEvidence,
    BoundaryOut,
    CalendarOut,
    CheckInEvidence,
    CorrectionEvidence,
    DispositionOut,
    EvidenceOut,
    IntervalOut,
    LeaveEvidence,
    ParameterOut,
)
from app.days.schemas import DayOut
from app.days.shown import Judged, day_out
from app.days.standards import Standards
from app.days.upkeep import is_stale, refresh
from app.days.verdicts import FieldDay, judge_field
from app.db.models import Appointment, Correction, Worker, WorkerDay
from app.kit.errors import NotFound
from app.patrol.queries import StoredBatch
from app.rules.civil import bounds_of
from app.rules.duty import ATT_6
from app.rules.fixes import Disposition
from app.rules.geodesy import Floats
from app.rules.intervals import clip, length_s
from app.rules.leave import halves_covered
from app.rules.parameters import PARAMETERS
from app.rules.procedures import RequestState


def day_of(session: Session, worker_id: UUID, day: date, now: datetime) -> DayOut:
    """A worker's date, up to date; raises NotFound where the worker has no post."""
    row = refresh(session, worker_id, day, now)
    if row is None:
        raise NotFound
    return shown(session, row, Standards(session, [day]), now)


def shown(session: Session, row: WorkerDay, standards: Standards, now: datetime) -> DayOut:
    """A row with the worker's name and grids."""
    name, grids = session.execute(
        select(Worker.name, grids_held(Worker.id, row.day)).where(Worker.id == row.worker_id)
    ).one()
    stored = row in session
    stale = stored and is_stale(session, row.worker_id, row.day)
    judged = Judged(row, name, grids, stale, stored=stored)
    return day_out(judged, standards.values(row.day), now)


def evidence(session: Session, worker_id: UUID, day: date, now: datetime) -> EvidenceOut:
    """Everything behind the date's verdicts; raises NotFound where the worker has no post."""
    of_the_day = day_of(session, worker_id, day, now)
    standards = Standards(session, [day])
    post = post_on(session, worker_id, day, standards)
    if post is None:
        raise NotFound
    facts = facts_of(session, post)
    field = judge_field(post, facts)
    intervals = clip(field.measured.intervals, *bounds_of(day))
    assert facts.counts_until is not None
    return EvidenceOut(
        day=of_the_day,
        calendar=_calendar(post, standards),
        check_ins=check_ins(session, worker_id, day),
        corrections=_corrections(session, worker_id, day),
        leaves=_leaves(session, worker_id, day),
        appointments=[_appointment(made, facts, intervals) for made in facts.appointments],
        counts_until=facts.counts_until,
        batches=_batches(facts),
        dispositions=_dispositions(field),
        intervals=[_interval(start, end) for start, end in intervals.tolist()],
        boundaries=[
            BoundaryOut(grid_code=grid.code, boundary_id=grid.boundary_id) for grid in post.grids
        ],
        parameters=parameters(standards, day),
    )


def _calendar(post: Post, standards: Standards) -> CalendarOut:
    made_so = standards.why(post.community_code, post.day)
    decided_at = made_so.get("decided_at")
    return CalendarOut(
        on_duty=post.on_duty,
        by=str(made_so["by"]),
        decided_at=datetime.fromisoformat(str(decided_at)) if decided_at else None,
        rule=ATT_6.rule,
        clause=ATT_6.clause,
    )


def check_ins(session: Session, worker_id: UUID, day: date) -> list[CheckInEvidence]:
    """Every sign-in of the date; a review's verdict stands for the first one."""
    found = []
    for check_in, review in attendance.check_ins_of(session, worker_id, day):
        record = check_in_out(check_in, review)
        found.append(
            CheckInEvidence(record=record, counts=record.counts, why=why(check_in, review))
        )
    return found


def _corrections(session: Session, worker_id: UUID, day: date) -> list[CorrectionEvidence]:
    rows = session.scalars(
        select(Correction)
        .where(Correction.worker_id == worker_id, Correction.day == day)
        .order_by(Correction.requested_at, Correction.id)
    )
    return [
        CorrectionEvidence(
            id=row.id,
            kind=row.kind,
            window=row.window,
            reason=row.reason,
            requested_at=row.requested_at,
            state=row.state,
            decision_reason=row.decision_reason,
            decided_at=row.decided_at,
            figures=row.figures,
            counts=row.state is RequestState.APPROVED,
        )
        for row in rows
    ]


def _leaves(session: Session, worker_id: UUID, day: date) -> list[LeaveEvidence]:
    rows = attendance.leaves_between(session, worker_id, day, day, set(RequestState))
    return [
        LeaveEvidence(
            id=row.id,
            kind=row.kind,
            first_day=row.first_day,
            first_half=row.first_half,
            last_day=row.last_day,
            last_half=row.last_half,
            state=row.state,
            decision_reason=row.decision_reason,
            halves=sorted(halves_covered(attendance.span_of(row), day)),
            counts=row.state is RequestState.APPROVED,
        )
        for row in rows
    ]


def _appointment(made: Appointment, facts: Facts, intervals: Floats) -> AppointmentEvidence:
    within = clip(intervals, made.starts_at.timestamp(), made.ends_at.timestamp())
    late = facts.counts_until is not None and made.received_at > facts.counts_until
    counted = 0.0 if late else round(length_s(within), 1)
    words = APPOINTMENT_LATE if late else APPOINTMENT_COUNTS if counted else APPOINTMENT_EMPTY
    code = "late" if late else "counted" if counted else "empty"
    return AppointmentEvidence(
        id=made.id,
        starts_at=made.starts_at,
        ends_at=made.ends_at,
        subject=made.subject,
        received_at=made.received_at,
        counted_s=counted,
        counts=counted > 0,
        why=said(code, words),
    )


def _batches(facts: Facts) -> list[BatchEvidence]:
    """In the order of their fixes."""
    found = [_batch(batch, facts) for batch in facts.batches]
    return sorted(found, key=lambda batch: (batch.first_at, batch.received_at))


def _batch(batch: StoredBatch, facts: Facts) -> BatchEvidence:
    t_s = batch.fixes.t_s
    return BatchEvidence(
        batch_id=batch.batch_id,
        device_id=batch.device_id,
        received_at=batch.received_at,
        fixes=len(batch.fixes),
        first_at=_instant(t_s.min()),
        last_at=_instant(t_s.max()),
        late=facts.counts_until is not None and batch.received_at > facts.counts_until,
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)


def _dispositions(field: FieldDay) -> list[DispositionOut]:
    """Of the fixes of the date itself."""
    quality = field.quality
    counts = {
        Disposition.USED: quality.used,
        Disposition.MOCKED: quality.mocked,
        Disposition.IMPRECISE: quality.imprecise,
        Disposition.SUPERSEDED: quality.superseded,
        Disposition.TELEPORT: quality.teleports,
    }
    return [
        DispositionOut(disposition=found.name.lower(), fixes=count, zh=zh, en=en)
        for found, count in counts.items()
        for zh, en in [DISPOSITION_REASONS[found]]
    ]


def _interval(start: float, end: float) -> IntervalOut:
    return IntervalOut(start=_instant(start), end=_instant(end), seconds=round(end - start, 1))


def parameters(standards: Standards, day: date) -> list[ParameterOut]:
    """Every parameter as of a date, and since when it has its value."""
    values = standards.values(day).as_json()
    return [
        ParameterOut(
            name=name,
            value=values[name],
            unit=parameter.unit,
            rule=parameter.rule,
            zh=parameter.label.zh,
            en=parameter.label.en,
            since=standards.since(name, day),
        )
        for name, parameter in sorted(PARAMETERS.items())
    ]
