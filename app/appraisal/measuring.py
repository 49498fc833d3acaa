"""All that a month is measured by, and the records of one indicator of one worker (APR-1)."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.orm import Session

from app.appraisal.measuring_days import attendance, field_time
from app.appraisal.measuring_events import events
from app.appraisal.measuring_information import information
from app.appraisal.measuring_services import meetings, services
from app.appraisal.measuring_visits import visits
from app.appraisal.pieces import Piece, Pieces, Whose
from app.rules.appraisal import Indicator

Measure: TypeAlias = Callable[[Session, Whose], Pieces]

MEASURES: Mapping[Indicator, Measure] = {
    Indicator.ATTENDANCE: attendance,
    Indicator.FIELD_TIME: field_time,
    Indicator.VISITS: visits,
    Indicator.INFORMATION: information,
    Indicator.EVENTS: events,
    Indicator.SERVICES: services,
    Indicator.MEETINGS: meetings,
}

Found: TypeAlias = Mapping[Indicator, Sequence[Piece]]


def measure(session: Session, whose: Whose) -> Mapping[UUID, Found]:
    """The records of each worker's month, by indicator; what was not owed has none."""
    if not whose.workers:
        return {}
    by_indicator = {indicator: measured(session, whose) for indicator, measured in MEASURES.items()}
    return {
        worker_id: {
            indicator: pieces.get(worker_id, ()) for indicator, pieces in by_indicator.items()
        }
        for worker_id in whose.workers
    }
