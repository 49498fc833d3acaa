"""What a worker's handset should hold now, section by section: for a cursor that has expired."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.appraisal import annual_shown
from app.appraisal import feed as appraisals
from app.attendance.request_schemas import CorrectionOut, LeaveOut
from app.attendance.schemas import check_in_out
from app.conduct import feed as conduct
from app.contracts import feed as contract_feed
from app.contracts import shown as contracts
from app.days.commands import shown_to_handsets
from app.db.models import (
    AidGroup,
    Appointment,
    Assignment,
    CheckIn,
    CheckInReview,
    Correction,
    DailyNote,
    Errand,
    IncidentCard,
    KeyPeriodReport,
    Leave,
    TrainingRecord,
    Visit,
    WorkerDay,
)
from app.equipment import lists as equipment
from app.errands import commands as errands
from app.errands.lists import held_by_handsets
from app.incidents import card_shown
from app.incidents import telling as incidents
from app.key_periods import field as key_periods
from app.kit.errors import BadCursor
from app.meetings import own_word
from app.patrol import commands as patrol
from app.pay import feed as pay
from app.people.marks import grid_shown
from app.people.memberships import group_shown, members_from, membership_on
from app.people.posts import grids_on
from app.registry import lists as records
from app.registry.telling import handset_body as record_body
from app.rules.procedures import RequestState
from app.tasks import notes
from app.visits import commands as visits
from app.visits.telling import held_places

Body = dict[str, Any]
FIRST = UUID(int=0)


@dataclass(frozen=True)
class Asked:
    """Whose state, from which date on, after which key, and how many."""

    session: Session
    worker_id: UUID
    today: date
    since: date
    after: str
    limit: int

    @property
    def after_id(self) -> UUID:
        """The key as an id; raises BadCursor."""
        try:
            return UUID(self.after) if self.after else FIRST
        except ValueError:
            raise BadCursor from None

    @property
    def after_day(self) -> date:
        """The key as a date; raises BadCursor."""
        try:
            return date.fromisoformat(self.after) if self.after else date.min
        except ValueError:
            raise BadCursor from None


Section = Callable[[Asked], Sequence[tuple[str, Body]]]


def _grids(asked: Asked) -> Sequence[tuple[str, Body]]:
    codes = asked.session.scalars(
        select(Assignment.grid_code)
        .distinct()
        .where(
            Assignment.worker_id == asked.worker_id,
            Assignment.valid.contains(asked.today),
            Assignment.grid_code > asked.after,
        )
        .order_by(Assignment.grid_code)
        .limit(asked.limit)
    )
    return [(code, grid_shown(asked.session, code)) for code in codes]


def _visit_places(asked: Asked) -> Sequence[tuple[str, Body]]:
    grids = grids_on(asked.session, asked.worker_id, asked.today)
    found = held_places(asked.session, grids, asked.today, asked.after_id, asked.limit)
    return [(str(key), body) for key, body in found]


def _groups(asked: Asked) -> Sequence[tuple[str, Body]]:
    member = membership_on(asked.session, asked.worker_id, asked.today)
    if member is None or member.group_id <= asked.after_id:
        return []
    group = asked.session.get_one(AidGroup, member.group_id)
    members = members_from(asked.session, group.id, asked.today)
    return [(str(group.id), group_shown(group, members))]


def _check_ins(asked: Asked) -> Sequence[tuple[str, Body]]:
    rows = asked.session.execute(
        select(CheckIn, CheckInReview)
        .outerjoin(CheckInReview, CheckInReview.check_in_id == CheckIn.id)
        .where(
            CheckIn.worker_id == asked.worker_id,
            CheckIn.day >= asked.since,
            CheckIn.id > asked.after_id,
        )
        .order_by(CheckIn.id)
        .limit(asked.limit)
    )
    return [
        (str(row.id), check_in_out(row, review).model_dump(mode="json")) for row, review in rows
    ]


def _recent(model: Any, asked: Asked) -> Select[Any]:
    return (
        select(model)
        .where(
            model.worker_id == asked.worker_id,
            model.day >= asked.since,
            model.id > asked.after_id,
        )
        .order_by(model.id)
        .limit(asked.limit)
    )


def _appointments(asked: Asked) -> Sequence[tuple[str, Body]]:
    rows = asked.session.scalars(_recent(Appointment, asked))
    return [(str(row.id), patrol.shown(row)) for row in rows]


def _visits(asked: Asked) -> Sequence[tuple[str, Body]]:
    rows = asked.session.scalars(_recent(Visit, asked))
    return [(str(row.id), visits.shown(row)) for row in rows]


def _incidents(asked: Asked) -> Sequence[tuple[str, Body]]:
    found = incidents.held(
        asked.session, asked.worker_id, (asked.today, asked.since), asked.after_id, asked.limit
    )
    return [(str(key), body) for key, body in found]


def _incident_cards(asked: Asked) -> Sequence[tuple[str, Body]]:
    rows = asked.session.scalars(_recent(IncidentCard, asked))
    return [(str(row.id), card_shown.shown(row)) for row in rows]


def _equipment_checks(asked: Asked) -> Sequence[tuple[str, Body]]:
    return equipment.of_handset(
        asked.session, asked.worker_id, asked.since, asked.after_id, asked.limit
    )


def _errands(asked: Asked) -> Sequence[tuple[str, Body]]:
    rows = asked.session.scalars(
        select(Errand)
        .where(held_by_handsets(asked.worker_id, asked.since), Errand.id > asked.after_id)
        .order_by(Errand.id)
        .limit(asked.limit)
    )
    return [(str(row.id), errands.shown(row)) for row in rows]


def _corrections(asked: Asked) -> Sequence[tuple[str, Body]]:
    rows = asked.session.scalars(
        select(Correction)
        .where(
            Correction.worker_id == asked.worker_id,
            or_(Correction.day >= asked.since, Correction.state == RequestState.WAITING),
            Correction.id > asked.after_id,
        )
        .order_by(Correction.id)
        .limit(asked.limit)
    )
    return [
        (str(row.id), CorrectionOut.model_validate(row).model_dump(mode="json")) for row in rows
    ]


def _leave(asked: Asked) -> Sequence[tuple[str, Body]]:
    rows = asked.session.scalars(
        select(Leave)
        .where(
            Leave.worker_id == asked.worker_id,
            or_(Leave.last_day >= asked.since, Leave.state == RequestState.WAITING),
            Leave.id > asked.after_id,
        )
        .order_by(Leave.id)
        .limit(asked.limit)
    )
    return [(str(row.id), LeaveOut.model_validate(row).model_dump(mode="json")) for row in rows]


def _days(asked: Asked) -> Sequence[tuple[str, Body]]:
    rows = asked.session.scalars(
        select(WorkerDay)
        .where(
            WorkerDay.worker_id == asked.worker_id,
            WorkerDay.day >= asked.since,
            WorkerDay.day > asked.after_day,
        )
        .order_by(WorkerDay.day)
        .limit(asked.limit)
    )
    return [(row.day.isoformat(), shown_to_handsets(row)) for row in rows]


def _meetings(asked: Asked) -> Sequence[tuple[str, Body]]:
    found = own_word.meetings_held(
        asked.session, asked.worker_id, asked.since, asked.after_id, asked.limit
    )
    return [(str(key), body) for key, body in found]


def _trainings(asked: Asked) -> Sequence[tuple[str, Body]]:
    rows = asked.session.scalars(_recent(TrainingRecord, asked))
    return [(str(row.id), own_word.shown(row)) for row in rows]


def _key_periods(asked: Asked) -> Sequence[tuple[str, Body]]:
    found = key_periods.current(
        asked.session, asked.worker_id, asked.today, asked.after_id, asked.limit
    )
    return [(str(key), body) for key, body in found]


def _key_period_reports(asked: Asked) -> Sequence[tuple[str, Body]]:
    rows = asked.session.scalars(_recent(KeyPeriodReport, asked))
    return [(str(row.id), key_periods.report_shown(row)) for row in rows]


def _daily_notes(asked: Asked) -> Sequence[tuple[str, Body]]:
    rows = asked.session.scalars(_recent(DailyNote, asked))
    return [(str(row.id), notes.shown(row)) for row in rows]


def _records(asked: Asked) -> Sequence[tuple[str, Body]]:
    found = records.recent(
        asked.session, asked.worker_id, (asked.today, asked.since), asked.after_id, asked.limit
    )
    return [(str(record.id), record_body(record, content)) for record, content in found]


def _held(of: Callable[[Session, UUID], Sequence[tuple[str, Body]]]) -> Section:
    """What a capability keeps for handsets, so little that it is cut into pages here."""

    def section(asked: Asked) -> Sequence[tuple[str, Body]]:
        found = sorted(of(asked.session, asked.worker_id), key=lambda pair: pair[0])
        return [pair for pair in found if pair[0] > asked.after][: asked.limit]

    return section


SECTIONS: Sequence[tuple[str, Section]] = (
    ("grid", _grids),
    ("check_in", _check_ins),
    ("appointment", _appointments),
    ("visit", _visits),
    ("incident", _incidents),
    (card_shown.CHANGE, _incident_cards),
    ("errand", _errands),
    ("equipment_check", _equipment_checks),
    ("meeting", _meetings),
    ("training", _trainings),
    ("key_period", _key_periods),
    ("key_period_report", _key_period_reports),
    ("daily_note", _daily_notes),
    ("correction", _corrections),
    ("leave", _leave),
    ("day", _days),
    ("visit_place", _visit_places),
    ("group", _groups),
    ("record", _records),
    ("proposal", _held(conduct.proposals_for_handset)),
    ("penalty", _held(conduct.penalties_for_handset)),
    (contracts.KIND, _held(contract_feed.for_handset)),
    (contract_feed.RESIGNATION, _held(contract_feed.resignations_for_handset)),
    (appraisals.KIND, _held(appraisals.for_handset)),
    (annual_shown.KIND, _held(annual_shown.for_handset)),
    (pay.KIND, _held(pay.for_handset)),
)
