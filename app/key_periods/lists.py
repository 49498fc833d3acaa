"""Responses as a unit sees them, and as a worker sees his or her own (EMR-1)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import Acknowledgement, KeyPeriod, KeyPeriodReport, Worker
from app.key_periods.area import (
    concerned,
    concerns,
    posted_among,
    span_of,
    touches,
    units_of,
    units_of_all,
)
from app.key_periods.schemas import (
    AcknowledgementPage,
    AcknowledgementRow,
    DeclaredOut,
    KeyPeriodOut,
    KeyPeriodPage,
    KeyPeriodReportPage,
    KeyPeriodReportRow,
    KeyPeriodRow,
    MyKeyPeriod,
    MyKeyPeriods,
    NotDeclaredOut,
)
from app.kit.errors import BadCursor, NotFound
from app.kit.paging import decode, encode
from app.people.city_refusals import TooLateToDeclare
from app.people.photos import missing_of
from app.people.posts import under
from app.people.principal import Principal
from app.rules.divisions import ancestors
from app.rules.key_periods import (
    EMR_1,
    AcknowledgementState,
    duty_dates,
    judge_acknowledgement,
    state_of,
)

Asked = tuple[str | None, int]
PLACE = (KeyPeriod.starts_at, KeyPeriod.id)
CLOSES = func.coalesce(KeyPeriod.ended_at, KeyPeriod.ends_at)


@dataclass(frozen=True)
class Scope:
    """What of a response is seen: a unit's workers, or only oneself."""

    unit_code: str
    worker_id: UUID | None

    @staticmethod
    def of(asker: Principal) -> "Scope":
        """A worker sees of the others only that there is a response."""
        return Scope(asker.unit_code, asker.worker_id)

    def whose(self, column: Any) -> ColumnElement[bool]:
        """The rows of oneself, or of all."""
        return true() if self.worker_id is None else column == self.worker_id


def key_periods_of(
    session: Session, unit_code: str, only_open: bool, now: datetime, asked: Asked
) -> KeyPeriodPage:
    """The responses whose area touches a unit, latest first."""
    cursor, limit = asked
    query = (
        select(KeyPeriod)
        .where(touches(unit_code, ancestors(unit_code)), earlier(PLACE, cursor))
        .order_by(*latest_first(PLACE))
        .limit(limit + 1)
    )
    if only_open:
        query = query.where(now < CLOSES)
    shown, last = cut(session.scalars(query).all(), limit)
    units = units_of_all(session, [period.id for period in shown])
    return KeyPeriodPage(
        items=[KeyPeriodRow(**_fields(period, units[period.id], now)) for period in shown],
        next_cursor=cursor_of(last.starts_at, last.id) if last else None,
    )


def _fields(period: KeyPeriod, units: list[str], now: datetime) -> dict[str, Any]:
    kept = ("id", "title", "instructions", "starts_at", "ends_at", "opened_at", "ended_at")
    return {
        **{name: getattr(period, name) for name in kept},
        "end_reason": period.end_reason,
        "units": units,
        "state": state_of(span_of(period), now),
        "rule": EMR_1.rule,
        "clause": EMR_1.clause,
    }


def period_of(session: Session, asker: Principal, key: UUID) -> KeyPeriod:
    """A response whose area touches the asker's unit; raises NotFound."""
    found = session.scalar(
        select(KeyPeriod).where(
            KeyPeriod.id == key, touches(asker.unit_code, ancestors(asker.unit_code))
        )
    )
    if found is None:
        raise NotFound
    return found


def key_period_of(session: Session, asker: Principal, key: UUID, now: datetime) -> KeyPeriodOut:
    """One response with its duty dates and how many have read it."""
    period, scope = period_of(session, asker, key), Scope.of(asker)
    units = units_of(session, key)
    people = concerned(units, span_of(period), scope.unit_code).where(scope.whose(Worker.id))
    keys = people.with_only_columns(Worker.id).order_by(None).order_by(Worker.id).subquery()
    read = select(func.count()).where(
        Acknowledgement.key_period_id == key, Acknowledgement.worker_id.in_(select(keys.c.id))
    )
    return KeyPeriodOut(
        **_fields(period, units, now),
        duty_dates=list(duty_dates(span_of(period))),
        declared=[
            DeclaredOut(unit=entry["unit"], day=entry["day"], given_back=entry["given_back"])
            for entry in period.declared
        ],
        not_declared=[_not_declared(entry) for entry in period.not_declared],
        concerned=session.scalar(select(func.count()).select_from(keys)) or 0,
        acknowledged=session.scalar(read) or 0,
    )


def _not_declared(entry: Mapping[str, Any]) -> NotDeclaredOut:
    return NotDeclaredOut(
        unit=entry["unit"],
        day=entry["day"],
        code=TooLateToDeclare.code,
        rule=TooLateToDeclare.rule or "",
        clause=TooLateToDeclare.clause or "",
    )


def acknowledgements_of(
    session: Session, asker: Principal, key: UUID, now: datetime, asked: Asked
) -> AcknowledgementPage:
    """Whom it concerns, and who answered from outside its area, by the workers' keys."""
    period, scope = period_of(session, asker, key), Scope.of(asker)
    span, units = span_of(period), units_of(session, key)
    inside = set(_keys(session, concerned(units, span, scope.unit_code)))
    outside = session.scalars(
        select(Acknowledgement.worker_id).where(
            Acknowledgement.key_period_id == key,
            under(Acknowledgement.community_code, scope.unit_code),
        )
    )
    people = posted_among(inside | set(outside), scope.unit_code).where(scope.whose(Worker.id))
    cursor, limit = asked
    if cursor is not None:
        people = people.where(Worker.id > _key_in(cursor))
    rows = session.execute(people.limit(limit + 1)).all()
    shown = rows[:limit]
    answers = _Answers(session, key, [worker.id for worker, _ in shown])
    return AcknowledgementPage(
        items=[
            answers.row(worker, community, worker.id in inside, (period, now))
            for worker, community in shown
        ],
        next_cursor=encode(str(shown[-1][0].id)) if len(rows) > limit else None,
    )


def _keys(session: Session, people: Any) -> list[UUID]:
    return [worker.id for worker, _ in session.execute(people)]


def _key_in(cursor: str) -> UUID:
    (key,) = decode(cursor, str)
    try:
        return UUID(str(key))
    except ValueError:
        raise BadCursor from None


class _Answers:
    """Acknowledgements and reports of some workers, loaded at once."""

    def __init__(self, session: Session, key: UUID, workers: Collection[UUID]) -> None:
        read = select(Acknowledgement).where(
            Acknowledgement.key_period_id == key, Acknowledgement.worker_id.in_(workers)
        )
        self.read = {row.worker_id: row for row in session.scalars(read)}
        reports = session.execute(
            select(KeyPeriodReport.worker_id, func.count())
            .where(KeyPeriodReport.key_period_id == key, KeyPeriodReport.worker_id.in_(workers))
            .group_by(KeyPeriodReport.worker_id)
        )
        self.reports: dict[UUID, int] = dict(reports.all())

    def row(
        self, worker: Worker, community: str, inside: bool, of: tuple[KeyPeriod, datetime]
    ) -> AcknowledgementRow:
        """One worker's."""
        period, now = of
        read = self.read.get(worker.id)
        at = read.corrected_at if read else None
        return AcknowledgementRow(
            worker_id=worker.id,
            worker_name=worker.name,
            community_code=community,
            concerned=inside,
            state=judge_acknowledgement(at, span_of(period), now).verdict,
            acknowledged_at=at,
            time_proven=read.time_proven if read else None,
            delay_minutes=int((at - period.opened_at).total_seconds() // 60) if at else None,
            reports=self.reports.get(worker.id, 0),
        )


def reports_of(session: Session, asker: Principal, key: UUID, asked: Asked) -> KeyPeriodReportPage:
    """The reports of a unit's workers, latest first."""
    period, scope = period_of(session, asker, key), Scope.of(asker)
    place = (KeyPeriodReport.corrected_at, KeyPeriodReport.id)
    cursor, limit = asked
    rows = session.execute(
        select(KeyPeriodReport, Worker.name)
        .join(Worker, Worker.id == KeyPeriodReport.worker_id)
        .where(
            KeyPeriodReport.key_period_id == key,
            under(KeyPeriodReport.community_code, scope.unit_code),
            scope.whose(KeyPeriodReport.worker_id),
            earlier(place, cursor),
        )
        .order_by(*latest_first(place))
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    inside = set(_keys(session, concerned(units_of(session, key), span_of(period), "")))
    missing = missing_of(session, [report.id for report, _ in shown])
    return KeyPeriodReportPage(
        items=[
            _report(report, name, report.worker_id in inside, missing.get(report.id, []))
            for report, name in shown
        ],
        next_cursor=cursor_of(last[0].corrected_at, last[0].id) if last else None,
    )


def _report(
    report: KeyPeriodReport, name: str, inside: bool, missing: list[str]
) -> KeyPeriodReportRow:
    beside = {"worker_name", "concerned", "missing_photos"}
    fields = {
        field: getattr(report, field) for field in KeyPeriodReportRow.model_fields.keys() - beside
    }
    return KeyPeriodReportRow(**fields, worker_name=name, concerned=inside, missing_photos=missing)


def my_key_periods(session: Session, worker_id: UUID, now: datetime, asked: Asked) -> MyKeyPeriods:
    """The responses that concern a worker, latest first."""
    cursor, limit = asked
    query = select(KeyPeriod).where(earlier(PLACE, cursor)).order_by(*latest_first(PLACE))
    periods = session.scalars(query).all()
    units = units_of_all(session, [period.id for period in periods])
    mine = [
        period
        for period in periods
        if concerns(session, units[period.id], span_of(period), worker_id)
    ]
    shown, last = cut(mine, limit)
    return MyKeyPeriods(
        items=[_mine(session, period, units[period.id], worker_id, now) for period in shown],
        next_cursor=cursor_of(last.starts_at, last.id) if last else None,
    )


def _mine(
    session: Session, period: KeyPeriod, units: list[str], worker_id: UUID, now: datetime
) -> MyKeyPeriod:
    answers = _Answers(session, period.id, [worker_id])
    read = answers.read.get(worker_id)
    at = read.corrected_at if read else None
    state: AcknowledgementState = judge_acknowledgement(at, span_of(period), now).verdict
    return MyKeyPeriod(
        **_fields(period, units, now),
        acknowledgement=state,
        acknowledged_at=at,
        reports=answers.reports.get(worker_id, 0),
    )
