"""A worker's year as it is shown, and as handsets hold it (APR-2)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.appraisal.annual_schemas import YearOut, YearState
from app.appraisal.schemas import AppraisalObjectionOut
from app.appraisal.shown import objection_out
from app.db.models import AppraisalObjection, ApprovalCase, Worker, YearAppraisal
from app.outbox.emit import publish
from app.rules.approvals import CaseState

KIND = "year_appraisal"


def state_of(row: YearAppraisal, case: CaseState | None) -> YearState:
    """Where a year stands, by its last case."""
    if case is CaseState.OPEN:
        return YearState.PROPOSED
    return YearState.COMPUTED if row.grade is None else YearState.GRADED


Objections = Mapping[tuple[UUID, int | None], list[AppraisalObjectionOut]]
"""By worker and year."""


def objections_to(session: Session, rows: Collection[YearAppraisal]) -> Objections:
    """To some years, read at once."""
    found: dict[tuple[UUID, int | None], list[AppraisalObjectionOut]] = defaultdict(list)
    for one in session.scalars(
        select(AppraisalObjection)
        .where(
            tuple_(AppraisalObjection.worker_id, AppraisalObjection.year).in_(
                [(row.worker_id, row.year) for row in rows]
            )
        )
        .order_by(AppraisalObjection.received_at, AppraisalObjection.id)
    ):
        found[one.worker_id, one.year].append(objection_out(one))
    return found


def years_out(
    session: Session, rows: Sequence[tuple[YearAppraisal, str, CaseState | None]]
) -> list[YearOut]:
    """Some years with their workers' names and where their last case stands."""
    said = objections_to(session, [row for row, *_ in rows])
    return [_year_out(row, name, case, said) for row, name, case in rows]


def _year_out(row: YearAppraisal, name: str, case: CaseState | None, said: Objections) -> YearOut:
    """A year; what was proposed only while its procedure runs or once it passed."""
    stands = case in {CaseState.OPEN, CaseState.APPROVED}
    return YearOut(
        id=row.id,
        worker_id=row.worker_id,
        worker_name=name,
        year=row.year,
        community_code=row.community_code,
        state=state_of(row, case),
        mean=None if row.mean is None else f"{row.mean:f}",
        failed_months=row.failed_months,
        penalties=row.penalties,
        by_rule=row.by_rule,
        proposed=row.proposed if stands else None,
        proposed_reason=row.proposed_reason if stands else None,
        grade=row.grade,
        graded_at=row.graded_at,
        computed_at=row.computed_at,
        case_id=row.case_id,
        digest=str(row.because["digest"]),
        objections=said.get((row.worker_id, row.year), []),
    )


def shown(session: Session, row: YearAppraisal) -> YearOut:
    """One year."""
    case = session.get(ApprovalCase, row.case_id) if row.case_id is not None else None
    name = session.get_one(Worker, row.worker_id).name
    [found] = years_out(session, [(row, name, None if case is None else case.state)])
    return found


def own_years(session: Session, worker_id: UUID) -> Sequence[YearOut]:
    """A worker's own years, once they were proposed or graded; the latest first."""
    rows = session.execute(
        select(YearAppraisal, Worker.name, ApprovalCase.state)
        .join(Worker, Worker.id == YearAppraisal.worker_id)
        .join(ApprovalCase, ApprovalCase.id == YearAppraisal.case_id)
        .where(YearAppraisal.worker_id == worker_id)
        .order_by(YearAppraisal.year.desc())
    )
    return years_out(session, [(row, name, state) for row, name, state in rows])


def for_handset(session: Session, worker_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """What a worker's handset holds of the years."""
    return [(str(one.id), one.model_dump(mode="json")) for one in own_years(session, worker_id)]


def tell(session: Session, row: YearAppraisal) -> None:
    """The worker's handsets get it as it stands now."""
    tell_all(session, [row])


def tell_all(session: Session, rows: Sequence[YearAppraisal]) -> None:
    """Of several workers, each their own."""
    session.flush()
    found = session.execute(
        select(YearAppraisal, Worker.name, ApprovalCase.state)
        .join(Worker, Worker.id == YearAppraisal.worker_id)
        .outerjoin(ApprovalCase, ApprovalCase.id == YearAppraisal.case_id)
        .where(YearAppraisal.id.in_([row.id for row in rows]))
        .order_by(YearAppraisal.id)
    )
    for one in years_out(session, [(row, name, state) for row, name, state in found]):
        publish(session, one.worker_id, KIND, one.id, one.model_dump(mode="json"))
