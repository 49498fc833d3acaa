"""What the sampled checks of a month found of what a worker recorded (INF-3)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.conduct.basis import Plain, record
from app.conduct.full_time import FullTime
from app.db.models import RecordVersion, SampleItem
from app.kit.clock import civil_day, day_end, day_start
from app.people.months import MonthOfWorker
from app.rules.activity import month_of
from app.rules.information import CheckResult


def checks_made(
    session: Session, months: Sequence[MonthOfWorker]
) -> Sequence[tuple[UUID, bool, Plain]]:
    """Each check of a version, held by whoever wrote that version, full-time [reading]: neither
    what a predecessor recorded nor what the station typed counts against a worker."""
    first, last = month_of(months[0].month)
    full_time = FullTime(session, [one.worker_id for one in months])
    rows = session.execute(
        select(
            RecordVersion.worker_id,
            RecordVersion.day,
            SampleItem.sample_id,
            SampleItem.record_id,
            SampleItem.version,
            SampleItem.result,
            SampleItem.checked_at,
        )
        .join(
            RecordVersion,
            and_(
                RecordVersion.record_id == SampleItem.record_id,
                RecordVersion.number == SampleItem.version,
            ),
        )
        .where(
            RecordVersion.worker_id.in_([one.worker_id for one in months]),
            SampleItem.checked_at >= day_start(first),
            SampleItem.checked_at < day_end(last),
            SampleItem.result.is_not(None),
        )
        .order_by(SampleItem.sample_id, SampleItem.place)
    )
    return [
        (
            row.worker_id,
            row.result is CheckResult.CORRECT,
            record(
                "sample_item",
                row.record_id,
                f"/v1/samples/{row.sample_id}/items",
                part="accuracy",
                sample=str(row.sample_id),
                version=row.version,
                result=row.result.value,
                checked_on=civil_day(row.checked_at).isoformat(),
            ),
        )
        for row in rows
        if full_time.on(row.worker_id, row.day)
    ]
