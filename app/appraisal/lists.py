"""Months and workers' months as offices and workers look through them (APR-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.appraisal.measuring import MEASURES
from app.appraisal.months import as_text, digest_of, rows_of
from app.appraisal.pieces import Whose
from app.appraisal.recomputing import recomputation
from app.appraisal.schemas import (
    AppraisalMonthOut,
    AppraisalMonthPage,
    AppraisalObjectionPage,
    MonthAppraisalOut,
    MonthAppraisalPage,
    MonthAppraisalRow,
    MonthRecordOut,
    MonthRecordsOut,
    MyMonthsOut,
    RecomputationOut,
)
from app.appraisal.shown import beside, details_out, objection_out, row_out, rows_out
from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import AppraisalMonth, AppraisalObjection, MonthAppraisal
from app.kit.errors import BadCursor, NotFound
from app.kit.paging import decode, encode
from app.people.months import workers_of_month
from app.people.posts import under
from app.people.principal import Principal
from app.people.values import supersessions
from app.rules.appraisal import APR_1, Indicator, MonthState, Result, settles_at
from app.rules.parameters import values_on

MonthKey = tuple[str, date]
OBJECTED = (AppraisalObjection.received_at, AppraisalObjection.id)
OWN_MONTHS = 60


@dataclass(frozen=True)
class Asked:
    """Whose months."""

    unit_code: str
    month: date | None = None
    state: MonthState | None = None
    proposed: Result | None = None


def months_page(
    session: Session, asked: Asked, page: tuple[str | None, int], now: datetime
) -> AppraisalMonthPage:
    """The months of a unit's communities, the latest first."""
    cursor, limit = page
    query = select(AppraisalMonth).where(under(AppraisalMonth.community_code, asked.unit_code))
    if asked.month is not None:
        query = query.where(AppraisalMonth.month == asked.month)
    if asked.state is not None:
        query = query.where(AppraisalMonth.state == asked.state)
    if cursor is not None:
        query = query.where(_after(cursor))
    order = (AppraisalMonth.month.desc(), AppraisalMonth.community_code)
    rows = session.scalars(query.order_by(*order).limit(limit + 1)).all()
    shown, last = cut(rows, limit)
    return AppraisalMonthPage(
        items=months_out(session, shown, now),
        next_cursor=encode(last.month.isoformat(), last.community_code) if last else None,
    )


def _after(cursor: str) -> ColumnElement[bool]:
    text, community = decode(cursor, str, str)
    try:
        month = date.fromisoformat(str(text))
    except ValueError:
        raise BadCursor from None
    return or_(
        AppraisalMonth.month < month,
        and_(AppraisalMonth.month == month, AppraisalMonth.community_code > str(community)),
    )


def months_out(
    session: Session, months: Sequence[AppraisalMonth], now: datetime
) -> list[AppraisalMonthOut]:
    """With what their workers' months come to, read at once."""
    workers = _workers_of(session, [(one.community_code, one.month) for one in months])
    waiting, history = _waiting(session, months), supersessions(session)
    found = beside(session, [row for rows in workers.values() for row in rows])
    shown = []
    for month in months:
        key = (month.community_code, month.month)
        rows = workers.get(key, [])
        results = [_result(row_out(row, found)) for row in rows]
        settles = settles_at(month.month, values_on(month.month, history)).astimezone(UTC)
        shown.append(
            AppraisalMonthOut(
                id=month.id,
                community_code=month.community_code,
                month=as_text(month.month),
                state=month.state,
                workers=len(rows),
                passed=results.count(Result.PASS),
                failed=results.count(Result.FAIL),
                objections_waiting=waiting.get(key, 0),
                settles_at=settles,
                settled=now >= settles,
                computed_at=month.computed_at,
                rules_version=month.rules_version,
                digest=digest_of(rows),
                case_id=month.case_id,
                confirmed_at=month.confirmed_at,
                confirmed_by=month.confirmed_by,
                closed_at=month.closed_at,
                closed_by=month.closed_by,
                rule=APR_1.rule,
                clause=APR_1.clause,
            )
        )
    return shown


def _result(row: MonthAppraisalRow) -> Result | None:
    return row.in_force or row.proposed


def _workers_of(
    session: Session, keys: Sequence[MonthKey]
) -> Mapping[MonthKey, list[MonthAppraisal]]:
    found: dict[MonthKey, list[MonthAppraisal]] = {}
    for row in session.scalars(
        select(MonthAppraisal)
        .where(tuple_(MonthAppraisal.community_code, MonthAppraisal.month).in_(keys))
        .order_by(MonthAppraisal.worker_id)
    ):
        found.setdefault((row.community_code, row.month), []).append(row)
    return found


def _waiting(session: Session, months: Sequence[AppraisalMonth]) -> Mapping[MonthKey, int]:
    rows = session.execute(
        select(AppraisalObjection.community_code, AppraisalObjection.month, func.count())
        .where(
            AppraisalObjection.community_code.in_({one.community_code for one in months}),
            AppraisalObjection.month.in_({one.month for one in months}),
            AppraisalObjection.decided_at.is_(None),
        )
        .group_by(AppraisalObjection.community_code, AppraisalObjection.month)
    )
    return {(code, month): count for code, month, count in rows if month is not None}


def month_out(session: Session, place: MonthKey, now: datetime) -> AppraisalMonthOut:
    """One; raises NotFound."""
    row = session.get(AppraisalMonth, place)
    if row is None:
        raise NotFound
    return months_out(session, [row], now)[0]


def appraisals_page(
    session: Session, asked: Asked, page: tuple[str | None, int]
) -> MonthAppraisalPage:
    """The workers of a unit in a month, by community and key."""
    cursor, limit = page
    query = select(MonthAppraisal).where(
        MonthAppraisal.month == asked.month,
        under(MonthAppraisal.community_code, asked.unit_code),
    )
    if asked.proposed is not None:
        query = query.where(MonthAppraisal.proposed == asked.proposed)
    order = (MonthAppraisal.community_code, MonthAppraisal.worker_id)
    if cursor is not None:
        query = query.where(tuple_(*order) > _place(cursor))
    rows = session.scalars(query.order_by(*order).limit(limit + 1)).all()
    shown, last = cut(rows, limit)
    return MonthAppraisalPage(
        items=rows_out(session, shown),
        next_cursor=encode(last.community_code, str(last.worker_id)) if last else None,
    )


def _place(cursor: str) -> tuple[str, UUID]:
    community, key = decode(cursor, str, str)
    try:
        return str(community), UUID(str(key))
    except ValueError:
        raise BadCursor from None


def appraisal_in(
    session: Session, asker: Principal, worker_id: UUID, month: date
) -> MonthAppraisal:
    """A worker's month in the asker's unit; raises NotFound."""
    row = session.get(MonthAppraisal, (worker_id, month))
    if row is None:
        raise NotFound
    asker.look(row.community_code)
    return row


def own_appraisal(session: Session, worker_id: UUID, month: date) -> MonthAppraisal:
    """One's own month; raises NotFound."""
    row = session.get(MonthAppraisal, (worker_id, month))
    if row is None:
        raise NotFound
    return row


def detail(session: Session, row: MonthAppraisal) -> MonthAppraisalOut:
    """A worker's month with all that belongs to it."""
    return details_out(session, [row])[0]


def own_months(session: Session, worker_id: UUID) -> MyMonthsOut:
    """The latest first."""
    rows = session.scalars(
        select(MonthAppraisal)
        .where(MonthAppraisal.worker_id == worker_id)
        .order_by(MonthAppraisal.month.desc())
        .limit(OWN_MONTHS)
    ).all()
    return MyMonthsOut(items=rows_out(session, rows))


def records_of(
    session: Session, row: MonthAppraisal, indicator: Indicator, now: datetime
) -> MonthRecordsOut:
    """The records behind one indicator as they are now, by date: all of them."""
    workers = workers_of_month(session, "", row.month, only=[row.worker_id])
    whose = Whose.of(session, row.month, workers, now, detail=True)
    found = MEASURES[indicator](session, whose).get(row.worker_id, ()) if workers else ()
    items = [
        MonthRecordOut(
            indicator=indicator,
            part=piece.part,
            kind=piece.kind,
            key=piece.key,
            day=piece.day,
            done=piece.done,
            owed=piece.owed,
            says=dict(piece.says),
        )
        for piece in found
    ]
    done, owed = sum(one.done for one in items), sum(one.owed for one in items)
    return MonthRecordsOut(items=items, done=done, owed=owed)


def month_recomputation(session: Session, place: MonthKey, now: datetime) -> RecomputationOut:
    """Of all workers of a community's month."""
    return recomputation(session, rows_of(session, *place), place[1], now)


def objections_page(
    session: Session, unit_code: str, waiting: bool | None, page: tuple[str | None, int]
) -> AppraisalObjectionPage:
    """The objections of a unit, the latest first."""
    cursor, limit = page
    query = select(AppraisalObjection).where(
        under(AppraisalObjection.community_code, unit_code), earlier(OBJECTED, cursor)
    )
    if waiting is not None:
        undecided = AppraisalObjection.decided_at.is_(None)
        query = query.where(undecided if waiting else ~undecided)
    rows = session.scalars(query.order_by(*latest_first(OBJECTED)).limit(limit + 1)).all()
    shown, last = cut(rows, limit)
    return AppraisalObjectionPage(
        items=[objection_out(row) for row in shown],
        next_cursor=cursor_of(last.received_at, last.id) if last else None,
    )


def objection_in(session: Session, asker: Principal, key: UUID) -> AppraisalObjection:
    """One in the asker's unit; raises NotFound."""
    row = session.get(AppraisalObjection, key)
    if row is None:
        raise NotFound
    asker.look(row.community_code)
    return row
