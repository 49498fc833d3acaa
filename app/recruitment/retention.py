"""Who applied is erased when the term after the end of the application has passed (HIRE-2)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import RecruitmentApplication
from app.kit.clock import civil_day, day_start
from app.outbox.emit import emit
from app.people.values import values_on
from app.rules.eligibility import applicants_erased_before

AT_ONCE = 500
NOBODY = b""
"""The keyed index of an erased applicant: nobody is found by it."""


def erase_applicants(session: Session, now: datetime) -> int:
    """Facts, form's result and keyed index; says of how many."""
    today = civil_day(now)
    limit = day_start(applicants_erased_before(today, values_on(session, today)))
    found = session.scalars(
        select(RecruitmentApplication)
        .where(
            RecruitmentApplication.closed_at < limit,
            RecruitmentApplication.applicant.is_not(None),
        )
        .order_by(RecruitmentApplication.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for application in found:
        application.applicant, application.applicant_digest = None, NOBODY
        emit(
            session,
            "recruitment.erased",
            by=None,
            unit_code=application.grid_code,
            subject=("recruitment_application", application.id),
        )
    return len(found)
