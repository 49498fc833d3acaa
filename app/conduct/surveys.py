"""Surveys of residents' awareness of the grid service, as offices record them (A3, B6)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.conduct.detection_refusals import (
    SurveyInTheFuture,
    SurveyKnown,
    SurveyTooLongAgo,
    SurveyWithdrawn,
)
from app.conduct.survey_schemas import SurveyIn, SurveyOut, SurveyPage
from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import Assignment, AwarenessSurvey, Unit
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.grids import stands_on
from app.people.posts import under
from app.people.principal import Principal
from app.people.values import supersessions
from app.rules.accuracy import wilson
from app.rules.grounds import SURVEY_MIN_ASKED, Surveyed, judge_awareness
from app.rules.parameters import Supersession, values_on

RECORDED_WITHIN = timedelta(days=31)
"""As an assignment can be put right [reading]."""
PLACE = (AwarenessSurvey.recorded_at, AwarenessSurvey.id)


def record_survey(
    session: Session, asker: Principal, body: SurveyIn, now: datetime
) -> AwarenessSurvey:
    """A survey of a grid; the same again is the first."""
    asker.act(body.grid_code)
    known = session.get(AwarenessSurvey, body.id)
    if known is not None:
        return _same(known, asker, body)
    _on_a_fitting_date(session, body, civil_day(now))
    made = AwarenessSurvey(**body.model_dump(), recorded_by=asker.account_id, recorded_at=now)
    session.add(made)
    _tell(session, made, "conduct.survey_recorded", asker.account_id)
    return made


def _same(known: AwarenessSurvey, asker: Principal, body: SurveyIn) -> AwarenessSurvey:
    said = body.model_dump()
    stands = {name: getattr(known, name) for name in said}
    if said != stands or known.recorded_by != asker.account_id:
        raise SurveyKnown(id=body.id)
    return known


def _on_a_fitting_date(session: Session, body: SurveyIn, today: date) -> None:
    """Raises SurveyInTheFuture, SurveyTooLongAgo, and NotFound where the grid did not stand."""
    if body.conducted_on > today:
        raise SurveyInTheFuture(today=today)
    if body.conducted_on < today - RECORDED_WITHIN:
        raise SurveyTooLongAgo(earliest=today - RECORDED_WITHIN)
    stands = select(Unit.code).where(Unit.code == body.grid_code, stands_on(body.conducted_on))
    if session.scalar(stands) is None:
        raise NotFound(unit=body.grid_code)


def withdraw_survey(
    session: Session, asker: Principal, key: UUID, reason: str, now: datetime
) -> AwarenessSurvey:
    """It no longer counts; what was proposed by it says so when it is looked at again."""
    found = survey_of(session, asker, key, for_change=True)
    asker.act(found.grid_code)
    if found.withdrawn_at is not None:
        raise SurveyWithdrawn(withdrawn_at=found.withdrawn_at)
    found.withdrawn_at, found.withdrawn_by, found.withdraw_reason = now, asker.account_id, reason
    _tell(session, found, "conduct.survey_withdrawn", asker.account_id)
    return found


def _tell(session: Session, survey: AwarenessSurvey, event: str, by: UUID) -> None:
    session.flush()
    emit(
        session,
        event,
        by=by,
        unit_code=survey.grid_code,
        subject=("awareness_survey", survey.id),
        conducted_on=survey.conducted_on.isoformat(),
        asked=survey.asked,
        aware=survey.aware,
    )


def survey_of(
    session: Session, asker: Principal, key: UUID, *, for_change: bool = False
) -> AwarenessSurvey:
    """A survey within one's unit; raises NotFound."""
    found = session.get(AwarenessSurvey, key, with_for_update=for_change)
    if found is None:
        raise NotFound
    asker.look(found.grid_code)
    return found


def surveys_under(
    session: Session,
    unit_code: str,
    span: tuple[date | None, date | None],
    page: tuple[str | None, int],
) -> SurveyPage:
    """The surveys of a unit's grids, the latest recorded first."""
    first, last = span
    cursor, limit = page
    query = select(AwarenessSurvey).where(
        under(AwarenessSurvey.grid_code, unit_code), earlier(PLACE, cursor)
    )
    if first is not None:
        query = query.where(AwarenessSurvey.conducted_on >= first)
    if last is not None:
        query = query.where(AwarenessSurvey.conducted_on <= last)
    rows = session.scalars(query.order_by(*latest_first(PLACE)).limit(limit + 1)).all()
    shown, more = cut(rows, limit)
    return SurveyPage(
        items=surveys_out(session, shown),
        next_cursor=cursor_of(more.recorded_at, more.id) if more else None,
    )


def survey_out(session: Session, survey: AwarenessSurvey) -> SurveyOut:
    """One survey with what it comes to."""
    return surveys_out(session, [survey])[0]


def surveys_out(session: Session, surveys: Sequence[AwarenessSurvey]) -> list[SurveyOut]:
    """Each with the worker who answered for the grid on its date."""
    history = supersessions(session)
    held = _held(session, surveys)
    return [_out(one, held.get(one.id), history) for one in surveys]


def _held(session: Session, surveys: Sequence[AwarenessSurvey]) -> Mapping[UUID, UUID]:
    rows: Any = session.execute(
        select(AwarenessSurvey.id, Assignment.worker_id)
        .join(
            Assignment,
            and_(
                Assignment.grid_code == AwarenessSurvey.grid_code,
                Assignment.first_responsible.is_(True),
                Assignment.valid.contains(AwarenessSurvey.conducted_on),
            ),
        )
        .where(AwarenessSurvey.id.in_([one.id for one in surveys]))
    )
    return dict(rows.all())


def _out(
    survey: AwarenessSurvey, worker_id: UUID | None, history: Sequence[Supersession]
) -> SurveyOut:
    """By the values in force on the first of its month, as the month will be judged."""
    values = values_on(survey.conducted_on.replace(day=1), history)
    finding = judge_awareness([Surveyed(survey.asked, survey.aware)], survey.conducted_on, values)
    interval = wilson(survey.aware, survey.asked)
    return SurveyOut(
        id=survey.id,
        grid_code=survey.grid_code,
        conducted_on=survey.conducted_on,
        worker_id=worker_id,
        asked=survey.asked,
        aware=survey.aware,
        method=survey.method,
        share=round(survey.aware / survey.asked, 6),
        low=round(interval.low, 6),
        high=round(interval.high, 6),
        enough=survey.asked >= values[SURVEY_MIN_ASKED],
        ground=finding.verdict,
        recorded_by=survey.recorded_by,
        recorded_at=survey.recorded_at,
        withdrawn_at=survey.withdrawn_at,
        withdraw_reason=survey.withdraw_reason,
        rule=finding.rule,
        clause=finding.clause,
    )
