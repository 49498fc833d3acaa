"""Workers' years as offices look at them (APR-2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal, select, tuple_
from sqlalchemy.orm import Session

from app.appraisal.annual_facts import judge_years
from app.appraisal.annual_schemas import (
    YearDetailOut,
    YearGradingOut,
    YearMonthOut,
    YearNowOut,
    YearPage,
    YearPenaltyOut,
    YearState,
)
from app.appraisal.annual_shown import shown, years_out
from app.db.keyset import cut
from app.db.models import ApprovalCase, ApprovalStep, Worker, YearAppraisal
from app.kit.errors import BadCursor, NotFound
from app.kit.paging import decode, encode
from app.people.posts import under
from app.people.principal import Principal
from app.rules.annual import APR_2
from app.rules.appraisal import Grade
from app.rules.approvals import CaseState


@dataclass(frozen=True)
class YearsAsked:
    """Which years."""

    unit_code: str
    year: int | None
    state: YearState | None
    by_rule: Grade | None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the rows must be."""
        found: list[ColumnElement[bool] | None] = [
            under(YearAppraisal.community_code, self.unit_code),
            None if self.year is None else YearAppraisal.year == self.year,
            None if self.by_rule is None else YearAppraisal.by_rule == self.by_rule,
            None if self.state is None else _is_in(self.state),
        ]
        return [condition for condition in found if condition is not None]


def _is_in(state: YearState) -> ColumnElement[bool]:
    is_open = ApprovalCase.state.is_not_distinct_from(literal(CaseState.OPEN.value))
    graded = YearAppraisal.grade.is_not(None)
    match state:
        case YearState.PROPOSED:
            return is_open
        case YearState.GRADED:
            return and_(~is_open, graded)
        case YearState.COMPUTED:
            return and_(~is_open, ~graded)


def _after(cursor: str) -> ColumnElement[bool]:
    year, key = decode(cursor, int, str)
    try:
        worker_id = UUID(str(key))
    except ValueError:
        raise BadCursor from None
    if not MINYEAR <= int(year) <= MAXYEAR:
        raise BadCursor
    place = tuple_(literal(-int(year)), literal(worker_id))
    return tuple_(-YearAppraisal.year, YearAppraisal.worker_id) > place


def years_of_unit(session: Session, asked: YearsAsked, place: tuple[str | None, int]) -> YearPage:
    """The latest year first, then by worker."""
    cursor, limit = place
    where = asked.conditions()
    if cursor is not None:
        where.append(_after(cursor))
    rows = session.execute(
        select(YearAppraisal, Worker.name, ApprovalCase.state)
        .join(Worker, Worker.id == YearAppraisal.worker_id)
        .outerjoin(ApprovalCase, ApprovalCase.id == YearAppraisal.case_id)
        .where(*where)
        .order_by(-YearAppraisal.year, YearAppraisal.worker_id)
        .limit(limit + 1)
    ).all()
    page, last = cut(rows, limit)
    return YearPage(
        items=years_out(session, [(row, name, state) for row, name, state in page]),
        next_cursor=encode(last[0].year, str(last[0].worker_id)) if last else None,
    )


def year_of_office(session: Session, asker: Principal, key: UUID) -> YearAppraisal:
    """One year within the asker's unit; raises NotFound."""
    row = session.scalar(select(YearAppraisal).where(YearAppraisal.id == key))
    if row is None:
        raise NotFound
    asker.look(row.community_code)
    return row


def detail(session: Session, row: YearAppraisal, now: datetime) -> YearDetailOut:
    """What it rests on, what changed since, and every procedure that it went through."""
    because = row.because
    return YearDetailOut(
        **shown(session, row).model_dump(),
        rule=APR_2.rule,
        clause=APR_2.clause,
        excellent_from=because["excellent_from"],
        qualified_from=because["qualified_from"],
        failed_months_at_most=because["failed_months_at_most"],
        months=_months(because),
        counted=_counted(because),
        changed=_changed(session, row, now),
        gradings=_gradings(session, row),
        rules_version=row.rules_version,
    )


def _months(because: Any) -> list[YearMonthOut]:
    return [YearMonthOut.model_validate(month) for month in because["by_month"]]


def _counted(because: Any) -> list[YearPenaltyOut]:
    return [YearPenaltyOut.model_validate(penalty) for penalty in because["by_penalty"]]


def _changed(session: Session, row: YearAppraisal, now: datetime) -> YearNowOut | None:
    judged = judge_years(session, [row.worker_id], row.year, now)[row.worker_id]
    if judged.digest == row.because["digest"]:
        return None
    return YearNowOut(
        by_rule=judged.finding.verdict,
        mean=judged.because["mean"],
        failed_months=judged.year.facts.failed_months,
        penalties=judged.year.facts.penalties,
        digest=judged.digest,
        months=_months(judged.because),
        counted=_counted(judged.because),
    )


def _gradings(session: Session, row: YearAppraisal) -> Sequence[YearGradingOut]:
    rows = session.execute(
        select(ApprovalCase, ApprovalStep.facts)
        .join(ApprovalStep, (ApprovalStep.case_id == ApprovalCase.id) & (ApprovalStep.number == 1))
        .where(ApprovalCase.subject_id == row.id)
        .order_by(ApprovalCase.opened_at, ApprovalCase.id)
    )
    return [
        YearGradingOut(
            case_id=case.id,
            state=case.state.value,
            grade=facts.get("grade"),
            opened_at=case.opened_at,
            closed_at=case.closed_at,
        )
        for case, facts in rows
    ]


def own_year(session: Session, worker_id: UUID, year: int) -> YearAppraisal:
    """One's own year, once it was proposed; raises NotFound."""
    row = session.get(YearAppraisal, (worker_id, year))
    if row is None or row.case_id is None:
        raise NotFound
    return row
