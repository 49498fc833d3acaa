"""Who recomputes tallies when: a reader what it looks at, the sweeper what is marked, and at the
start of each date everybody, because new periods begin and others close."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import StaleVisits, VisitPlaceLocation, VisitStanding
from app.kit.clock import civil_day
from app.people.posts import under
from app.rules.divisions import ancestors
from app.rules.organisation import COMMUNITY_DIGITS
from app.rules.version import RULES_VERSION
from app.visits import tallies
from app.visits.rulings import Closings

SWEPT_AT_ONCE = 200
BROUGHT_UP_TO_DATE = 20
"""Communities that a reader waits for; a larger arrear is shown as stale."""
MARKED: ColumnElement[str] = func.left(StaleVisits.unit_code, COMMUNITY_DIGITS)
_IN_ONE: ColumnElement[bool] = func.length(StaleVisits.unit_code) >= COMMUNITY_DIGITS
"""A mark of a unit above may come, or be at another's hands, after marks were expanded."""
log = structlog.get_logger()


def bring_up_to_date(
    session: Session, unit_code: str, now: datetime, at_most: int = BROUGHT_UP_TO_DATE
) -> int:
    """Recompute what is stale if it is little; how many communities stay behind."""
    behind = communities_behind(session, unit_code, now)
    if len(behind) > at_most:
        return len(behind)
    for community in behind:
        tallies.recompute(session, community, now)
    return 0


def communities_behind(session: Session, unit_code: str, now: datetime) -> Sequence[str]:
    """The communities of a unit whose facts changed, or for which a new date began, in order."""
    within = unit_code[:COMMUNITY_DIGITS]
    if _marked_above(session, within):
        tallies.expand(session)
    return sorted({*session.scalars(_marked(within)), *session.scalars(_due(session, within, now))})


def _marked_above(session: Session, unit_code: str) -> bool:
    above = [code for code in ancestors(unit_code) if len(code) < COMMUNITY_DIGITS]
    marked: ColumnElement[bool] = StaleVisits.unit_code.in_(above)
    if len(unit_code) < COMMUNITY_DIGITS:
        below = func.length(StaleVisits.unit_code) < COMMUNITY_DIGITS
        marked = or_(marked, under(StaleVisits.unit_code, unit_code) & below)
    return bool(session.scalar(select(exists().where(marked))))


def _marked(unit_code: str) -> Select[str]:
    return select(MARKED).where(_IN_ONE, under(StaleVisits.unit_code, unit_code)).distinct()


def _due(session: Session, unit_code: str, now: datetime) -> Select[str]:
    """A new date has begun, a period falls due to be closed, or the rules changed."""
    today = civil_day(now)
    lately = Closings(session).closed_by(now)
    return select(VisitStanding.community_code).where(
        under(VisitStanding.community_code, unit_code),
        or_(
            VisitStanding.judged_on < today,
            VisitStanding.closed_until < lately,
            VisitStanding.rules_version != RULES_VERSION,
        ),
    )


def sweep(sessions: Sessions, now: datetime, at_most: int = SWEPT_AT_ONCE) -> int:
    """Recompute the communities that are marked, longest first; how many were."""
    with sessions.begin() as session:
        tallies.expand(session)
    with sessions() as session:
        marked = session.scalars(
            select(MARKED)
            .where(_IN_ONE)
            .group_by(MARKED)
            .order_by(func.min(StaleVisits.id))
            .limit(at_most)
        ).all()
    return _all_of(sessions, marked, now)


def materialise(sessions: Sessions, now: datetime) -> int:
    """Begin the date's periods and close what falls due, in every community with visit places."""
    with sessions() as session:
        placed = select(func.left(VisitPlaceLocation.grid_code, COMMUNITY_DIGITS)).distinct()
        never = placed.where(
            ~exists().where(
                VisitStanding.community_code
                == func.left(VisitPlaceLocation.grid_code, COMMUNITY_DIGITS)
            )
        )
        due = [*session.scalars(never), *session.scalars(_due(session, "", now))]
    return _all_of(sessions, sorted(due), now)


def _all_of(sessions: Sessions, communities: Iterable[str], now: datetime) -> int:
    return sum(_recomputed(sessions, community, now) for community in communities)


def _recomputed(sessions: Sessions, community_code: str, now: datetime) -> bool:
    """In a transaction of its own; one that another is at is passed over, one that fails keeps
    its marks and does not hold up the others."""
    try:
        with sessions.begin() as session:
            if not tallies.try_lock(session, community_code):
                return False
            tallies.recompute(session, community_code, now)
    except Exception:
        log.exception("visits_not_recomputed", community_code=community_code)
        return False
    return True
