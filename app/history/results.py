"""Months and grades as they stood on a date, and pay where it may be seen."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.appraisal.annual_facts import months_of
from app.db.models import (
    ApprovalCase,
    ApprovalStep,
    Payroll,
    PayStandard,
    PayStatement,
    YearAppraisal,
)
from app.history.asking import AsOf
from app.history.schemas import (
    StoodGradeOut,
    StoodMonthOut,
    StoodPayOut,
    StoodStandardOut,
    StoodStatementOut,
    amount,
)
from app.rules.annual import may_renew
from app.rules.appraisal import Grade
from app.rules.approvals import CaseState, Procedure
from app.rules.pay import StandardKind


def months(asked: AsOf) -> list[StoodMonthOut]:
    """The months of the calendar year that had been computed."""
    year = asked.on.year
    span = date(year, 1, 1), date(year, 12, 1)
    found = months_of(asked.session, [asked.worker_id], span, asked.known_at)
    return [
        StoodMonthOut(
            month=one.month,
            community_code=one.community_code,
            score=amount(one.score),
            state=one.state,
            decided=one.decided,
            revision=one.revision,
            demerit=one.demerit,
            result=one.result,
        )
        for one in found.get(asked.worker_id, [])
    ]


def last_grade(asked: AsOf) -> StoodGradeOut | None:
    """Of the last year whose procedure had ended: the grade that was proposed in it."""
    found = asked.session.execute(
        select(YearAppraisal.year, ApprovalCase.id, ApprovalCase.closed_at, ApprovalStep.facts)
        .join(ApprovalCase, ApprovalCase.subject_id == YearAppraisal.id)
        .join(ApprovalStep, (ApprovalStep.case_id == ApprovalCase.id) & (ApprovalStep.number == 1))
        .where(
            YearAppraisal.worker_id == asked.worker_id,
            ApprovalCase.procedure == Procedure.ANNUAL_APPRAISAL,
            ApprovalCase.state == CaseState.APPROVED,
            ApprovalCase.closed_at <= asked.known_at,
        )
        .order_by(YearAppraisal.year.desc(), ApprovalCase.closed_at.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    grade = Grade(found.facts["grade"])
    case_id: UUID = found.id
    return StoodGradeOut(
        year=found.year,
        grade=grade,
        graded_at=found.closed_at,
        case_id=case_id,
        may_renew=may_renew(grade).verdict,
    )


def pay(asked: AsOf) -> StoodPayOut:
    """The standards in force, and what had been closed of the calendar year."""
    return StoodPayOut(
        minimum_wage=_standard(asked, StandardKind.MINIMUM_WAGE),
        performance=_standard(asked, StandardKind.PERFORMANCE),
        statements=_statements(asked),
    )


def _standard(asked: AsOf, kind: StandardKind) -> StoodStandardOut | None:
    found = asked.session.scalars(
        select(PayStandard)
        .where(
            PayStandard.kind == kind,
            PayStandard.effective_from <= asked.on,
            PayStandard.decided_at <= asked.known_at,
        )
        .order_by(
            PayStandard.effective_from.desc(), PayStandard.decided_at.desc(), PayStandard.id.desc()
        )
        .limit(1)
    ).first()
    return None if found is None else StoodStandardOut.model_validate(found)


def _statements(asked: AsOf) -> list[StoodStatementOut]:
    year = asked.on.year
    rows = asked.session.execute(
        select(PayStatement, Payroll.closed_at)
        .join(Payroll, Payroll.month == PayStatement.month)
        .where(
            PayStatement.worker_id == asked.worker_id,
            PayStatement.month.between(date(year, 1, 1), date(year, 12, 1)),
            Payroll.closed_at <= asked.known_at,
        )
        .order_by(PayStatement.month)
    )
    return [
        StoodStatementOut(
            month=row.month,
            base=row.base,
            performance=row.performance,
            corrections=row.corrections,
            total=row.total,
            closed_at=closed_at,
        )
        for row, closed_at in rows
    ]
