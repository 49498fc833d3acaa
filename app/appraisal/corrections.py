"""Manual corrections of an indicator: with a reason, shown as such, before the station's word."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.appraisal.forms import AppraisalCorrectionIn, IndicatorShareIn
from app.appraisal.months import (
    check_open,
    indicators_of,
    lock_month,
    standing_corrections,
)
from app.appraisal.objected import answers_objection
from app.appraisal.refusals import (
    CorrectionStands,
    CorrectionWithdrawn,
    NotTheTownship,
    OwnAppraisal,
    ShareImpossible,
)
from app.appraisal.scoring import rejudge
from app.appraisal.writing import write_indicators
from app.db.models import AppraisalCorrection, AppraisalMonth, MonthAppraisal
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.outbox.emit import emit
from app.people.principal import Principal
from app.people.values import values_on
from app.rules.divisions import UnitTier
from app.rules.version import RULES_VERSION


def appraisal_of(
    session: Session, asker: Principal, worker_id: UUID, month: date
) -> tuple[AppraisalMonth, MonthAppraisal]:
    """A worker's month and that of the community, locked; raises NotFound."""
    row = session.get(MonthAppraisal, (worker_id, month))
    if row is None:
        raise NotFound
    asker.look(row.community_code)
    whole = lock_month(session, row.community_code, month)
    session.refresh(row)
    if whole is None:
        raise NotFound
    return whole, row


def not_about_oneself(asker: Principal, worker_id: UUID) -> None:
    """Raises OwnAppraisal."""
    if asker.worker_id == worker_id:
        raise OwnAppraisal


def by_township(asker: Principal) -> None:
    """Raises NotTheTownship."""
    if asker.tier is not UnitTier.TOWNSHIP:
        raise NotTheTownship(tier=asker.tier.value)


def correct(
    session: Session,
    asker: Principal,
    key: tuple[UUID, date],
    body: AppraisalCorrectionIn,
    now: datetime,
) -> AppraisalCorrection:
    """Lay other figures over what was measured, and score anew."""
    whole, row = appraisal_of(session, asker, *key)
    not_about_oneself(asker, row.worker_id)
    check_open(whole)
    return lay_over(session, row, body, (body.reason, asker.account_id), now)


def lay_over(
    session: Session,
    row: MonthAppraisal,
    share: IndicatorShareIn,
    why: tuple[str, UUID],
    now: datetime,
) -> AppraisalCorrection:
    """The correction itself, with its reason and author; raises ShareImpossible and
    CorrectionStands."""
    if share.numerator > share.denominator:
        raise ShareImpossible(numerator=share.numerator, denominator=share.denominator)
    standing = standing_corrections(session, [row.worker_id], row.month)
    before = standing.get(row.worker_id, {}).get(share.indicator)
    if before is not None:
        raise CorrectionStands(id=before.id)
    reason, by = why
    made = AppraisalCorrection(
        id=uuid7(now),
        worker_id=row.worker_id,
        month=row.month,
        indicator=share.indicator,
        numerator=share.numerator,
        denominator=share.denominator,
        reason=reason,
        made_by=by,
        made_at=now,
    )
    session.add(made)
    session.flush()
    score_anew(session, row, now)
    _say(session, "appraisal.corrected", made, row.community_code, by)
    return made


def withdraw_correction(
    session: Session, asker: Principal, key: UUID, reason: str, now: datetime
) -> AppraisalCorrection:
    """What was measured counts again; the township's answer to an objection is undone by the
    township alone."""
    made = session.get(AppraisalCorrection, key, with_for_update=True)
    if made is None:
        raise NotFound
    whole, row = appraisal_of(session, asker, made.worker_id, made.month)
    not_about_oneself(asker, made.worker_id)
    check_open(whole)
    if answers_objection(session, made):
        by_township(asker)
    if made.withdrawn_at is not None:
        raise CorrectionWithdrawn(withdrawn_at=made.withdrawn_at)
    made.withdrawn_at, made.withdrawn_by, made.withdraw_reason = now, asker.account_id, reason
    session.flush()
    score_anew(session, row, now)
    _say(session, "appraisal.correction_withdrawn", made, row.community_code, asker.account_id)
    return made


def score_anew(session: Session, row: MonthAppraisal, now: datetime) -> None:
    """By what was measured before, with the corrections that stand now: nobody knew this score
    earlier."""
    key, month = row.worker_id, row.month
    rows = indicators_of(session, [key], month).get(key, {})
    standing = standing_corrections(session, [key], month).get(key, {})
    judged = rejudge(rows, standing, values_on(session, month))
    row.score, row.proposed, row.computed_at = judged.score, judged.proposed, now
    row.because, row.rules_version = {**row.because, **judged.because}, RULES_VERSION
    session.flush()
    write_indicators(session, month, {key: judged})


def _say(
    session: Session, name: str, made: AppraisalCorrection, community_code: str, by: UUID
) -> None:
    session.flush()
    emit(
        session,
        name,
        by=by,
        unit_code=community_code,
        subject=("appraisal_correction", made.id),
        worker=str(made.worker_id),
        month=made.month.isoformat(),
        indicator=made.indicator.value,
        numerator=made.numerator,
        denominator=made.denominator,
    )
