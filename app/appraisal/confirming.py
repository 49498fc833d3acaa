"""The station gives its word on a month, and the township closes it (APR-1)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.appraisal.forms import MonthClosingIn, MonthWordIn, WorkerResultIn
from app.appraisal.months import check_open, digest_of, month_in_unit, rows_of
from app.appraisal.objected import decided_by_objection
from app.appraisal.reacting import MONTHLY
from app.appraisal.refusals import (
    AppraisalChanged,
    ComputeAgain,
    MonthClosed,
    MonthNotConfirmed,
    MonthStillOpen,
    NobodyToAppraise,
    NotOfThisMonth,
    ResultNeedsReason,
)
from app.approvals.cases import Subject, open_case
from app.approvals.taking import Word, case_of, take
from app.db.models import AppraisalMonth, MonthAppraisal
from app.people.principal import Principal
from app.people.values import values_on
from app.rules.appraisal import MonthState, settles_at
from app.rules.approvals import Procedure, StepOutcome


def confirm_month(
    session: Session,
    asker: Principal,
    place: tuple[str, date],
    body: MonthWordIn,
    now: datetime,
) -> AppraisalMonth:
    """As proposed, but where the station says otherwise with a reason; its step is taken."""
    month = month_in_unit(session, asker, *place)
    asker.act(month.community_code)
    check_open(month)
    _check_settled(session, month, now)
    rows = rows_of(session, month.community_code, month.month)
    if not rows:
        raise NobodyToAppraise
    if body.digest != digest_of(rows):
        raise AppraisalChanged(digest=digest_of(rows))
    _give_words(session, asker, rows, body.results, now)
    subject = Subject(Procedure.MONTHLY_APPRAISAL, month.id, month.community_code)
    case = open_case(session, subject, asker.account_id, now)
    month.case_id = case.id
    session.flush()
    word = Word(step=1, facts={"digest": digest_of(rows), "seen": body.digest})
    take(session, asker, case, word, now, MONTHLY)
    return month


def _check_settled(session: Session, month: AppraisalMonth, now: datetime) -> None:
    settles = settles_at(month.month, values_on(session, month.month))
    if now < settles:
        raise MonthStillOpen(settles_at=settles)
    if month.computed_at < settles:
        raise ComputeAgain(computed_at=month.computed_at, settles_at=settles)


def _give_words(
    session: Session,
    asker: Principal,
    rows: Sequence[MonthAppraisal],
    results: Sequence[WorkerResultIn],
    now: datetime,
) -> None:
    words: Mapping[UUID, WorkerResultIn] = {word.worker_id: word for word in results}
    strange = words.keys() - {row.worker_id for row in rows}
    if strange:
        raise NotOfThisMonth(workers=sorted(map(str, strange)))
    kept = decided_by_objection(session, rows)
    for row in rows:
        word = words.get(row.worker_id)
        if word is None and row.worker_id in kept:
            continue
        row.result = row.proposed if word is None else word.result
        row.result_reason = None if word is None else word.reason
        if row.result is not row.proposed and not row.result_reason:
            raise ResultNeedsReason(worker=row.worker_id)
        row.decided_at, row.decided_by = now, asker.account_id
    session.flush()


def close_month(
    session: Session, asker: Principal, place: tuple[str, date], body: MonthClosingIn, now: datetime
) -> AppraisalMonth:
    """The township's step: the month is closed for good, or goes back to the station."""
    asker.look(place[0])
    month = session.get(AppraisalMonth, place)
    if month is None or month.case_id is None or month.state is MonthState.OPEN:
        raise MonthNotConfirmed
    if month.state is MonthState.CLOSED:
        raise MonthClosed(closed_at=month.closed_at)
    case = case_of(session, asker, month.case_id)
    outcome = StepOutcome.PASSED if body.passed else StepOutcome.REFUSED
    word = Word(outcome=outcome, reason=body.reason, step=2, facts={"digest": body.digest})
    take(session, asker, case, word, now, MONTHLY)
    return month
