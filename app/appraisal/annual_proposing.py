"""The community proposes grades, several at once or one after an objection (APR-2)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appraisal.annual import store
from app.appraisal.annual_facts import Judged, judge_years
from app.appraisal.annual_reacting import ANNUAL
from app.appraisal.annual_refusals import (
    GradeNeedsReason,
    GradeObjectedTo,
    YearFactsChanged,
    YearGradedAlready,
)
from app.appraisal.annual_schemas import GradeIn, GradeOfIn
from app.appraisal.annual_shown import tell_all
from app.approvals.cases import Subject, open_case, open_case_of, withdraw_case
from app.approvals.taking import Word, take
from app.db.models import AppraisalObjection, ApprovalCase, ApprovalStep, YearAppraisal
from app.kit.errors import NotFound
from app.people.principal import Principal
from app.rules.appraisal import Grade
from app.rules.approvals import CaseState, Procedure

OBJECTED = "异议成立 / An objection was upheld"


def propose_all(
    session: Session, asker: Principal, bodies: Sequence[GradeOfIn], now: datetime
) -> list[YearAppraisal]:
    """The community's opinion on several years, in order of their keys; what they rest on is read
    once for all."""
    rows = _held(session, asker, {body.id for body in bodies})
    judged = _judged(session, rows.values(), now)
    proposed = []
    for body in sorted(bodies, key=lambda body: body.id):
        row = rows[body.id]
        _propose(session, asker, row, body, judged[row.worker_id, row.year], now)
        proposed.append(row)
    tell_all(session, proposed)
    return proposed


def propose(
    session: Session, asker: Principal, key: UUID, body: GradeIn, now: datetime
) -> YearAppraisal:
    """The community proposes a grade: the first of the four steps (五2)."""
    [row] = propose_all(session, asker, [GradeOfIn(id=key, **dict(body))], now)
    return row


def _held(session: Session, asker: Principal, keys: Collection[UUID]) -> dict[UUID, YearAppraisal]:
    """Years of one's unit, locked; raises NotFound."""
    rows = session.scalars(
        select(YearAppraisal)
        .where(YearAppraisal.id.in_(keys))
        .order_by(YearAppraisal.id)
        .with_for_update()
    )
    found = {row.id: row for row in rows}
    if len(found) < len(keys):
        raise NotFound
    for row in found.values():
        asker.look(row.community_code)
    return found


def _judged(
    session: Session, rows: Collection[YearAppraisal], now: datetime
) -> Mapping[tuple[UUID, int], Judged]:
    """Each worker's year by rule, as it is now."""
    return {
        (worker_id, year): judged
        for year in sorted({row.year for row in rows})
        for worker_id, judged in judge_years(
            session, [row.worker_id for row in rows if row.year == year], year, now
        ).items()
    }


def _propose(
    session: Session,
    asker: Principal,
    row: YearAppraisal,
    body: GradeIn,
    judged: Judged,
    now: datetime,
) -> None:
    if body.seen.digest != judged.digest:
        raise YearFactsChanged(digest=judged.digest, by_rule=judged.finding.verdict.value)
    _check_again(session, row, judged)
    _check_another(session, row, body.grade)
    if body.grade is not judged.finding.verdict and body.reason is None:
        raise GradeNeedsReason(by_rule=judged.finding.verdict.value)
    subject = Subject(Procedure.ANNUAL_APPRAISAL, row.id, row.community_code, row.worker_id)
    case = open_case(session, subject, asker.account_id, now)
    store(row, judged, now)
    row.proposed, row.proposed_reason, row.case_id = body.grade, body.reason, case.id
    seen = {
        "digest": judged.digest,
        "grade": body.grade.value,
        "by_rule": judged.finding.verdict.value,
    }
    take(session, asker, case, Word(reason=body.reason, facts=seen), now, ANNUAL)


def _check_again(session: Session, row: YearAppraisal, judged: Judged) -> None:
    """A graded year begins again only where there is cause."""
    if row.grade is None or row.graded_at is None:
        return
    if judged.digest != _graded_on(session, row) or _upheld_since(session, row, row.graded_at):
        return
    raise YearGradedAlready(grade=row.grade.value, graded_at=row.graded_at)


def _graded_on(session: Session, row: YearAppraisal) -> str | None:
    """The digest of what the last grade was given for: what was proposed since and refused does
    not count."""
    found = session.scalars(
        select(ApprovalStep.facts)
        .join(ApprovalCase, ApprovalCase.id == ApprovalStep.case_id)
        .where(
            ApprovalCase.subject_id == row.id,
            ApprovalCase.state == CaseState.APPROVED,
            ApprovalStep.number == 1,
        )
        .order_by(ApprovalCase.closed_at.desc())
        .limit(1)
    ).first()
    return None if found is None else str(found["digest"])


def _check_another(session: Session, row: YearAppraisal, grade: Grade) -> None:
    """What an upheld objection spoke against is not proposed once more."""
    case = session.get(ApprovalCase, row.case_id) if row.case_id is not None else None
    if case is None or case.state is CaseState.REFUSED:
        return
    first = session.get_one(ApprovalStep, (case.id, 1))
    if first.facts["grade"] == grade.value and _upheld_since(session, row, case.opened_at):
        raise GradeObjectedTo(grade=grade.value)


def _upheld_since(session: Session, row: YearAppraisal, since: datetime) -> bool:
    wanted = select(AppraisalObjection.id).where(
        AppraisalObjection.worker_id == row.worker_id,
        AppraisalObjection.year == row.year,
        AppraisalObjection.upheld.is_(True),
        AppraisalObjection.decided_at > since,
    )
    return session.scalars(wanted).first() is not None


def begin_anew(
    session: Session, asker: Principal, objection: AppraisalObjection, now: datetime
) -> None:
    """An upheld objection ends the procedure that its year is in: nothing is filed that was found
    wrong. The community proposes another grade, and every step is taken again."""
    row = session.get_one(YearAppraisal, (objection.worker_id, objection.year))
    case = open_case_of(session, Procedure.ANNUAL_APPRAISAL, row.id)
    if case is None:
        return
    session.refresh(case, with_for_update=True)
    session.refresh(row, with_for_update=True)
    if case.state is CaseState.OPEN:
        withdraw_case(session, asker, case, objection.reason or OBJECTED, now)
        row.proposed, row.proposed_reason = None, None
        session.flush()
