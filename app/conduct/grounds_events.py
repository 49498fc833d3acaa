"""B2: fewer events filed in a month than the centre's quota asks for (四(二)2, EVT-5)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conduct.basis import Evidence, Judged, record
from app.conduct.duty_dates import duty_of
from app.db.models import IncidentCase
from app.people.months import MonthOfWorker
from app.people.values import values_on
from app.rules.activity import month_of
from app.rules.grounds import DutyOfMonth, judge_events_filed
from app.rules.incidents import NOT_COUNTED
from app.rules.quota import quota_of


def look_at_quota(session: Session, months: Sequence[MonthOfWorker]) -> Judged:
    """Once the month is over; without a quota on its first date there is nothing to look at."""
    if not months:
        return {}
    first, last = month_of(months[0].month)
    quota = quota_of(values_on(session, first))
    if quota == 0:
        return {}
    filed = _filed(session, [one.worker_id for one in months], first, last)
    duties = duty_of(session, months)
    return {
        (one.worker_id, last): _evidence(filed.get(one.worker_id, ()), quota, duties[one.worker_id])
        for one in months
    }


def _filed(
    session: Session, workers: Sequence[UUID], first: date, last: date
) -> dict[UUID, list[Any]]:
    rows = session.execute(
        select(
            IncidentCase.worker_id, IncidentCase.incident_id, IncidentCase.day, IncidentCase.state
        )
        .where(IncidentCase.worker_id.in_(workers), IncidentCase.day.between(first, last))
        .order_by(IncidentCase.day, IncidentCase.incident_id)
    )
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.worker_id].append(row)
    return found


def _evidence(filed: Sequence[Any], quota: int, duty: DutyOfMonth) -> Evidence:
    counted = [row for row in filed if row.state not in NOT_COUNTED]
    finding = judge_events_filed(len(counted), quota, duty)
    not_counted = {
        state.value: sum(row.state is state for row in filed) for state in sorted(NOT_COUNTED)
    }
    because = {**finding.because, "filed": len(filed), "not_counted": not_counted}
    return Evidence(finding.verdict, because, [_record(row) for row in filed])


def _record(row: Any) -> Any:
    """Whether it counts, not where it stands: an event that goes on its way is no other fact."""
    at = f"/v1/incidents/{row.incident_id}"
    counts = row.state not in NOT_COUNTED
    return record("incident", row.incident_id, at, day=row.day.isoformat(), counts=counts)
