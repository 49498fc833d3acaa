"""What a worker's handsets hold of the months that were appraised (APR-1)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appraisal.schemas import MonthAppraisalOut
from app.appraisal.shown import details_out
from app.db.models import AppraisalMonth, MonthAppraisal
from app.outbox.emit import publish
from app.rules.appraisal import MonthState

KIND = "month_appraisal"
MONTHS_HELD = 13


def tell_months(session: Session, rows: Sequence[MonthAppraisal]) -> None:
    """To each worker's handsets the month as it stands now."""
    session.flush()
    for shown in details_out(session, rows):
        publish(session, shown.worker_id, KIND, shown.month, body_of(shown))


def body_of(shown: MonthAppraisalOut) -> dict[str, Any]:
    """As GET /v1/me/appraisals/{month} answers."""
    return shown.model_dump(mode="json")


def for_handset(session: Session, worker_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """The last months that the station gave its word on, by month."""
    rows = session.scalars(
        select(MonthAppraisal)
        .join(
            AppraisalMonth,
            (AppraisalMonth.community_code == MonthAppraisal.community_code)
            & (AppraisalMonth.month == MonthAppraisal.month),
        )
        .where(MonthAppraisal.worker_id == worker_id, AppraisalMonth.state != MonthState.OPEN)
        .order_by(MonthAppraisal.month.desc())
        .limit(MONTHS_HELD)
    ).all()
    return [(shown.month, body_of(shown)) for shown in details_out(session, rows)]
