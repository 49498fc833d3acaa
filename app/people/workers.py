"""Workers of the three levels and their posts (ORG-3, ORG-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Assignment, Posting, Unit, Worker
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.kit.ids import uuid7
from app.kit.paging import Page, decode, encode
from app.outbox.emit import emit, mark_visits
from app.people.accounts import follow_post
from app.people.assignments import not_too_far_back
from app.people.city_refusals import CategoryByLevel, TwoPosts
from app.people.marks import mark_worker, renamed, withdraw_grid
from app.people.memberships import release_member
from app.people.posts import latest_posting, posting_on, under
from app.people.principal import Principal
from app.people.spans import cut, starts
from app.rules.corps import ROSTER, CorpsVerdict, RosterCategory, judge_member, owes_duties
from app.rules.divisions import UnitTier
from app.rules.duty import Employment, is_bound

Posted = tuple[Worker, Posting]


@dataclass(frozen=True)
class Profile:
    """Who a worker is."""

    name: str
    phone: str | None
    level: int
    category: RosterCategory | None


@dataclass(frozen=True)
class Post:
    """Where a worker is to stand, and from which date."""

    community: str
    employment: Employment | None
    first: date


def visible(session: Session, asker: Principal, worker_id: UUID) -> Worker:
    """A worker who has or had a post in one's unit; raises NotFound."""
    posted = select(Posting.id).where(
        Posting.worker_id == worker_id, under(Posting.community_code, asker.unit_code)
    )
    worker = session.get(Worker, worker_id)
    if worker is None or session.scalar(posted.limit(1)) is None:
        raise NotFound(worker=worker_id)
    return worker


def look_at_standing(session: Session, asker: Principal, worker_id: UUID, day: date) -> None:
    """A worker who stands in one's unit on a date, or whose last post is there: who left for
    elsewhere is the other station's; raises NotFound."""
    posts = (posting_on(session, worker_id, day), latest_posting(session, worker_id))
    if not any(post is not None and asker.sees(post.community_code) for post in posts):
        raise NotFound(worker=worker_id)


def history(session: Session, worker_id: UUID) -> tuple[Sequence[Posting], Sequence[Assignment]]:
    """All posts and assignments of a worker, in order."""
    postings = session.scalars(
        select(Posting).where(Posting.worker_id == worker_id).order_by(Posting.valid)
    ).all()
    assignments = session.scalars(
        select(Assignment)
        .where(Assignment.worker_id == worker_id)
        .order_by(Assignment.valid, Assignment.grid_code)
    ).all()
    return postings, assignments


def listed(
    session: Session,
    unit_code: str,
    day: date,
    asked: tuple[int | None, str | None],
    page: tuple[str | None, int],
) -> Page[Posted]:
    """Workers posted in a unit on a date, by community and key."""
    (level, q), (cursor, limit) = asked, page
    query = (
        select(Worker, Posting)
        .join(Posting, Posting.worker_id == Worker.id)
        .where(under(Posting.community_code, unit_code), Posting.valid.contains(day))
        .order_by(Posting.community_code, Worker.id)
        .limit(limit + 1)
    )
    if level is not None:
        query = query.where(Worker.level == level)
    if q:
        query = query.where(
            or_(
                Worker.name.contains(q, autoescape=True),
                Worker.phone.startswith(q, autoescape=True),
            )
        )
    if cursor:
        query = query.where(_after(cursor))
    rows = [(worker, posting) for worker, posting in session.execute(query)]
    if len(rows) <= limit:
        return Page(rows, None)
    last_worker, last_posting = rows[limit - 1]
    return Page(rows[:limit], encode(last_posting.community_code, str(last_worker.id)))


def _after(cursor: str) -> ColumnElement[bool]:
    community, key = decode(cursor, str, str)
    try:
        worker_id = UUID(str(key))
    except ValueError:
        raise BadCursor from None
    return tuple_(Posting.community_code, Worker.id) > tuple_(
        literal(community), literal(worker_id)
    )


def register(
    session: Session, asker: Principal, profile: Profile, post: Post, now: datetime
) -> Worker:
    """A new worker with a first post."""
    asker.act(post.community)
    not_too_far_back(post.first, civil_day(now))
    check_corps(profile, post)
    check_community(session, post.community)
    worker = Worker(
        id=uuid7(now),
        name=profile.name,
        phone=profile.phone,
        level=profile.level,
        category=profile.category,
    )
    session.add(worker)
    session.flush()
    _post(session, worker, post, now)
    mark_worker(session, worker.id, post.first, civil_day(now))
    emit(
        session,
        "worker.registered",
        by=asker.account_id,
        unit_code=post.community,
        subject=("worker", worker.id),
        level=profile.level,
        first_day=post.first.isoformat(),
    )
    return worker


def check_corps(profile: Profile, post: Post) -> None:
    """Level 1 has an employment, levels 2 and 3 a roster category of their own (ORG-3)."""
    found = judge_member(profile.level, profile.category, ROSTER.on(post.first))
    employed = post.employment is not None
    if found.verdict is not CorpsVerdict.FIT or owes_duties(profile.level) is not employed:
        raise CategoryByLevel(level=profile.level, category=profile.category)


def check_community(session: Session, code: str) -> None:
    """A post is at a community's station; raises NotFound."""
    unit = session.get(Unit, code)
    if unit is None or unit.tier is not UnitTier.COMMUNITY:
        raise NotFound(community=code)


def _post(session: Session, worker: Worker, post: Post, now: datetime) -> Posting:
    posting = Posting(
        id=uuid7(now),
        worker_id=worker.id,
        community_code=post.community,
        employment=post.employment,
        valid=Range(post.first, None),
    )
    session.add(posting)
    session.flush()
    return posting


def change(
    session: Session, asker: Principal, worker_id: UUID, changed: dict[str, str | None]
) -> Worker:
    """Another name or phone of a worker."""
    worker = visible(session, asker, worker_id)
    community = latest_post(session, worker_id).community_code
    asker.act(community)
    for name, value in changed.items():
        setattr(worker, name, value)
    renamed(session, community)
    emit(
        session,
        "worker.changed",
        by=asker.account_id,
        unit_code=community,
        subject=("worker", worker_id),
        changed=sorted(changed),
    )
    return worker


def latest_post(session: Session, worker_id: UUID) -> Posting:
    """The present or last post; every worker has one."""
    found = latest_posting(session, worker_id)
    if found is None:
        raise NotFound(worker=worker_id)
    return found


def transfer(
    session: Session, asker: Principal, worker_id: UUID, post: Post, now: datetime
) -> Posting:
    """Another post from a date on; grids of the community left behind are released."""
    worker = visible(session, asker, worker_id)
    session.refresh(worker, with_for_update=True)
    before = latest_post(session, worker_id)
    asker.act(before.community_code)
    asker.act(post.community)
    today = civil_day(now)
    not_too_far_back(post.first, today)
    check_corps(Profile(worker.name, worker.phone, worker.level, worker.category), post)
    check_community(session, post.community)
    mark_worker(session, worker_id, post.first, today)
    _close_post(session, before, post.first)
    if post.community != before.community_code:
        release_grids(session, worker, post.first)
        release_member(session, worker_id, post.first, asker.account_id)
    elif post.employment is not None and not is_bound(post.employment):
        release_member(session, worker_id, post.first, asker.account_id)
    posting = _post(session, worker, post, now)
    follow_post(session, asker, worker_id, post.community)
    for community in {before.community_code, post.community}:
        mark_visits(session, community, post.first)
    mark_worker(session, worker_id, post.first, today)
    emit(
        session,
        "worker.transferred",
        by=asker.account_id,
        unit_code=post.community,
        subject=("worker", worker_id),
        before=before.community_code,
        first_day=post.first.isoformat(),
    )
    return posting


def _close_post(session: Session, before: Posting, first: date) -> None:
    """The post before ends where the next begins; raises TwoPosts if it begins no earlier."""
    if starts(before.valid) >= first:
        raise TwoPosts(since=starts(before.valid))
    if before.valid.upper is None or before.valid.upper > first:
        before.valid = cut(before.valid, first)
    session.flush()


def release_grids(session: Session, worker: Worker, first: date) -> None:
    """Assignments in force are cut at a date, those that would begin later are dropped."""
    for held in session.scalars(
        select(Assignment).where(
            Assignment.worker_id == worker.id, Assignment.valid.overlaps(Range(first, None))
        )
    ).all():
        if starts(held.valid) >= first:
            session.delete(held)
        else:
            held.valid = cut(held.valid, first)
        if worker.level == 1:
            withdraw_grid(session, worker.id, held.grid_code, "out_of_scope")
    session.flush()
