"""Exemptions from work clothes that a township or the centre decides (三(二)1)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import EquipmentExemption, Posting
from app.equipment.refusals import ExemptionNotShortened, IdReused
from app.equipment.schemas import ExemptionEndIn, ExemptionIn, ExemptionOut, ExemptionPage
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.posts import NoPost, under
from app.people.principal import Principal

A_DAY = timedelta(days=1)
PLACE = (EquipmentExemption.decided_at, EquipmentExemption.id)


def exempt(
    session: Session, asker: Principal, body: ExemptionIn, now: datetime
) -> EquipmentExemption:
    """Exempt a unit, or one of its workers; the same exemption again is the first."""
    asker.act(body.unit_code)
    known = session.get(EquipmentExemption, body.id)
    if known is not None:
        return _same(known, asker, body)
    valid = span(body.first_day, body.last_day)
    if body.worker_id is not None:
        _stands_there(session, body.worker_id, body.unit_code, valid)
    made = EquipmentExemption(
        id=body.id,
        unit_code=body.unit_code,
        worker_id=body.worker_id,
        valid=valid,
        reason=body.reason,
        decided_by=asker.account_id,
        decided_at=now,
    )
    session.add(made)
    session.flush()
    _tell(session, made, "equipment.exempted", asker.account_id)
    return made


def span(first: date, last: date | None) -> Range[date]:
    """Dates, the last one included, as the database has them."""
    return Range(first, None if last is None else last + A_DAY)


def last_day(exemption: EquipmentExemption) -> date | None:
    """The last date that is exempted."""
    upper = exemption.valid.upper
    return None if upper is None else upper - A_DAY


def _same(known: EquipmentExemption, asker: Principal, body: ExemptionIn) -> EquipmentExemption:
    """The first of two with the same id; one that ended early is still what was decided."""
    ends, asked = last_day(known), body.last_day
    shortened = ends is not None and (asked is None or ends <= asked)
    said = (body.unit_code, body.worker_id, body.first_day, body.reason, asker.account_id)
    stands = (known.unit_code, known.worker_id, known.valid.lower, known.reason, known.decided_by)
    if said != stands or not (ends == asked or shortened):
        raise IdReused(id=body.id)
    return known


def _stands_there(session: Session, worker_id: UUID, unit: str, valid: Range[date]) -> None:
    posted = select(Posting.id).where(
        Posting.worker_id == worker_id,
        under(Posting.community_code, unit),
        Posting.valid.overlaps(valid),
    )
    if not session.scalar(select(posted.exists())):
        raise NoPost(unit=unit)


def end_exemption(
    session: Session, asker: Principal, key: UUID, body: ExemptionEndIn, now: datetime
) -> EquipmentExemption:
    """An exemption ends earlier: from the next day on, never in arrears."""
    found = session.get(EquipmentExemption, key, with_for_update=True)
    if found is None:
        raise NotFound
    asker.act(found.unit_code)
    ends, first = last_day(found), found.valid.lower
    assert first is not None
    not_before = max(first, civil_day(now))
    if body.last_day < not_before or (ends is not None and body.last_day >= ends):
        raise ExemptionNotShortened(last_day=ends, not_before=not_before)
    found.valid = span(first, body.last_day)
    session.flush()
    _tell(session, found, "equipment.exemption_ended", asker.account_id)
    return found


def exemption_for(
    session: Session, community_code: str, worker_id: UUID, day: date
) -> EquipmentExemption | None:
    """What exempts a worker on a date, the latest decision."""
    reaching = [community_code[:digits] for digits in (6, 9, 12)]
    return session.scalar(
        select(EquipmentExemption)
        .where(
            EquipmentExemption.unit_code.in_(reaching),
            or_(
                EquipmentExemption.worker_id.is_(None),
                EquipmentExemption.worker_id == worker_id,
            ),
            EquipmentExemption.valid.contains(day),
        )
        .order_by(EquipmentExemption.decided_at.desc())
        .limit(1)
    )


def exemptions_of(
    session: Session, unit_code: str, on: date | None, page: tuple[str | None, int]
) -> ExemptionPage:
    """Those of a unit, of what lies below it, and those from above that reach it."""
    cursor, limit = page
    where: list[ColumnElement[bool]] = [
        or_(
            under(EquipmentExemption.unit_code, unit_code),
            func.starts_with(unit_code, EquipmentExemption.unit_code),
        ),
        earlier(PLACE, cursor),
    ]
    if on is not None:
        where.append(EquipmentExemption.valid.contains(on))
    rows = session.scalars(
        select(EquipmentExemption).where(*where).order_by(*latest_first(PLACE)).limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    return ExemptionPage(
        items=[exemption_out(row) for row in shown],
        next_cursor=cursor_of(last.decided_at, last.id) if last else None,
    )


def exemption_out(found: EquipmentExemption) -> ExemptionOut:
    """An exemption as it is shown."""
    first = found.valid.lower
    assert first is not None
    return ExemptionOut(
        id=found.id,
        unit_code=found.unit_code,
        worker_id=found.worker_id,
        first_day=first,
        last_day=last_day(found),
        reason=found.reason,
        decided_by=found.decided_by,
        decided_at=found.decided_at,
    )


def _tell(session: Session, found: EquipmentExemption, event: str, by: UUID) -> None:
    ends, first = last_day(found), found.valid.lower
    emit(
        session,
        event,
        by=by,
        unit_code=found.unit_code,
        subject=("equipment_exemption", found.id),
        worker_id=None if found.worker_id is None else str(found.worker_id),
        first_day=first.isoformat() if first else None,
        last_day=ends.isoformat() if ends else None,
        reason=found.reason,
    )
