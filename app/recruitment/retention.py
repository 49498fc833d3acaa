"""Who applied is erased when the term after the end of the application has passed (HIRE-2).

Of an application that nobody ended the term runs from when it was made.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.approvals.cases import withdraw_open
from app.db.models import RecruitmentApplication
from app.kit.clock import civil_day, day_start
from app.outbox.emit import emit
from app.people.values import values_on
from app.rules.approvals import Procedure
from app.rules.eligibility import applicants_erased_before
from app.rules.hiring import ApplicationState

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
            func.coalesce(RecruitmentApplication.closed_at, RecruitmentApplication.applied_at)
            < limit,
            RecruitmentApplication.applicant.is_not(None),
        )
        .order_by(RecruitmentApplication.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for application in found:
        _give_up(session, application, now)
        application.applicant, application.applicant_digest = None, NOBODY
        emit(
            session,
            "recruitment.erased",
            by=None,
            unit_code=application.grid_code,
            subject=("recruitment_application", application.id),
        )
    return len(found)


def _give_up(session: Session, application: RecruitmentApplication, now: datetime) -> None:
    """Nobody decided or signed it in all the term: it is withdrawn, and may be made again."""
    if application.closed_at is not None:
        return
    withdraw_open(session, None, Procedure.RECRUITMENT, application.id, now)
    application.state, application.closed_at = ApplicationState.WITHDRAWN, now
