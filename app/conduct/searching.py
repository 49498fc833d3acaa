"""All communities of a unit, some in a transaction: safe to interrupt, and to run again."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.conduct.detecting import (
    LIVING,
    check_settled,
    detect_dates,
    detect_failures,
    detect_in,
    one_search_at_a_time,
    settles_at_of,
)
from app.conduct.evidence import look_again
from app.conduct.proposing import refresh
from app.conduct.shown import EVIDENCE_THAT_STANDS
from app.db.engine import Sessions
from app.db.models import (
    AwarenessSurvey,
    ConductDetection,
    ConductEvidence,
    ConductProposal,
    Posting,
)
from app.kit.clock import civil_day
from app.people.posts import under
from app.rules.activity import month_of
from app.rules.conduct import ProposalSource
from app.rules.duty import Employment

A_DAY = timedelta(days=1)
A_YEAR = timedelta(days=366)
CITY = "510185"
AT_A_TIME = 25
"""Communities in one transaction: their workers are looked at together."""


def communities_of(session: Session, unit_code: str, month: date) -> Sequence[str]:
    """The communities of a unit with a full-time post in a month, by code."""
    span = Range(*month_of(month), bounds="[]")
    return session.scalars(
        select(Posting.community_code)
        .where(
            under(Posting.community_code, unit_code),
            Posting.employment == Employment.FULL_TIME,
            Posting.valid.overlaps(span),
        )
        .distinct()
        .order_by(Posting.community_code)
    ).all()


def search(
    sessions: Sessions,
    unit_code: str,
    month: date,
    now: datetime,
    done: Callable[[int, int], None],
) -> int:
    """Search a month of every community; how many were proposed anew. Raises MonthNotSettled.

    `done` hears how many were searched, of how many.
    """
    with sessions.begin() as session:
        check_settled(session, month_of(month)[0], now)
        communities = communities_of(session, unit_code, month)
    made = 0
    for place, some in _at_a_time(communities):
        with sessions.begin() as session:
            made += detect_in(session, some, month, now)
        done(place, len(communities))
    return made


def _at_a_time(communities: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """Some in a transaction, with how many there are up to them."""
    for first in range(0, len(communities), AT_A_TIME):
        some = communities[first : first + AT_A_TIME]
        yield first + len(some), some


def search_nightly(sessions: Sessions, now: datetime) -> int:
    """Yesterday's month date by date; the month before too, and for all grounds once it settled;
    failed months and years; and whatever stands is looked at again.

    A community that everybody has left answers for the month in which they were there.
    """
    yesterday = civil_day(now) - A_DAY
    with sessions.begin() as session:
        months = (yesterday, _month_before(yesterday))
        communities = {code for month in months for code in communities_of(session, CITY, month)}
    made = 0
    for _, some in _at_a_time(sorted(communities)):
        with sessions.begin() as session:
            made += _night(session, some, yesterday, now)
        with sessions.begin() as session:
            look_again_at_all(session, some, now)
    return made


def _night(session: Session, communities: Sequence[str], yesterday: date, now: datetime) -> int:
    before = _month_before(yesterday)
    made = detect_dates(session, communities, yesterday, now)
    settled = now >= settles_at_of(session, before)
    searched = set(_searched(session, communities, before)) if settled else set(communities)
    made += _each(session, detect_dates, sorted(searched), before, now)
    made += _each(session, detect_in, sorted(set(communities) - searched), before, now)
    for month in (before, _month_before(before)):
        late = _surveyed_since(session, communities, month)
        made += _each(session, detect_in, late, month, now)
    for year in (yesterday.year - 1, yesterday.year):
        made += detect_failures(session, communities, year, now)
    return made


def _each(
    session: Session,
    detecting: Callable[[Session, Sequence[str], date, datetime], int],
    communities: Sequence[str],
    month: date,
    now: datetime,
) -> int:
    return detecting(session, communities, month, now) if communities else 0


def _month_before(day: date) -> date:
    return month_of(day.replace(day=1) - A_DAY)[0]


def _surveyed_since(session: Session, communities: Sequence[str], month: date) -> Sequence[str]:
    """Communities of which a survey of a month was recorded after the month had been searched."""
    first, last = month_of(month)
    later = exists().where(
        AwarenessSurvey.grid_code.startswith(ConductDetection.community_code),
        AwarenessSurvey.conducted_on.between(first, last),
        AwarenessSurvey.recorded_at > ConductDetection.detected_at,
    )
    searched = ConductDetection.community_code.in_(communities) & (ConductDetection.month == first)
    query = select(ConductDetection.community_code).where(searched, later)
    return session.scalars(query.order_by(ConductDetection.community_code)).all()


def _searched(session: Session, communities: Sequence[str], month: date) -> Sequence[str]:
    return session.scalars(
        select(ConductDetection.community_code).where(
            ConductDetection.community_code.in_(communities), ConductDetection.month == month
        )
    ).all()


def look_again_at_all(session: Session, communities: Sequence[str], now: datetime) -> int:
    """Everything that the system found in the last year and that still matters; how many rest on
    something else by now. Only those are locked, in order of their workers."""
    one_search_at_a_time(session, communities)
    rows = session.execute(
        select(ConductProposal, ConductEvidence.digest)
        .join(ConductEvidence, EVIDENCE_THAT_STANDS)
        .where(
            ConductProposal.community_code.in_(communities),
            ConductProposal.source == ProposalSource.DETECTED,
            ConductProposal.state.in_(LIVING),
            ConductProposal.found_at >= now - A_YEAR,
        )
        .order_by(ConductProposal.worker_id, ConductProposal.id)
    ).all()
    found = look_again(session, [proposal for proposal, _ in rows])
    changed = [proposal for proposal, digest in rows if found[proposal.id].digest != digest]
    return sum(refresh(session, proposal, now) for proposal in changed)
