"""What a month would come to by the records of now: shown beside what is stored, never stored."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.appraisal.computing import judged_months
from app.appraisal.months import as_text, indicators_of
from app.appraisal.pieces import Whose
from app.appraisal.schemas import IndicatorDifferenceOut, MonthDifferenceOut, RecomputationOut
from app.appraisal.scoring import Judged
from app.db.models import MonthAppraisal, MonthIndicator
from app.people.months import workers_of_month
from app.rules.appraisal import Indicator


def recomputation(
    session: Session, rows: Sequence[MonthAppraisal], month: date, now: datetime
) -> RecomputationOut:
    """Of some workers' month, those whose figures would differ."""
    keys = [row.worker_id for row in rows]
    workers = workers_of_month(session, "", month, only=keys)
    judged = judged_months(session, Whose.of(session, month, workers, now))
    stored = indicators_of(session, keys, month)
    found = [
        _difference(row, judged.get(row.worker_id), stored.get(row.worker_id, {})) for row in rows
    ]
    items = [one for one in found if one.indicators or one.score_stored != one.score_now]
    return RecomputationOut(month=as_text(month), items=items)


def _difference(
    row: MonthAppraisal, judged: Judged | None, stored: Mapping[Indicator, MonthIndicator]
) -> MonthDifferenceOut:
    return MonthDifferenceOut(
        worker_id=row.worker_id,
        score_stored=row.score,
        score_now=judged.score if judged else None,
        proposed_stored=row.proposed,
        proposed_now=judged.proposed if judged else None,
        indicators=[
            one
            for indicator in Indicator
            if (one := _indicator(indicator, judged, stored.get(indicator))) is not None
        ],
    )


def _indicator(
    indicator: Indicator, judged: Judged | None, stored: MonthIndicator | None
) -> IndicatorDifferenceOut | None:
    was = (stored.numerator, stored.denominator) if stored else (0, 0)
    line = judged.lines.get(indicator) if judged else None
    now = (line.measured.numerator, line.measured.denominator) if line else (0, 0)
    if was == now:
        return None
    return IndicatorDifferenceOut(
        indicator=indicator,
        numerator_stored=was[0],
        denominator_stored=was[1],
        numerator_now=now[0],
        denominator_now=now[1],
    )


def difference_of(session: Session, row: MonthAppraisal, now: datetime) -> Mapping[str, object]:
    """One worker's, as plain JSON for the revision that follows from it."""
    found = recomputation(session, [row], row.month, now)
    shown = {one.worker_id: one.model_dump(mode="json") for one in found.items}
    return shown.get(row.worker_id, {"worker_id": str(row.worker_id), "indicators": []})
