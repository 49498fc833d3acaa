"""What cases are about, in a few plain facts that their documents and lists show.

Never of a resident, and of an applicant nothing but the vacancy and the form.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.db.models import (
    Appeal,
    AppraisalMonth,
    ApprovalCase,
    ConductProposal,
    Correction,
    HopExtension,
    IncidentHop,
    Leave,
    Payroll,
    Penalty,
    RecruitmentApplication,
    Resignation,
    YearAppraisal,
)
from app.rules.approvals import Procedure

Keys: TypeAlias = Sequence[UUID]
Matters: TypeAlias = Mapping[UUID, dict[str, Any]]


def _proposals(keys: Keys) -> Select[*tuple[Any, ...]]:
    return select(
        ConductProposal.id,
        ConductProposal.ground,
        ConductProposal.rung,
        ConductProposal.occurred_on,
    ).where(ConductProposal.id.in_(keys))


def _appeals(keys: Keys) -> Select[*tuple[Any, ...]]:
    return (
        select(Appeal.id, Appeal.penalty_id, Penalty.ground, Penalty.kind, Penalty.decided_on)
        .join(Penalty, Penalty.id == Appeal.penalty_id)
        .where(Appeal.id.in_(keys))
    )


def _applications(keys: Keys) -> Select[*tuple[Any, ...]]:
    found = RecruitmentApplication
    return select(found.id, found.grid_code, found.form, found.applied_on).where(found.id.in_(keys))


def _months(keys: Keys) -> Select[*tuple[Any, ...]]:
    found = AppraisalMonth
    return select(found.id, found.month, found.workers).where(found.id.in_(keys))


def _years(keys: Keys) -> Select[*tuple[Any, ...]]:
    found = YearAppraisal
    return select(found.id, found.year, found.by_rule, found.proposed).where(found.id.in_(keys))


def _corrections(keys: Keys) -> Select[*tuple[Any, ...]]:
    found = Correction
    return select(found.id, found.kind, found.day, found.window).where(found.id.in_(keys))


def _leaves(keys: Keys) -> Select[*tuple[Any, ...]]:
    found = Leave
    return select(
        found.id, found.kind, found.first_day, found.first_half, found.last_day, found.last_half
    ).where(found.id.in_(keys))


def _extensions(keys: Keys) -> Select[*tuple[Any, ...]]:
    return (
        select(IncidentHop.id, IncidentHop.incident_id, HopExtension.hours)
        .join(HopExtension, HopExtension.hop_id == IncidentHop.id)
        .where(IncidentHop.id.in_(keys))
    )


def _resignations(keys: Keys) -> Select[*tuple[Any, ...]]:
    found = Resignation
    return select(found.id, found.last_day).where(found.id.in_(keys))


def _payrolls(keys: Keys) -> Select[*tuple[Any, ...]]:
    found = Payroll
    return select(found.id, found.month, found.workers, found.total).where(found.id.in_(keys))


QUERIES: Mapping[Procedure, Callable[[Keys], Select[*tuple[Any, ...]]]] = {
    Procedure.RECRUITMENT: _applications,
    Procedure.DISMISSAL: _proposals,
    Procedure.PENALTY: _proposals,
    Procedure.APPEAL: _appeals,
    Procedure.MONTHLY_APPRAISAL: _months,
    Procedure.ANNUAL_APPRAISAL: _years,
    Procedure.CORRECTION: _corrections,
    Procedure.LEAVE: _leaves,
    Procedure.EXTENSION: _extensions,
    Procedure.RESIGNATION: _resignations,
    Procedure.PAYROLL: _payrolls,
}
"""By procedure, its subjects; the first column is the key."""


def matters_of(session: Session, cases: Sequence[ApprovalCase]) -> Matters:
    """By case, what it is about; nothing of a subject that is gone."""
    wanted: dict[Procedure, dict[UUID, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for case in cases:
        wanted[case.procedure][case.subject_id].append(case.id)
    found: dict[UUID, dict[str, Any]] = {case.id: {} for case in cases}
    for procedure, subjects in wanted.items():
        for row in session.execute(QUERIES[procedure](list(subjects))).mappings():
            facts = {name: plain(value) for name, value in row.items() if name != "id"}
            found.update((case_id, facts) for case_id in subjects[row["id"]])
    return found


def plain(value: object) -> Any:
    """A value as JSON has it; money and hours as text."""
    return value if value is None or isinstance(value, bool | int) else str(value)
