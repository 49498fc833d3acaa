"""Judged months are written in few statements, over what was computed before (APR-1)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from app.appraisal.scoring import Judged, Line, six_decimals
from app.db.bulk import insert_rows, rows_of
from app.db.models import MonthAppraisal, MonthIndicator
from app.rules.appraisal import Indicator
from app.rules.version import RULES_VERSION

UPSERT = text(
    """
    insert into month_appraisal (
        worker_id, month, community_code, score, proposed, because, rules_version, computed_at
    )
    select worker_id, month, community_code, score, proposed, because, rules_version, computed_at
    from json_populate_recordset(null::month_appraisal, cast(:rows as json))
    on conflict (worker_id, month) do update set
        community_code = excluded.community_code,
        score = excluded.score,
        proposed = excluded.proposed,
        because = excluded.because,
        rules_version = excluded.rules_version,
        computed_at = excluded.computed_at
    """
)
"""The station's word is left as it is."""


def write_months(
    session: Session,
    month: date,
    places: Mapping[UUID, str],
    judged: Mapping[UUID, Judged],
    now: datetime,
) -> None:
    """Of all these workers the month, at the communities of `places`, and its indicators, in
    place of what was there."""
    if not judged:
        return
    months = [_month(key, month, places[key], one, now) for key, one in judged.items()]
    session.execute(UPSERT, {"rows": rows_of(session, MonthAppraisal, months)})
    write_indicators(session, month, judged)


def write_indicators(session: Session, month: date, judged: Mapping[UUID, Judged]) -> None:
    """The indicators of some workers' month, in place of those that were there."""
    session.execute(
        delete(MonthIndicator)
        .where(MonthIndicator.worker_id.in_(judged), MonthIndicator.month == month)
        .execution_options(synchronize_session=False)
    )
    rows = [
        _indicator(key, month, indicator, line)
        for key, one in judged.items()
        for indicator, line in one.lines.items()
    ]
    insert_rows(session, MonthIndicator, rows)
    for row in session.identity_map.values():
        if isinstance(row, MonthAppraisal | MonthIndicator):
            session.expire(row)


def forget(
    session: Session, month: date, communities: Collection[str], worker_ids: Collection[UUID]
) -> None:
    """Those whose month it no longer is in these communities: they moved, or their post was
    written down anew. Where another community has taken the month over meanwhile, it stays."""
    if not worker_ids:
        return
    gone = session.scalars(
        delete(MonthAppraisal)
        .where(
            MonthAppraisal.worker_id.in_(worker_ids),
            MonthAppraisal.month == month,
            MonthAppraisal.community_code.in_(communities),
        )
        .returning(MonthAppraisal.worker_id)
        .execution_options(synchronize_session="fetch")
    ).all()
    session.execute(
        delete(MonthIndicator)
        .where(MonthIndicator.worker_id.in_(gone), MonthIndicator.month == month)
        .execution_options(synchronize_session="fetch")
    )


def _month(
    worker_id: UUID, month: date, community_code: str, judged: Judged, now: datetime
) -> dict[str, Any]:
    return {
        "worker_id": worker_id,
        "month": month,
        "community_code": community_code,
        "score": None if judged.score is None else str(judged.score),
        "proposed": judged.proposed.value,
        "because": judged.because,
        "rules_version": RULES_VERSION,
        "computed_at": now.isoformat(),
    }


def _indicator(worker_id: UUID, month: date, indicator: Indicator, line: Line) -> dict[str, Any]:
    return {
        "worker_id": worker_id,
        "month": month,
        "indicator": indicator.value,
        "numerator": line.measured.numerator,
        "denominator": line.measured.denominator,
        "weight": str(six_decimals(line.share.weight)),
        "points": str(six_decimals(line.share.points)),
        "parts": line.parts,
        "corrected_by": line.corrected_by,
    }
