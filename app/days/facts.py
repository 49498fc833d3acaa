"""The facts of a worker's date, as they are on record now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import LargeBinary, func, select
from sqlalchemy.orm import Session

from app.attendance import queries as attendance
from app.days.standards import Standards
from app.db.models import Appointment, Assignment, Boundary
from app.patrol.queries import StoredBatch, batches_of
from app.people.posts import posting_on
from app.rules.duty import Employment, Half, is_bound
from app.rules.field_time import final_instant, span_to_read
from app.rules.parameters import Values


@dataclass(frozen=True)
class Grid:
    """A grid of the worker's, with its outline (WKB) as it was on the date."""

    code: str
    boundary_id: int
    outline: bytes


@dataclass(frozen=True)
class Post:
    """Where the worker stands on a date, and what the date asks (ATT-6, ORG-2, ORG-4)."""

    worker_id: UUID
    day: date
    community_code: str
    bound: bool
    on_duty: bool
    values: Values
    grids: Sequence[Grid] = ()

    @property
    def owes(self) -> bool:
        """Parts three to five bind the worker on this date."""
        return self.bound and self.on_duty


@dataclass(frozen=True)
class Facts:
    """What is on record for a worker's date; without any of it nothing was done."""

    valid: Mapping[int, UUID] = field(default_factory=dict)
    made_good: Mapping[int, UUID] = field(default_factory=dict)
    leave: Mapping[Half, UUID] = field(default_factory=dict)
    counts_until: datetime | None = None
    """Tracks and appointments received later do not count (FLD-4)."""
    batches: Sequence[StoredBatch] = ()
    appointments: Sequence[Appointment] = ()

    def in_time(self) -> tuple[Sequence[StoredBatch], Sequence[Appointment]]:
        """The records that count for field time."""
        until = self.counts_until
        return (
            [batch for batch in self.batches if until is None or batch.received_at <= until],
            [made for made in self.appointments if until is None or made.received_at <= until],
        )

    @property
    def late_until(self) -> datetime | None:
        """When the last record came that came too late; None if all came in time."""
        received = [batch.received_at for batch in self.batches]
        received += [made.received_at for made in self.appointments]
        late = [at for at in received if self.counts_until is not None and at > self.counts_until]
        return max(late, default=None)


def post_on(session: Session, worker_id: UUID, day: date, standards: Standards) -> Post | None:
    """The worker's post; None without one, and for levels two and three, who owe no duty day."""
    posting = posting_on(session, worker_id, day)
    if posting is None or posting.employment is None:
        return None
    return Post(
        worker_id=worker_id,
        day=day,
        community_code=posting.community_code,
        bound=is_bound(Employment(posting.employment)),
        on_duty=standards.is_duty_date(posting.community_code, day),
        values=standards.values(day),
        grids=grids_on(session, worker_id, day),
    )


def grids_on(session: Session, worker_id: UUID, day: date) -> Sequence[Grid]:
    """The worker's grids of a date with the boundaries of that date (ORG-2, ORG-6)."""
    rows = session.execute(
        select(
            Boundary.unit_code,
            Boundary.id,
            func.ST_AsBinary(Boundary.area, type_=LargeBinary),
        )
        .join(Assignment, Assignment.grid_code == Boundary.unit_code)
        .where(
            Assignment.worker_id == worker_id,
            Assignment.valid.contains(day),
            Boundary.valid.contains(day),
        )
        .order_by(Boundary.unit_code)
    )
    return [Grid(code, boundary_id, bytes(outline)) for code, boundary_id, outline in rows]


def facts_of(session: Session, post: Post) -> Facts:
    """Everything on record that a verdict of the date rests on."""
    worker_id, day = post.worker_id, post.day
    start, end = span_to_read(day, post.values)
    approved = attendance.approved_cutoff(session, worker_id, day)
    final = final_instant(day, post.values)
    return Facts(
        valid=attendance.valid_check_ins(session, worker_id, day),
        made_good=attendance.made_good(session, worker_id, day),
        leave=attendance.leave_halves(session, worker_id, day),
        counts_until=max(final, approved) if approved else final,
        batches=batches_of(session, worker_id, start, end, None),
        appointments=appointments_of(session, worker_id, day),
    )


def appointments_of(session: Session, worker_id: UUID, day: date) -> Sequence[Appointment]:
    """The worker's appointment records of a date, in order (FLD-3)."""
    return session.scalars(
        select(Appointment)
        .where(Appointment.worker_id == worker_id, Appointment.day == day)
        .order_by(Appointment.starts_at, Appointment.id)
    ).all()
