"""A worker objects to a month's or a year's appraisal, from the handset or the station (APR-1)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appraisal.annual_shown import tell as tell_year
from app.appraisal.feed import tell_months
from app.appraisal.forms import AppraisalObjectionIn, first_of
from app.appraisal.refusals import NothingToObjectTo, ObjectionTooLate, ObjectionWaiting
from app.db.models import AppraisalMonth, AppraisalObjection, MonthAppraisal, YearAppraisal
from app.kit.clock import civil_day
from app.outbox.emit import emit
from app.people.capture import Capture
from app.people.photos import Subject, link_photos
from app.people.terms import duty_dates_later
from app.rules.appraisal import OBJECTION_DUTY_DATES


def record_objection(
    session: Session, capture: Capture, body: AppraisalObjectionIn
) -> AppraisalObjection:
    """Raises NothingToObjectTo, ObjectionTooLate and ObjectionWaiting; the term is judged by the
    moment of capture where it is proven, else by the receipt."""
    community_code, decided_at = _appraised(session, capture.worker_id, body)
    said_at = capture.at if capture.proven else capture.received_at
    _check_term(session, community_code, decided_at, said_at)
    _check_waiting(session, capture.worker_id, body)
    made = AppraisalObjection(
        id=capture.id,
        worker_id=capture.worker_id,
        community_code=community_code,
        month=first_of(body.month) if body.month else None,
        year=body.year,
        said=body.said,
        photos=list(body.photos),
        objected_at=capture.at,
        received_at=capture.received_at,
    )
    session.add(made)
    session.flush()
    subject = Subject("appraisal_objection", made.id, community_code, made.worker_id)
    link_photos(session, subject, body.photos, capture.received_at)
    _say(session, made, capture.account_id)
    tell_answered(session, made)
    return made


def tell_answered(session: Session, objection: AppraisalObjection) -> None:
    """The worker's handsets get the month or year as it stands, with the objection in it."""
    worker_id = objection.worker_id
    if objection.month is not None:
        tell_months(session, [session.get_one(MonthAppraisal, (worker_id, objection.month))])
    else:
        tell_year(session, session.get_one(YearAppraisal, (worker_id, objection.year)))


def _appraised(
    session: Session, worker_id: UUID, body: AppraisalObjectionIn
) -> tuple[str, datetime | None]:
    """Where the appraisal lies, and since when it is decided for good."""
    if body.month is not None:
        row = session.get(MonthAppraisal, (worker_id, first_of(body.month)))
        if row is None:
            raise NothingToObjectTo(month=body.month)
        whole = session.get(AppraisalMonth, (row.community_code, row.month))
        return row.community_code, whole.closed_at if whole else None
    year = session.scalar(
        select(YearAppraisal).where(
            YearAppraisal.worker_id == worker_id, YearAppraisal.year == body.year
        )
    )
    if year is None or year.case_id is None:
        raise NothingToObjectTo(year=body.year)
    return year.community_code, year.graded_at


def _check_term(
    session: Session, community_code: str, decided_at: datetime | None, said_at: datetime
) -> None:
    """So many duty dates from the decision; before it at any time."""
    if decided_at is None:
        return
    until = duty_dates_later(session, community_code, civil_day(decided_at), OBJECTION_DUTY_DATES)
    if civil_day(said_at) > until:
        raise ObjectionTooLate(until=until)


def _check_waiting(session: Session, worker_id: UUID, body: AppraisalObjectionIn) -> None:
    waiting = select(AppraisalObjection.id).where(
        AppraisalObjection.worker_id == worker_id, AppraisalObjection.decided_at.is_(None)
    )
    of_one = (
        AppraisalObjection.month == first_of(body.month)
        if body.month
        else AppraisalObjection.year == body.year
    )
    found = session.scalar(waiting.where(of_one))
    if found is not None:
        raise ObjectionWaiting(id=found)


def _say(session: Session, made: AppraisalObjection, by: UUID) -> None:
    emit(
        session,
        "appraisal.objected",
        by=by,
        unit_code=made.community_code,
        subject=("appraisal_objection", made.id),
        worker=str(made.worker_id),
        month=made.month.isoformat() if made.month else None,
        year=made.year,
    )
