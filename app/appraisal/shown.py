"""Workers' months as offices, workers and handsets see them: many read at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.appraisal.schemas import (
    AppraisalCorrectionOut,
    AppraisalObjectionOut,
    AppraisalRevisionOut,
    IndicatorOut,
    IndicatorPartOut,
    MonthAppraisalOut,
    MonthAppraisalRow,
)
from app.db.models import (
    AppraisalCorrection,
    AppraisalMonth,
    AppraisalObjection,
    AppraisalRevision,
    MonthAppraisal,
    MonthIndicator,
    Penalty,
    Worker,
)
from app.rules.activity import month_of
from app.rules.appraisal import APR_1, Indicator, MonthState, result_in_force
from app.rules.conduct import PenaltyKind

Key = tuple[UUID, date]
"""A worker and the first date of a month."""
ORDER = {indicator: place for place, indicator in enumerate(Indicator)}


@dataclass(frozen=True)
class Beside:
    """What stands beside some months."""

    names: Mapping[UUID, str]
    states: Mapping[tuple[str, date], MonthState]
    demerits: Mapping[Key, Sequence[UUID]]
    revisions: Mapping[Key, Sequence[AppraisalRevision]]
    corrections: Mapping[Key, Sequence[AppraisalCorrection]]
    objections: Mapping[Key, Sequence[AppraisalObjection]]


def beside(session: Session, rows: Collection[MonthAppraisal]) -> Beside:
    """Read for all of them at once."""
    workers = {row.worker_id for row in rows}
    months = {row.month for row in rows}
    names = session.execute(select(Worker.id, Worker.name).where(Worker.id.in_(workers)))
    return Beside(
        names={key: name for key, name in names},  # noqa: C416 - rows are no pairs to mypy
        states=_states(session, {(row.community_code, row.month) for row in rows}),
        demerits=_demerits(session, workers, months),
        revisions=_grouped(
            session.scalars(
                select(AppraisalRevision)
                .where(
                    AppraisalRevision.worker_id.in_(workers), AppraisalRevision.month.in_(months)
                )
                .order_by(AppraisalRevision.decided_at, AppraisalRevision.id)
            )
        ),
        corrections=_grouped(
            session.scalars(
                select(AppraisalCorrection)
                .where(
                    AppraisalCorrection.worker_id.in_(workers),
                    AppraisalCorrection.month.in_(months),
                    AppraisalCorrection.withdrawn_at.is_(None),
                )
                .order_by(AppraisalCorrection.made_at, AppraisalCorrection.id)
            )
        ),
        objections=_grouped(
            session.scalars(
                select(AppraisalObjection)
                .where(
                    AppraisalObjection.worker_id.in_(workers),
                    AppraisalObjection.month.in_(months),
                )
                .order_by(AppraisalObjection.received_at, AppraisalObjection.id)
            )
        ),
    )


def _grouped(found: Any) -> dict[Key, list[Any]]:
    grouped: dict[Key, list[Any]] = {}
    for row in found:
        grouped.setdefault((row.worker_id, row.month), []).append(row)
    return grouped


def _states(
    session: Session, keys: Collection[tuple[str, date]]
) -> dict[tuple[str, date], MonthState]:
    rows = session.execute(
        select(AppraisalMonth.community_code, AppraisalMonth.month, AppraisalMonth.state).where(
            tuple_(AppraisalMonth.community_code, AppraisalMonth.month).in_(keys)
        )
    )
    return {(community, month): state for community, month, state in rows}


def _demerits(
    session: Session, workers: Collection[UUID], months: Collection[date]
) -> dict[Key, list[UUID]]:
    if not months:
        return {}
    found: dict[Key, list[UUID]] = {}
    rows = session.execute(
        select(Penalty.worker_id, Penalty.decided_on, Penalty.id)
        .where(
            Penalty.worker_id.in_(workers),
            Penalty.standing == PenaltyKind.DEMERIT,
            Penalty.decided_on.between(min(months), month_of(max(months))[1]),
        )
        .order_by(Penalty.decided_at, Penalty.id)
    )
    for worker_id, decided_on, key in rows:
        found.setdefault((worker_id, decided_on.replace(day=1)), []).append(key)
    return found


def row_out(row: MonthAppraisal, found: Beside) -> MonthAppraisalRow:
    """Without its indicators."""
    return MonthAppraisalRow.model_validate(_row(row, found))


def _row(row: MonthAppraisal, found: Beside) -> dict[str, Any]:
    key = (row.worker_id, row.month)
    revisions = found.revisions.get(key, ())
    demerits = found.demerits.get(key, ())
    last = revisions[-1].result if revisions else None
    return {
        "worker_id": row.worker_id,
        "worker_name": found.names[row.worker_id],
        "community_code": row.community_code,
        "month": f"{row.month:%Y-%m}",
        "state": found.states.get((row.community_code, row.month), MonthState.OPEN),
        "score": row.score,
        "proposed": row.proposed,
        "result": row.result,
        "result_reason": row.result_reason,
        "in_force": result_in_force(row.result, last, bool(demerits)),
        "demerits": list(demerits),
        "revised": bool(revisions),
        "corrected": [one.indicator for one in found.corrections.get(key, ())],
        "objection_waiting": any(one.decided_at is None for one in found.objections.get(key, ())),
        "computed_at": row.computed_at,
        "decided_at": row.decided_at,
        "rule": APR_1.rule,
        "clause": APR_1.clause,
    }


def rows_out(session: Session, rows: Sequence[MonthAppraisal]) -> list[MonthAppraisalRow]:
    """Some months, in their order."""
    found = beside(session, rows)
    return [row_out(row, found) for row in rows]


def details_out(session: Session, rows: Sequence[MonthAppraisal]) -> list[MonthAppraisalOut]:
    """Some months with all that belongs to them, in their order."""
    found = beside(session, rows)
    indicators: dict[Key, list[Any]] = _grouped(
        session.scalars(
            select(MonthIndicator).where(
                tuple_(MonthIndicator.worker_id, MonthIndicator.month).in_(
                    [(row.worker_id, row.month) for row in rows]
                )
            )
        )
    )
    return [_detail(row, found, indicators.get((row.worker_id, row.month), [])) for row in rows]


def _detail(
    row: MonthAppraisal, found: Beside, indicators: Sequence[MonthIndicator]
) -> MonthAppraisalOut:
    key = (row.worker_id, row.month)
    corrections = {one.id: one for one in found.corrections.get(key, ())}
    ordered = sorted(indicators, key=lambda one: ORDER[one.indicator])
    return MonthAppraisalOut(
        **_row(row, found),
        because=row.because,
        indicators=[indicator_out(one, corrections) for one in ordered],
        objections=[objection_out(one) for one in found.objections.get(key, ())],
        revisions=[
            AppraisalRevisionOut.model_validate(one) for one in found.revisions.get(key, ())
        ],
    )


def indicator_out(
    row: MonthIndicator, corrections: Mapping[UUID, AppraisalCorrection]
) -> IndicatorOut:
    """An indicator with the correction that lies over it."""
    measured = row.parts.get("measured", {})
    correction = corrections.get(row.corrected_by) if row.corrected_by else None
    return IndicatorOut(
        indicator=row.indicator,
        numerator=row.numerator,
        denominator=row.denominator,
        weight=row.weight,
        points=row.points,
        parts=[
            IndicatorPartOut.model_validate({"part": name, **part})
            for name, part in row.parts["parts"].items()
        ],
        correction=correction_out(correction) if correction else None,
        measured_numerator=measured.get("numerator", row.numerator),
        measured_denominator=measured.get("denominator", row.denominator),
    )


def correction_out(row: AppraisalCorrection) -> AppraisalCorrectionOut:
    """A correction."""
    fields = {name: getattr(row, name) for name in AppraisalCorrectionOut.model_fields}
    return AppraisalCorrectionOut(**fields | {"month": f"{row.month:%Y-%m}"})


def objection_out(row: AppraisalObjection) -> AppraisalObjectionOut:
    """An objection."""
    fields = {name: getattr(row, name) for name in AppraisalObjectionOut.model_fields}
    month = None if row.month is None else f"{row.month:%Y-%m}"
    return AppraisalObjectionOut(**fields | {"month": month})
