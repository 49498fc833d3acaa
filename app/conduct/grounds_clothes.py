"""B1: checks of the station that found no work clothes, date by date (四(二)1)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conduct.basis import Evidence, Judged, Plain, record
from app.db.models import EquipmentCheck, EquipmentWithdrawal
from app.equipment.lists import Asked
from app.people.months import MonthOfWorker
from app.rules.activity import month_of
from app.rules.equipment import EquipmentVerdict
from app.rules.grounds import judge_clothes


def look_at_clothes(session: Session, months: Sequence[MonthOfWorker]) -> Judged:
    """By the checks that stand and the exemptions that are known now."""
    if not months:
        return {}
    workers = {one.worker_id: one for one in months}
    first, last = month_of(months[0].month)
    bare = Asked(first, last, None, EquipmentVerdict.NO_WORK_CLOTHES)
    rows = session.execute(
        select(EquipmentCheck.id, EquipmentCheck.worker_id, EquipmentCheck.day)
        .outerjoin(EquipmentWithdrawal, EquipmentWithdrawal.check_id == EquipmentCheck.id)
        .where(EquipmentCheck.worker_id.in_(workers), *bare.conditions())
        .order_by(EquipmentCheck.id)
    )
    found: dict[tuple[UUID, date], list[Plain]] = defaultdict(list)
    for key, worker_id, day in rows:
        if workers[worker_id].community_on(day) is not None:
            at = f"/v1/equipment-checks/{key}"
            seen = record("equipment_check", key, at, day=day.isoformat(), work_clothes=False)
            found[worker_id, day].append(seen)
    return {key: _evidence(key[1], checks) for key, checks in found.items()}


def _evidence(day: date, checks: Sequence[Plain]) -> Evidence:
    finding = judge_clothes(day, len(checks))
    return Evidence(finding.verdict, finding.because, checks)
