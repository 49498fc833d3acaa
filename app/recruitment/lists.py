"""Applications as offices look at them: who applied is masked unless there is a reason."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import ApprovalCase, RecruitmentApplication
from app.outbox.emit import emit
from app.people.posts import under
from app.people.principal import Principal
from app.recruitment.applying import application_of
from app.recruitment.refusals import ApplicantErased
from app.recruitment.schemas import (
    ApplicantOut,
    RecruitmentApplicationOut,
    RecruitmentApplicationPage,
)
from app.rules.approvals import Procedure
from app.rules.eligibility import HIRE_2
from app.rules.hiring import ApplicantPurpose, ApplicationState

PLACE = (RecruitmentApplication.applied_at, RecruitmentApplication.id)


@dataclass(frozen=True)
class Asked:
    """Which applications."""

    unit_code: str
    state: ApplicationState | None = None
    grid_code: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the rows must be."""
        found = [under(RecruitmentApplication.grid_code, self.unit_code)]
        if self.state is not None:
            found.append(RecruitmentApplication.state == self.state)
        if self.grid_code is not None:
            found.append(RecruitmentApplication.grid_code == self.grid_code)
        return found


def applications_under(
    session: Session, asked: Asked, page: tuple[str | None, int]
) -> RecruitmentApplicationPage:
    """The applications of a unit, latest first."""
    cursor, limit = page
    rows = session.execute(
        select(RecruitmentApplication, ApprovalCase.id)
        .outerjoin(ApprovalCase, _of_case())
        .where(*asked.conditions(), earlier(PLACE, cursor))
        .order_by(*latest_first(PLACE))
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    return RecruitmentApplicationPage(
        items=[application_out(application, case_id) for application, case_id in shown],
        next_cursor=cursor_of(last[0].applied_at, last[0].id) if last else None,
    )


def _of_case() -> ColumnElement[bool]:
    of_subject = ApprovalCase.subject_id == RecruitmentApplication.id
    return of_subject & (ApprovalCase.procedure == Procedure.RECRUITMENT)


def named(session: Session, application: RecruitmentApplication) -> RecruitmentApplicationOut:
    """An application with its case."""
    case_id = session.scalar(
        select(ApprovalCase.id).where(
            ApprovalCase.subject_id == application.id,
            ApprovalCase.procedure == Procedure.RECRUITMENT,
        )
    )
    return application_out(application, case_id)


def application_out(
    application: RecruitmentApplication, case_id: UUID | None
) -> RecruitmentApplicationOut:
    """An application, its applicant masked."""
    name, phone = masked(application.applicant)
    return RecruitmentApplicationOut(
        id=application.id,
        grid_code=application.grid_code,
        form=application.form,
        name=name,
        phone=phone,
        applied_on=application.applied_on,
        applied_at=application.applied_at,
        eligibility=application.eligibility,
        state=application.state,
        case_id=case_id,
        worker_id=application.worker_id,
        closed_at=application.closed_at,
        rule=HIRE_2.rule,
        clause=HIRE_2.clause,
    )


def masked(applicant: Any) -> tuple[str | None, str | None]:
    """Enough to tell two applicants apart, not to know who they are."""
    if applicant is None:
        return None, None
    phone = applicant["phone"]
    return f"{applicant['name'][0]}**", f"{phone[:3]}****{phone[-4:]}"


def reveal(
    session: Session, asker: Principal, key: UUID, purpose: ApplicantPurpose
) -> ApplicantOut:
    """An applicant's facts, to those who decide; each look is logged."""
    application = application_of(session, asker, key)
    told = application.applicant
    if told is None:
        raise ApplicantErased(id=key)
    emit(
        session,
        "recruitment.looked_at",
        by=asker.account_id,
        unit_code=application.grid_code,
        subject=("recruitment_application", application.id),
        purpose=purpose.value,
    )
    return ApplicantOut.model_validate({**told, "purpose": purpose})
