"""A township applies: for a vacant grid, for an eligible applicant (HIRE-1, HIRE-2)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.cases import Subject, open_case, open_case_of, withdraw_case
from app.approvals.refusals import NotYourStep
from app.approvals.taking import Word, take
from app.approvals.tiers import own_tiers
from app.db.models import RecruitmentApplication
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.principal import Principal
from app.recruitment.refusals import (
    ApplicationClosed,
    ApplicationIdReused,
    ApplicationOpen,
    HeldInTheFuture,
    NotEligible,
    NotVacant,
)
from app.recruitment.schemas import ApplicantIn, RecruitmentApplicationIn
from app.recruitment.vacancies import is_vacancy
from app.rules.approvals import Procedure
from app.rules.eligibility import CONDITIONS, Candidate, judge_eligibility
from app.rules.hiring import ApplicationState
from app.rules.tiers import Tier, unit_at

RUNNING = (ApplicationState.OPEN, ApplicationState.APPROVED)


def apply(
    session: Session, asker: Principal, body: RecruitmentApplicationIn, now: datetime
) -> RecruitmentApplication:
    """Open a recruitment; the township's own step is taken with it. The same again is the first."""
    asker.act(body.grid_code)
    known = session.get(RecruitmentApplication, body.id)
    if known is not None:
        return _same(known, body)
    today = civil_day(now)
    if body.result.held_on > today:
        raise HeldInTheFuture(held_on=body.result.held_on, today=today)
    if not is_vacancy(session, body.grid_code, today):
        raise NotVacant(grid=body.grid_code)
    _check_not_open(session, body)
    found = judge_eligibility(candidate_of(body.applicant), today)
    if found.verdict:
        raise NotEligible(failed=list(found.verdict), conditions=said(found.verdict))
    application = RecruitmentApplication(
        id=body.id,
        grid_code=body.grid_code,
        form=body.form,
        applicant=sealed_of(body),
        applicant_digest=digest_of(body.applicant),
        applied_on=today,
        applied_by=asker.account_id,
        applied_at=now,
        eligibility=dict(found.because),
        state=ApplicationState.OPEN,
    )
    session.add(application)
    session.flush()
    subject = Subject(Procedure.RECRUITMENT, application.id, application.grid_code)
    case = open_case(session, subject, asker.account_id, now)
    take(session, asker, case, Word(), now)
    tell(session, application, "recruitment.applied", asker.account_id)
    return application


def candidate_of(applicant: ApplicantIn) -> Candidate:
    """What the conditions look at."""
    facts = ("born", "education", "residence", "insurance_months", "attested", "bars")
    return Candidate(**{name: getattr(applicant, name) for name in facts})


def said(failed: tuple[str, ...]) -> list[dict[str, str]]:
    """Each failed condition with its clause, in both languages."""
    return [{"code": code, **vars(CONDITIONS[code])} for code in failed]


def sealed_of(body: RecruitmentApplicationIn) -> dict[str, Any]:
    """What is kept of the applicant, sealed."""
    return {
        **body.applicant.model_dump(mode="json"),
        "result": body.result.model_dump(mode="json"),
    }


def digest_of(applicant: ApplicantIn) -> Any:
    """By which the same applicant is known again; a keyed index once stored."""
    return f"{applicant.name}\n{applicant.phone}"


def _same(known: RecruitmentApplication, body: RecruitmentApplicationIn) -> RecruitmentApplication:
    again = (body.grid_code, body.form)
    erased = known.applicant is None
    if (known.grid_code, known.form) != again or (
        not erased and known.applicant != sealed_of(body)
    ):
        raise ApplicationIdReused(id=known.id)
    return known


def _check_not_open(session: Session, body: RecruitmentApplicationIn) -> None:
    found = session.scalar(
        select(RecruitmentApplication.id).where(
            RecruitmentApplication.grid_code == body.grid_code,
            RecruitmentApplication.applicant_digest == digest_of(body.applicant),
            RecruitmentApplication.state.in_(RUNNING),
        )
    )
    if found is not None:
        raise ApplicationOpen(id=found)


def application_of(session: Session, asker: Principal, key: UUID) -> RecruitmentApplication:
    """An application within one's unit; raises NotFound."""
    found = session.get(RecruitmentApplication, key)
    if found is None:
        raise NotFound(application=key)
    asker.look(found.grid_code)
    return found


def withdraw(
    session: Session, asker: Principal, key: UUID, reason: str, now: datetime
) -> RecruitmentApplication:
    """The township takes its application back before it is signed."""
    application = application_of(session, asker, key)
    session.refresh(application, with_for_update=True)
    unit = unit_at(Tier.TOWNSHIP, application.grid_code)
    if Tier.TOWNSHIP not in own_tiers(asker) or asker.unit_code != unit:
        raise NotYourStep(tier=Tier.TOWNSHIP.value, unit=unit)
    if application.state not in RUNNING:
        raise ApplicationClosed(state=application.state.value)
    case = open_case_of(session, Procedure.RECRUITMENT, key)
    if case is not None:
        session.refresh(case, with_for_update=True)
        withdraw_case(session, asker, case, reason, now)
    application.state, application.closed_at = ApplicationState.WITHDRAWN, now
    tell(session, application, "recruitment.withdrawn", asker.account_id)
    return application


def tell(
    session: Session, application: RecruitmentApplication, event: str, by: UUID | None
) -> None:
    """The trace of an act; nothing of the applicant."""
    emit(
        session,
        event,
        by=by,
        unit_code=application.grid_code,
        subject=("recruitment_application", application.id),
        form=application.form.value,
        state=application.state.value,
    )
