"""Tallies are brought up to date: marks are removed first, then the facts are read.

A fact and its mark are committed together. A recompute deletes the marks it sees and reads the
facts in later statements, so it sees every fact whose mark it deleted; what is committed after
that leaves a mark of its own. A recompute judges everything that is open in a community, and of
what is closed only what late visits may still pay.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.orm import Session

from app.db.models import (
    Unit,
    VisitPlaceLocation,
    VisitStanding,
    VisitTally,
    VisitTarget,
)
from app.kit.clock import civil_day
from app.people.posts import under
from app.rules.version import RULES_VERSION
from app.rules.visits import Period, VisitKind, payment
from app.visits.judging import Judged, judge, registered_in_time
from app.visits.obligations import periods_between
from app.visits.on_record import (
    ONE_DAY,
    Made,
    earliest_period,
    latest_period,
    on_record,
    visits_made,
)
from app.visits.rulings import Closings
from app.visits.tally_rows import judged_of, write

Span = tuple[date, date | None]
"""The dates of a mark; None: and all that follow."""


def recompute(session: Session, community_code: str, now: datetime) -> None:
    """Bring a community's tallies up to date, and close what falls due."""
    lock(session, community_code)
    marked = _take_marks(session, community_code)
    standing = session.get(VisitStanding, community_code, populate_existing=True)
    closings = Closings(session)
    known = standing.closed_until if standing else _closed_before_any(session, community_code)
    if known is None:
        return
    _pay_late(session, community_code, [span for span in marked if span[0] <= known], known, now)
    today = civil_day(now)
    closed_until = max(known, closings.closed_by(now))
    judged = _judged(session, community_code, known, closed_until, today)
    write(session, _stored(session, community_code, known), judged, closed_until, now)
    standing = standing or _added(session, community_code)
    standing.closed_until, standing.judged_on = closed_until, today
    standing.rules_version, standing.computed_at = RULES_VERSION, now
    session.flush()


def preview(session: Session, community_code: str, day: date) -> list[Judged]:
    """What a date to come will owe by what is on record; not stored."""
    periods = {kind: list(periods_between(kind, day, day)) for kind in VisitKind}
    first = min(period.first for found in periods.values() for period in found)
    record = on_record(session, community_code, first, latest_period(day))
    return list(judge(record, periods, day))


def lock(session: Session, community_code: str) -> None:
    """One recompute of a community at a time, for the rest of the transaction."""
    session.execute(select(func.pg_advisory_xact_lock(_key(community_code))))


def try_lock(session: Session, community_code: str) -> bool:
    """Take a community if nobody else is at it."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(_key(community_code)))))


def _key(community_code: str) -> ColumnElement[int]:
    return func.hashtextextended(f"visits {community_code}", 0)


def _take_marks(session: Session, community_code: str) -> Sequence[Span]:
    """Remove the marks that are visible now; the facts are read in later statements.

    What is removed is passed on in the same statement: a mark that comes between stays.
    """
    where = {"community": community_code, "beyond": _beyond(community_code)}
    return [(first, last) for first, last in session.execute(TAKE, where)]


def _closed_before_any(session: Session, community_code: str) -> date | None:
    """What had closed when a community's first target was registered: nothing was owed by then."""
    registered = session.scalar(
        select(func.min(VisitTarget.created_at)).where(
            VisitTarget.place_id.in_(
                select(VisitPlaceLocation.place_id).where(
                    under(VisitPlaceLocation.grid_code, community_code)
                )
            )
        )
    )
    if registered is None:
        return None
    return Closings(session).closed_by(registered)


def _added(session: Session, community_code: str) -> VisitStanding:
    standing = VisitStanding(community_code=community_code)
    session.add(standing)
    return standing


def _judged(
    session: Session, community_code: str, known: date, closed_until: date, today: date
) -> Iterable[Judged]:
    """All that was open at the last recompute and has begun."""
    open_since = known + ONE_DAY
    periods = {kind: list(periods_between(kind, open_since, today)) for kind in VisitKind}
    first = earliest_period(min(open_since, today))
    record = on_record(session, community_code, first, latest_period(today))
    found = judge(record, periods, today)
    return registered_in_time(record, found, Closings(session), closed_until)


def _stored(session: Session, community_code: str, known: date) -> Sequence[VisitTally]:
    """The rows of what was open at the last recompute."""
    return session.scalars(
        select(VisitTally)
        .where(
            *_of(community_code),
            VisitTally.first_day >= earliest_period(known),
            VisitTally.last_day > known,
        )
        .execution_options(populate_existing=True)
    ).all()


def _of(community_code: str) -> tuple[ColumnElement[bool], ...]:
    grids = select(Unit.code).where(Unit.parent_code == community_code)
    return VisitTally.grid_code.in_(grids), VisitTally.kind.in_(list(VisitKind))


def _pay_late(
    session: Session, community_code: str, marked: Collection[Span], known: date, now: datetime
) -> None:
    """Closed periods of marked dates: what is unpaid is paid by late visits; nothing else moves."""
    if not marked:
        return
    rows = session.scalars(
        select(VisitTally)
        .where(
            *_of(community_code),
            VisitTally.last_day <= known,
            or_(*(_touches(span) for span in marked)),
        )
        .execution_options(populate_existing=True)
    ).all()
    stands = [one for row in rows for one in judged_of(row)]
    unpaid = [one for one in stands if one.visit_id is None]
    if unpaid:
        paid = _paid_late(session, unpaid)
        write(session, rows, [paid.get(_name(one), one) for one in stands], known, now)


def _touches(span: Span) -> ColumnElement[bool]:
    first, last = span
    begun = VisitTally.last_day >= first
    return begun if last is None else begun & (VisitTally.first_day <= last)


def _name(one: Judged) -> tuple[object, Period]:
    return one.target_id, one.period


def _paid_late(session: Session, unpaid: Sequence[Judged]) -> dict[tuple[object, Period], Judged]:
    """What is paid now of what was not, by whoever made the visit."""
    place_of = dict(
        session.execute(
            select(VisitTarget.id, VisitTarget.place_id).where(
                VisitTarget.id.in_({one.target_id for one in unpaid})
            )
        ).all()
    )
    first = min(one.period.first for one in unpaid)
    last = max(one.period.last for one in unpaid)
    made = visits_made(session, set(place_of.values()), first, last)
    closings = Closings(session)
    found = {}
    for one in unpaid:
        # A target that was taken out since is of no place any more, and stays unpaid.
        place = place_of.get(one.target_id)
        paying = _paying(one, made.get(place, ()), closings) if place else None
        if paying is not None:
            visit_id = UUID(str(paying.paid.record))
            found[_name(one)] = replace(one, worker_id=paying.worker, visit_id=visit_id)
    return found


def _paying(one: Judged, visits: Sequence[Made], closings: Closings) -> Made | None:
    values = closings.values(one.period.last)
    paying = payment(one.kind, one.period, (made.paid for made in visits), values)
    return next((made for made in visits if paying and made.paid is paying[0]), None)


def _beyond(unit_code: str) -> str:
    """The first text, byte by byte, that sorts after every code of a unit's subtree."""
    return unit_code[:-1] + chr(ord(unit_code[-1]) + 1)


TAKE = text("""
with taken as (
    delete from stale_visits
    where unit_code ~>=~ :community and unit_code ~<~ :beyond
    returning unit_code, first_day, last_day
), passed_on as (
    insert into stale_visits (unit_code, first_day, last_day)
    select distinct left(later.grid_code, 12), marked.first_day, marked.last_day
    from taken as marked
    join visit_place_location as former
        on former.grid_code ~>=~ :community and former.grid_code ~<~ :beyond
        and not upper_inf(former.valid)
        and former.valid && daterange(marked.first_day, marked.last_day, '[]')
    join visit_place_location as later on later.place_id = former.place_id
    where length(marked.unit_code) > 12
        and later.valid >> former.valid
        and left(later.grid_code, 12) <> :community
)
select first_day, last_day from taken
""")
"""A visit to a place that has since moved to another community may pay what is owed there. Only
marks of grids are passed on, as marks of communities, so that none goes round."""

EXPAND = text("""
with taken as (
    delete from stale_visits where id in (
        select id from stale_visits where length(unit_code) < 12 for update skip locked
    )
    returning unit_code, first_day, last_day
)
insert into stale_visits (unit_code, first_day, last_day)
select distinct reached.code, taken.first_day, taken.last_day
from taken
join (select distinct left(grid_code, 12) as code from visit_place_location) as reached
    on reached.code like taken.unit_code || '%'
""")


def expand(session: Session) -> None:
    """A mark on a unit above the communities becomes one on each that has visit places."""
    session.execute(EXPAND)
