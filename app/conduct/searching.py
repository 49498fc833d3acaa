"""All communities of a unit, one transaction each: safe to interrupt, and to run again."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.conduct.detecting import (
    LIVING,
    check_settled,
    detect,
    detect_dates,
    detect_failures,
    settles_at_of,
)
from app.conduct.proposing import refresh
from app.db.engine import Sessions
from app.db.models import ConductDetection, ConductProposal, Posting
from app.kit.clock import civil_day
from app.people.posts import under
from app.rules.activity import month_of
from app.rules.conduct import ProposalSource
from app.rules.duty import Employment

A_DAY = timedelta(days=1)
A_YEAR = timedelta(days=366)
CITY = "510185"


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
    done: Callable[[str, int, int], None],
) -> int:
    """Search a month of every community; how many were proposed anew. Raises MonthNotSettled.

    `done` hears of each community, its place and how many there are.
    """
    with sessions.begin() as session:
        check_settled(session, month_of(month)[0], now)
        communities = communities_of(session, unit_code, month)
    made = 0
    for place, community_code in enumerate(communities, start=1):
        with sessions.begin() as session:
            made += detect(session, community_code, month, now)
        done(community_code, place, len(communities))
    return made


def search_nightly(sessions: Sessions, now: datetime) -> int:
    """Yesterday's month date by date; the month before too, and for all grounds once it settled;
    failed months and years; and whatever stands is looked at again."""
    yesterday = civil_day(now) - A_DAY
    with sessions.begin() as session:
        communities = communities_of(session, CITY, yesterday)
    made = 0
    for community_code in communities:
        with sessions.begin() as session:
            made += _night(session, community_code, yesterday, now)
        with sessions.begin() as session:
            look_again_at_all(session, community_code, now)
    return made


def _night(session: Session, community_code: str, yesterday: date, now: datetime) -> int:
    before, _ = month_of(yesterday.replace(day=1) - A_DAY)
    made = detect_dates(session, community_code, yesterday, now)
    if now >= settles_at_of(session, before) and not _searched(session, community_code, before):
        made += detect(session, community_code, before, now)
    else:
        made += detect_dates(session, community_code, before, now)
    years = (yesterday.year - 1, yesterday.year)
    return made + sum(detect_failures(session, community_code, year, now) for year in years)


def _searched(session: Session, community_code: str, month: date) -> bool:
    return session.get(ConductDetection, (community_code, month)) is not None


def look_again_at_all(session: Session, community_code: str, now: datetime) -> int:
    """Everything that the system found in the last year and that still matters; how many rest on
    something else by now."""
    proposals = session.scalars(
        select(ConductProposal)
        .where(
            under(ConductProposal.community_code, community_code),
            ConductProposal.source == ProposalSource.DETECTED,
            ConductProposal.state.in_(LIVING),
            ConductProposal.found_at >= now - A_YEAR,
        )
        .order_by(ConductProposal.id)
    ).all()
    return sum(refresh(session, proposal, now) for proposal in proposals)
