"""Residents' data of errands are erased when their term has passed (SVC-1, rulebook part 8)."""

from datetime import datetime

from sqlalchemy import Date, cast, delete, func, select, update
from sqlalchemy.orm import Session

from app.db.models import Errand, ErrandAct, PhotoLink
from app.kit.clock import civil_day
from app.outbox.emit import emit
from app.people.values import values_on
from app.rules.errands import erased_before

AT_ONCE = 500


def erase_residents(session: Session, now: datetime) -> int:
    """For whom errands were, what was noted and which papers they took; says of how many.

    The term runs from the delivery; of an errand left lying, from its last step.
    """
    today = civil_day(now)
    limit = erased_before(today, values_on(session, today))
    changed = cast(func.timezone("Asia/Shanghai", Errand.changed_at), Date)
    ended = func.coalesce(Errand.closed_day, changed)
    rows = session.execute(
        select(Errand.id, Errand.grid_code)
        .where(Errand.resident.is_not(None), ended < limit)
        .order_by(Errand.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return 0
    keys = [key for key, _ in rows]
    acts = select(ErrandAct.id).where(ErrandAct.errand_id.in_(keys))
    session.execute(
        delete(PhotoLink).where(
            PhotoLink.subject_kind == "errand_act", PhotoLink.subject_id.in_(acts)
        )
    )
    session.execute(
        update(ErrandAct)
        .where(ErrandAct.errand_id.in_(keys))
        .values(note=None, photos=[], papers=[], office=None)
    )
    session.execute(update(Errand).where(Errand.id.in_(keys)).values(resident=None))
    for key, grid_code in rows:
        emit(session, "errand.erased", by=None, unit_code=grid_code, subject=("errand", key))
    return len(keys)
