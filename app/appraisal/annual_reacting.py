"""What the steps of a year's procedure check and cause (APR-2)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appraisal.annual_facts import judge_years
from app.appraisal.annual_refusals import YearFactsChanged
from app.appraisal.annual_shown import tell
from app.approvals.taking import Reaction, Turn
from app.db.models import YearAppraisal
from app.outbox.emit import emit
from app.rules.approvals import CaseState, StepAct, StepOutcome

LOOKED_AT = frozenset({StepAct.REVIEW, StepAct.APPROVE})
"""Filing changes nothing that the centre approved."""


def _check(session: Session, turn: Turn) -> None:
    """Who reviews or approves has the same facts before the eyes as who proposed."""
    if turn.step.act not in LOOKED_AT or turn.word.outcome is StepOutcome.REFUSED:
        return
    row = _row(session, turn)
    judged = judge_years(session, [row.worker_id], row.year, turn.now)[row.worker_id]
    stored = row.because["digest"]
    if stored != judged.digest or turn.word.facts.get("digest", stored) != stored:
        raise YearFactsChanged(digest=judged.digest, by_rule=judged.finding.verdict.value)


def _taken(session: Session, turn: Turn) -> None:
    """The last step grades the year; a refusal leaves it as computed."""
    row = _row(session, turn)
    if turn.case.state is CaseState.OPEN:
        return
    if turn.case.state is CaseState.APPROVED:
        row.grade, row.graded_at = row.proposed, turn.now
    else:
        row.proposed, row.proposed_reason = None, None
    session.flush()
    tell(session, row)
    emit(
        session,
        "appraisal.year_graded"
        if turn.case.state is CaseState.APPROVED
        else "appraisal.year_refused",
        by=turn.asker.account_id,
        unit_code=row.community_code,
        subject=("year_appraisal", row.id),
        year=row.year,
        grade=None if row.grade is None else row.grade.value,
        by_rule=row.by_rule.value,
    )


def _row(session: Session, turn: Turn) -> YearAppraisal:
    found = session.scalar(
        select(YearAppraisal)
        .where(YearAppraisal.id == turn.case.subject_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    assert found is not None
    return found


ANNUAL = Reaction(check=_check, taken=_taken)
