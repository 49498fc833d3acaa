"""A3, B6: residents of a worker's grids who don't know of the grid service (四(一)3, 四(二)6)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.conduct.basis import Evidence, Judged, record
from app.db.models import Assignment, AwarenessSurvey
from app.people.months import MonthOfWorker
from app.people.values import values_on
from app.rules.activity import month_of
from app.rules.conduct import Ground
from app.rules.grounds import Surveyed, judge_awareness
from app.rules.parameters import Values


def look_below_60(session: Session, months: Sequence[MonthOfWorker]) -> Judged:
    """A3: below 60 %."""
    return _look(session, months, Ground.A3)


def look_below_90(session: Session, months: Sequence[MonthOfWorker]) -> Judged:
    """B6: at least 60 % and below 90 %."""
    return _look(session, months, Ground.B6)


def _look(session: Session, months: Sequence[MonthOfWorker], ground: Ground) -> Judged:
    """All surveys of a month of the grids that a worker answered for on the survey's date."""
    if not months:
        return {}
    first, last = month_of(months[0].month)
    workers = {one.worker_id: one for one in months}
    rows = session.execute(
        select(AwarenessSurvey, Assignment.worker_id)
        .join(
            Assignment,
            and_(
                Assignment.grid_code == AwarenessSurvey.grid_code,
                Assignment.first_responsible.is_(True),
                Assignment.valid.contains(AwarenessSurvey.conducted_on),
            ),
        )
        .where(
            Assignment.worker_id.in_(workers),
            AwarenessSurvey.conducted_on.between(first, last),
            AwarenessSurvey.withdrawn_at.is_(None),
        )
        .order_by(AwarenessSurvey.conducted_on, AwarenessSurvey.id)
    )
    found: dict[UUID, list[AwarenessSurvey]] = defaultdict(list)
    for survey, worker_id in rows:
        if workers[worker_id].community_on(survey.conducted_on) is not None:
            found[worker_id].append(survey)
    values = values_on(session, first)
    return {
        (worker_id, last): _evidence(surveys, ground, values)
        for worker_id, surveys in found.items()
    }


def _evidence(surveys: Sequence[AwarenessSurvey], ground: Ground, values: Values) -> Evidence:
    asked = [Surveyed(one.asked, one.aware) for one in surveys]
    finding = judge_awareness(asked, surveys[-1].conducted_on, values)
    because = {**finding.because, "month": f"{surveys[-1].conducted_on:%Y-%m}"}
    return Evidence(finding.verdict is ground, because, [_record(one) for one in surveys])


def _record(survey: AwarenessSurvey) -> Any:
    return record(
        "awareness_survey",
        survey.id,
        f"/v1/awareness-surveys/{survey.id}",
        grid=survey.grid_code,
        conducted_on=survey.conducted_on.isoformat(),
        asked=survey.asked,
        aware=survey.aware,
    )
