"""What is on record of workers' presence on a date: one query for all of them each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from app.db.models import (
    Account,
    Appointment,
    CheckIn,
    Correction,
    DailyNote,
    DutyDecision,
    EquipmentCheck,
    EquipmentWithdrawal,
    Leave,
    Login,
    Meeting,
    MeetingAttendance,
    PlatformLogin,
)
from app.kit.clock import day_end, day_start
from app.rules.divisions import ancestors
from app.rules.procedures import LeaveKind
from app.tasks.roll import Roll

ByWorker = Mapping[UUID, Sequence[Any]]


@dataclass(frozen=True)
class AttendanceFacts:
    """By worker; `times` by the record that fills a window, `decisions` by what they reach."""

    check_ins: ByWorker
    times: Mapping[UUID, datetime]
    leaves: Mapping[UUID, LeaveKind]
    decisions: Sequence[DutyDecision]
    logins: ByWorker
    batches: ByWorker
    accounts: ByWorker
    appointments: ByWorker
    meetings: ByWorker
    equipment: ByWorker
    notes: ByWorker = field(default_factory=dict)


def attendance_facts(session: Session, roll: Roll) -> AttendanceFacts:
    """All of it for the workers of a roll."""
    check_ins = _of_the_day(session, roll, CheckIn, CheckIn.corrected_at)
    return AttendanceFacts(
        check_ins=check_ins,
        times=_times(session, roll, check_ins),
        leaves=_leaves(session, roll),
        decisions=_decisions(session, roll),
        logins=_logins(session, roll),
        batches=_batches(session, roll),
        accounts=_accounts(session, roll),
        appointments=_of_the_day(session, roll, Appointment, Appointment.starts_at),
        meetings=_meetings(session, roll),
        equipment=_equipment(session, roll),
        notes=_of_the_day(session, roll, DailyNote, DailyNote.corrected_at),
    )


def by_worker(rows: Iterable[Any]) -> ByWorker:
    """Rows by the worker whose they are, in their order."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.worker_id].append(row)
    return found


def _of_the_day(session: Session, roll: Roll, model: Any, order: Any) -> ByWorker:
    """The rows of a table that has a worker and a date."""
    rows = session.scalars(
        select(model)
        .where(model.worker_id.in_(roll.worker_ids), model.day == roll.day)
        .order_by(order, model.id)
    )
    return by_worker(rows)


def _times(session: Session, roll: Roll, check_ins: ByWorker) -> Mapping[UUID, datetime]:
    """When what fills a window was captured, or decided where it is a correction."""
    times = {made.id: made.corrected_at for rows in check_ins.values() for made in rows}
    decided = session.execute(
        select(Correction.id, Correction.decided_at).where(
            Correction.worker_id.in_(roll.worker_ids),
            Correction.day == roll.day,
            Correction.decided_at.is_not(None),
        )
    )
    return times | {row.id: row.decided_at for row in decided if row.decided_at is not None}


def _leaves(session: Session, roll: Roll) -> Mapping[UUID, LeaveKind]:
    """The kinds of the leaves that the verdicts of the date name."""
    named = {UUID(key) for member in roll.members for key in member.day.because["leave"].values()}
    if not named:
        return {}
    rows = session.execute(select(Leave.id, Leave.kind).where(Leave.id.in_(named)))
    return {row.id: row.kind for row in rows}


def _decisions(session: Session, roll: Roll) -> Sequence[DutyDecision]:
    """The centre's decisions on the date, the last one last."""
    return session.scalars(
        select(DutyDecision)
        .where(DutyDecision.day == roll.day)
        .order_by(DutyDecision.decided_at, DutyDecision.id)
    ).all()


def _logins(session: Session, roll: Roll) -> ByWorker:
    """Sign-ins of handsets."""
    rows = session.execute(
        select(Account.worker_id, Login.id)
        .join(Login, Login.account_id == Account.id)
        .where(
            Account.worker_id.in_(roll.worker_ids),
            Login.device_id.is_not(None),
            Login.signed_in_at >= day_start(roll.day),
            Login.signed_in_at < day_end(roll.day),
        )
        .order_by(Login.signed_in_at, Login.id)
    )
    return by_worker(rows)


BATCHES = text("""
select worker_id, batch_id
from track_batch
where worker_id = any(:workers)
  and first_at < :until and last_at >= :since
  and (first_at >= cast(:since as timestamptz) - interval '1 day'
       or last_at - first_at > interval '1 day')
order by first_at, batch_id
""").bindparams(bindparam("workers", type_=ARRAY(Uuid())))
"""As when field time is measured: batches longer than a day have their own index."""


def _batches(session: Session, roll: Roll) -> ByWorker:
    span = {"since": day_start(roll.day), "until": day_end(roll.day)}
    rows: Iterable[Row[Any]] = session.execute(BATCHES, {"workers": roll.worker_ids, **span})
    return by_worker(rows)


def _accounts(session: Session, roll: Roll) -> ByWorker:
    """Logins to the two platforms."""
    rows = session.scalars(
        select(PlatformLogin)
        .where(PlatformLogin.worker_id.in_(roll.worker_ids), PlatformLogin.day == roll.day)
        .order_by(PlatformLogin.platform)
    )
    return by_worker(rows)


def _equipment(session: Session, roll: Roll) -> ByWorker:
    """Checks that the station did not take back."""
    taken_back = exists().where(EquipmentWithdrawal.check_id == EquipmentCheck.id)
    rows = session.scalars(
        select(EquipmentCheck)
        .where(
            EquipmentCheck.worker_id.in_(roll.worker_ids),
            EquipmentCheck.day == roll.day,
            ~taken_back,
        )
        .order_by(EquipmentCheck.at, EquipmentCheck.id)
    )
    return by_worker(rows)


def _meetings(session: Session, roll: Roll) -> ByWorker:
    """Meetings of the workers' communities and of the tiers above, where they are on the list."""
    units = {code for community in roll.communities for code in ancestors(community)}
    rows = session.execute(
        select(
            MeetingAttendance.worker_id,
            MeetingAttendance.presence,
            Meeting.id,
            Meeting.kind,
            Meeting.starts_at,
            Meeting.subject,
        )
        .join(Meeting, Meeting.id == MeetingAttendance.meeting_id)
        .where(
            Meeting.unit_code.in_(units),
            Meeting.held_on == roll.day,
            Meeting.withdrawn_at.is_(None),
            MeetingAttendance.worker_id.in_(roll.worker_ids),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return by_worker(rows)
