"""The community signs: from an approved applicant to a worker at the post (HIRE-1, ORG-2)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.approvals.cases import open_case_of
from app.approvals.taking import Word, take
from app.contracts import keeping
from app.db.models import Contract, Posting, RecruitmentApplication, Worker
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.outbox.emit import emit
from app.people.assignments import assign, not_too_far_back
from app.people.marks import mark_worker
from app.people.principal import Principal
from app.people.workers import Post, Profile, check_community, register, transfer
from app.recruitment.applying import application_of, tell
from app.recruitment.refusals import (
    ApplicantErased,
    ApplicationIdReused,
    NotApproved,
    StillPosted,
)
from app.recruitment.schemas import SigningIn
from app.rules.approvals import Procedure
from app.rules.contract_terms import term_ends_on
from app.rules.corps import GRID_WORKERS
from app.rules.duty import Employment
from app.rules.hiring import ApplicationState, ContractOrigin
from app.rules.retirement import retires_on

DIGITS_OF_COMMUNITY = 12


def sign(session: Session, asker: Principal, key: UUID, body: SigningIn, now: datetime) -> Contract:
    """The last step of a recruitment: worker, post, first responsibility and contract at once."""
    application = application_of(session, asker, key)
    session.refresh(application, with_for_update=True)
    if application.state is ApplicationState.SIGNED:
        return _signed_already(session, application, body)
    if application.applicant is None:
        raise ApplicantErased(id=key)
    approved_on = _take_last_step(session, asker, application, now)
    worker = _at_the_post(session, asker, application, body.first_day, now)
    if body.first_day < approved_on:
        raise NotApproved(first_day=body.first_day, approved_on=approved_on)
    valid: Range[date] = Range(body.first_day, None)
    assign(session, asker, worker, (application.grid_code, True), valid, now)
    contract = _contract(asker, application, worker.id, body, now)
    keeping.sign(session, contract, asker.account_id)
    application.state, application.closed_at = ApplicationState.SIGNED, now
    application.worker_id = worker.id
    tell(session, application, "recruitment.signed", asker.account_id)
    return contract


def _signed_already(
    session: Session, application: RecruitmentApplication, body: SigningIn
) -> Contract:
    """The same signing again is the first."""
    found = session.get(Contract, body.contract_id)
    if found is None or found.application_id != application.id or not _says(found, body):
        raise ApplicationIdReused(id=application.id, state=application.state.value)
    return found


def _says(contract: Contract, body: SigningIn) -> bool:
    return (contract.first_day, contract.term_ends_on, contract.retirement_post) == (
        body.first_day,
        _term_ends_on(body),
        body.retirement_post,
    )


def _term_ends_on(body: SigningIn) -> date | None:
    return term_ends_on(body.first_day, body.term_months) if body.term_months else None


def _take_last_step(
    session: Session, asker: Principal, application: RecruitmentApplication, now: datetime
) -> date:
    """When the office approved; raises NotApproved while others have to decide, and what the
    engine refuses."""
    case = open_case_of(session, Procedure.RECRUITMENT, application.id)
    if case is None or application.state is not ApplicationState.APPROVED:
        raise NotApproved(state=application.state.value)
    session.refresh(case, with_for_update=True)
    step = take(session, asker, case, Word(), now)
    assert step.waits_since is not None
    return civil_day(step.waits_since)


def _at_the_post(
    session: Session,
    asker: Principal,
    application: RecruitmentApplication,
    first_day: date,
    now: datetime,
) -> Worker:
    """A new worker, one who comes back, or a rural part-time worker who becomes full-time."""
    told = application.applicant
    post = Post(application.grid_code[:DIGITS_OF_COMMUNITY], Employment.FULL_TIME, first_day)
    known = session.scalar(
        select(Worker)
        .where(
            Worker.name == told["name"],
            Worker.phone == told["phone"],
            Worker.level == GRID_WORKERS,
        )
        .with_for_update()
    )
    if known is None:
        profile = Profile(told["name"], told["phone"], GRID_WORKERS, None)
        return register(session, asker, profile, post, now)
    held = session.scalars(
        select(Posting).where(
            Posting.worker_id == known.id, Posting.valid.overlaps(Range(first_day, None))
        )
    ).all()
    if any(one.employment is Employment.FULL_TIME for one in held):
        raise StillPosted(worker=known.id)
    if held:
        transfer(session, asker, known.id, post, now)
    else:
        _post_again(session, asker, known, post, now)
    return known


def _post_again(
    session: Session, asker: Principal, worker: Worker, post: Post, now: datetime
) -> None:
    """Somebody who left comes back; the history before stays."""
    not_too_far_back(post.first, civil_day(now))
    check_community(session, post.community)
    session.add(
        Posting(
            id=uuid7(now),
            worker_id=worker.id,
            community_code=post.community,
            employment=post.employment,
            valid=Range(post.first, None),
        )
    )
    mark_worker(session, worker.id, post.first, civil_day(now))
    emit(
        session,
        "worker.registered",
        by=asker.account_id,
        unit_code=post.community,
        subject=("worker", worker.id),
        level=worker.level,
        first_day=post.first.isoformat(),
        again=True,
    )


def _contract(
    asker: Principal,
    application: RecruitmentApplication,
    worker_id: UUID,
    body: SigningIn,
    now: datetime,
) -> Contract:
    born = date.fromisoformat(application.applicant["born"])
    return Contract(
        id=body.contract_id,
        worker_id=worker_id,
        community_code=application.grid_code[:DIGITS_OF_COMMUNITY],
        origin=ContractOrigin.RECRUITED,
        application_id=application.id,
        signed_on=civil_day(now),
        first_day=body.first_day,
        term_ends_on=_term_ends_on(body),
        born=born.isoformat(),
        retirement_post=body.retirement_post,
        retires_on=retires_on(body.retirement_post, born),
        signed_by=asker.account_id,
        recorded_at=now,
    )
