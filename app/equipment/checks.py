"""Checks of clothes and equipment: recorded, taken back, answered (EQP-1)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.models import (
    EquipmentAnswer,
    EquipmentCheck,
    EquipmentWithdrawal,
    Posting,
)
from app.equipment.exemptions import exemption_for
from app.equipment.lists import check_out
from app.equipment.refusals import (
    CheckWithdrawn,
    DayNotOpen,
    IdReused,
    NotAStationCheck,
    OwnCheck,
)
from app.equipment.schemas import (
    EquipmentAnswerIn,
    EquipmentCheckIn,
    EquipmentCheckOut,
    EquipmentIn,
    EquipmentWithdrawalIn,
)
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.outbox.emit import emit, publish
from app.people.capture import Capture
from app.people.photos import Subject, link_photos
from app.people.posts import post_of
from app.people.principal import Principal
from app.people.values import values_on
from app.rules.equipment import EQP_1, Seen, earliest_check, judge_check


def check(
    session: Session, asker: Principal, body: EquipmentCheckIn, now: datetime
) -> EquipmentCheckOut:
    """The station checks one of its workers; the same check again is the first."""
    known = session.get(EquipmentCheck, body.id)
    if known is not None:
        return check_out(session, _same(known, asker, body))
    _day_open(session, body.day, civil_day(now))
    post = post_of(session, body.worker_id, body.day)
    asker.act(post.community_code)
    if asker.worker_id == body.worker_id:
        raise OwnCheck
    made = EquipmentCheck(
        id=body.id,
        worker_id=body.worker_id,
        community_code=post.community_code,
        day=body.day,
        at=now,
        received_at=now,
        by_station=True,
        checked_by=asker.account_id,
        because=_because(session, post, body, body.day),
        **_seen(body),
    )
    return _written(session, made)


def _same(known: EquipmentCheck, asker: Principal, body: EquipmentCheckIn) -> EquipmentCheck:
    said = {"worker_id": body.worker_id, "day": body.day, **_seen(body)}
    stands = {name: getattr(known, name) for name in said}
    if said != stands or known.checked_by != asker.account_id or not known.by_station:
        raise IdReused(id=body.id)
    return known


def _day_open(session: Session, day: date, today: date) -> None:
    earliest = earliest_check(today, values_on(session, today))
    if not earliest <= day <= today:
        raise DayNotOpen(day=day, earliest=earliest, latest=today)


def _seen(body: EquipmentIn) -> dict[str, Any]:
    return body.model_dump(include={"work_clothes", "items", "note", "photos"})


def _because(session: Session, post: Posting, body: EquipmentIn, day: date) -> dict[str, Any]:
    """The verdict with what is known when it is recorded."""
    exemption = exemption_for(session, post.community_code, post.worker_id, day)
    seen = Seen(body.work_clothes, body.items.present)
    found = judge_check(seen, exemption is not None, post.employment)
    return {
        **found.because,
        "verdict": found.verdict.value,
        "rule": found.rule,
        "clause": found.clause,
        "exemption": None if exemption is None else str(exemption.id),
    }


def record_own(session: Session, capture: Capture, body: EquipmentIn) -> EquipmentCheck:
    """A worker's own record: evidence for the station to look at, without a verdict."""
    missing = [item.value for item in Seen(body.work_clothes, body.items.present).missing]
    made = EquipmentCheck(
        id=capture.id,
        worker_id=capture.worker_id,
        community_code=capture.community_code,
        day=capture.day,
        at=capture.at,
        received_at=capture.received_at,
        by_station=False,
        checked_by=capture.account_id,
        because={"missing": missing, "verdict": None, "rule": EQP_1.rule, "clause": EQP_1.clause},
        **_seen(body),
    )
    _written(session, made)
    return made


def own_shown(made: EquipmentCheck) -> dict[str, Any]:
    """One's own record as the handset gets it back."""
    return {
        "day": made.day.isoformat(),
        "work_clothes": made.work_clothes,
        "missing": made.because["missing"],
    }


def _written(session: Session, made: EquipmentCheck) -> EquipmentCheckOut:
    session.add(made)
    session.flush()
    subject = Subject("equipment_check", made.id, made.community_code, made.worker_id)
    link_photos(session, subject, made.photos, made.received_at)
    return _told(session, made, "equipment.checked", made.checked_by)


def withdraw_check(
    session: Session, asker: Principal, key: UUID, body: EquipmentWithdrawalIn, now: datetime
) -> EquipmentCheckOut:
    """The station takes a check back, once; the check and the reason stay to be seen."""
    found = session.get(EquipmentCheck, key, with_for_update=True)
    if found is None:
        raise NotFound
    asker.act(found.community_code)
    if not found.by_station:
        raise NotAStationCheck
    if session.get(EquipmentWithdrawal, key) is not None:
        raise CheckWithdrawn
    session.add(
        EquipmentWithdrawal(
            check_id=key, reason=body.reason, withdrawn_by=asker.account_id, withdrawn_at=now
        )
    )
    return _told(session, found, "equipment.check_withdrawn", asker.account_id)


def answer_check(
    session: Session, asker: Principal, key: UUID, body: EquipmentAnswerIn, now: datetime
) -> EquipmentCheckOut:
    """The worker concerned answers a check of the station."""
    found = session.get(EquipmentCheck, key)
    if found is None or found.worker_id != asker.as_worker():
        raise NotFound
    if not found.by_station:
        raise NotAStationCheck
    session.add(
        EquipmentAnswer(
            id=uuid7(now),
            check_id=key,
            said=body.text,
            answered_by=asker.account_id,
            answered_at=now,
        )
    )
    return _told(session, found, "equipment.check_answered", asker.account_id)


def _told(session: Session, found: EquipmentCheck, event: str, by: UUID) -> EquipmentCheckOut:
    session.flush()
    shown = check_out(session, found)
    publish(session, found.worker_id, "equipment_check", found.id, shown.model_dump(mode="json"))
    emit(
        session,
        event,
        by=by,
        unit_code=found.community_code,
        subject=("equipment_check", found.id),
        day=found.day.isoformat(),
        by_station=found.by_station,
        verdict=None if shown.verdict is None else shown.verdict.value,
    )
    return shown
