"""Records into the registers: what is there already and the same is left alone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

import shapely
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from app.db.models import Assignment, Posting, Station, Unit, Worker
from app.kit.clock import civil_day
from app.kit.errors import Conflict, Refusal
from app.kit.ids import uuid7
from app.outbox.emit import mark_visits
from app.people import stations
from app.people.assignments import REACHES_BACK, check_assignment, not_too_far_back
from app.people.boundaries import check_place, replace, version_before
from app.people.city_refusals import TwoPosts
from app.people.importing.problems import Findings, Place
from app.people.importing.records import (
    BoundaryRecord,
    Record,
    StationRecord,
    UnitRecord,
    WorkerRecord,
)
from app.people.marks import mark_holders, mark_unit, mark_worker, publish_grid, publish_to_holders
from app.people.posts import posting_on
from app.people.spans import not_in_the_past
from app.people.workers import Post, Profile, check_community, check_corps
from app.rules.divisions import UnitTier, tier_of

SAME_DEGREES = 1e-8
CITY_DIGITS = 6


@dataclass
class Writing:
    """One import under way: how many records were written, how many were there already."""

    session: Session
    now: datetime
    findings: Findings
    written: dict[str, int] = field(default_factory=dict)
    unchanged: int = 0

    @property
    def today(self) -> date:
        """The civil date of the import."""
        return civil_day(self.now)

    def count(self, kind: str, *, changed: bool) -> None:
        """Count a record."""
        if changed:
            self.written[kind] = self.written.get(kind, 0) + 1
        else:
            self.unchanged += 1


Act = Callable[[], bool]


def attempt(writing: Writing, place: Place, kind: str, act: Act) -> None:
    """One record in a savepoint of its own: what is refused becomes a problem of its line."""
    try:
        with writing.session.begin_nested():
            changed = act()
    except Refusal as refusal:
        writing.findings.refuse(place, "", refusal)
    except (IntegrityError, DataError) as error:
        constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        writing.findings.refuse(place, "", Conflict(constraint=constraint))
    else:
        writing.count(kind, changed=changed)


def units(writing: Writing, records: Iterable[UnitRecord]) -> None:
    """Units, parents first; another name renames."""
    known = {unit.code: unit for unit in writing.session.scalars(select(Unit))}
    lines: dict[str, UnitRecord] = {}
    for record in sorted(records, key=lambda found: len(found.code)):
        before = lines.setdefault(record.code, record)
        if before.name != record.name:
            writing.findings.add(record.place, "code", "twice", line=before.place.line)
        elif record.code in known:
            changed = known[record.code].name != record.name
            known[record.code].name = record.name
            writing.count("unit", changed=changed)
        elif _has_a_place(writing, record, known):
            known[record.code] = _unit(record)
            writing.session.add(known[record.code])
            writing.count("unit", changed=True)
        writing.session.flush()


def _unit(record: UnitRecord) -> Unit:
    tier = tier_of(record.code)
    parent = None if tier is UnitTier.CITY else record.code[:-3]
    return Unit(code=record.code, tier=tier, name=record.name, parent_code=parent)


def _has_a_place(writing: Writing, record: UnitRecord, known: dict[str, Unit]) -> bool:
    if len(record.code) == CITY_DIGITS:
        city = next((code for code in known if len(code) == CITY_DIGITS), None)
        if city is not None:
            writing.findings.add(record.place, "code", "another_city", city=city)
        return city is None
    if record.code[:-3] not in known:
        writing.findings.add(record.place, "code", "no_parent", parent=record.code[:-3])
    return record.code[:-3] in known


def boundaries(writing: Writing, records: Iterable[BoundaryRecord]) -> None:
    """All versions first, then each in its place beside the others: a set is judged as a whole."""
    drawn: list[tuple[BoundaryRecord, date]] = []
    for record in sorted(records, key=lambda found: len(found.code)):
        first = record.first or writing.today
        if writing.session.get(Unit, record.code) is None:
            writing.findings.add(record.place, "code", "no_unit", unit=record.code)
        else:
            before = writing.written.get("boundary", 0)
            attempt(writing, record.place, "boundary", partial(_draw, writing, record, first))
            if writing.written.get("boundary", 0) > before:
                drawn.append((record, first))
    for record, first in drawn:
        try:
            check_place(writing.session, record.code, record.shape, first)
        except Refusal as refusal:
            writing.findings.refuse(record.place, "geometry", refusal)


def _draw(writing: Writing, record: BoundaryRecord, first: date) -> bool:
    session = writing.session
    before = version_before(session, record.code, first)
    if before and shapely.equals_exact(
        before.area, record.shape, tolerance=SAME_DEGREES, normalize=True
    ):
        return False
    if before:
        not_in_the_past(first, writing.today)
    source = f"import: {record.place.file}"
    replace(session, record.code, record.shape, before, first, source)
    if tier_of(record.code) is UnitTier.GRID:
        mark_holders(session, record.code, max(first, writing.today - REACHES_BACK), writing.today)
        publish_to_holders(session, record.code, max(first, writing.today))
        mark_visits(session, record.code, first)
    return True


def station_rows(writing: Writing, records: Iterable[StationRecord]) -> None:
    """Stations by community."""
    for record in records:
        if writing.session.get(Unit, record.community) is None:
            writing.findings.add(record.place, "community_code", "no_unit", unit=record.community)
        else:
            attempt(writing, record.place, "station", partial(_place, writing, record))


def _place(writing: Writing, record: StationRecord) -> bool:
    session, first = writing.session, record.first or writing.today
    before = session.scalars(
        select(Station).where(
            Station.community_code == record.community, Station.valid.overlaps(Range(first, None))
        )
    ).all()
    if any(_is_same_station(found, record) for found in before):
        return False
    if before:
        not_in_the_past(first, writing.today)
    stations.check_near(session, record.community, record.point, max(first, writing.today))
    stations.replace(session, record.community, (record.name, record.point), first)
    if first <= writing.today:
        mark_unit(session, record.community, max(first, writing.today), writing.today)
    return True


def _is_same_station(found: Station, record: StationRecord) -> bool:
    near = shapely.equals_exact(found.point, record.point, tolerance=SAME_DEGREES)
    return bool(near) and found.name == record.name


def workers(writing: Writing, records: Iterable[WorkerRecord]) -> None:
    """Workers by phone: a further row of the same phone is a further grid."""
    for record in records:
        if writing.session.get(Unit, record.grid or record.community) is None:
            column = "grid_code" if record.grid else "community_code"
            unit = record.grid or record.community
            writing.findings.add(record.place, column, "no_unit", unit=unit)
            continue
        worker = writing.session.scalar(select(Worker).where(Worker.phone == record.phone))
        if worker and (worker.name, worker.level) != (record.name, record.level):
            facts = {"name": worker.name, "level": worker.level}
            writing.findings.add(record.place, "phone", "another_person", **facts)
        else:
            attempt(writing, record.place, "worker", partial(_staff, writing, record, worker))


def _staff(writing: Writing, record: WorkerRecord, worker: Worker | None) -> bool:
    """The person, the post and the grid of a row; whether any of them is new."""
    post = Post(record.community, record.employment, record.first)
    profile = Profile(record.name, record.phone, record.level, record.category)
    check_corps(profile, post)
    check_community(writing.session, record.community)
    if worker is None:
        found = _employ(writing, profile, post)
        _hold(writing, record, found)
        changed = True
    else:
        found = worker
        if worker.category != record.category:
            raise Conflict(category=worker.category)
        posted = _post(writing, worker, post)
        changed = _hold(writing, record, worker) or posted
    if changed and found.level == 1:
        first = max(record.first, writing.today - REACHES_BACK)
        mark_worker(writing.session, found.id, first, writing.today)
    return changed


def _employ(writing: Writing, profile: Profile, post: Post) -> Worker:
    worker = Worker(
        id=uuid7(writing.now),
        name=profile.name,
        phone=profile.phone,
        level=profile.level,
        category=profile.category,
    )
    writing.session.add(worker)
    writing.session.flush()
    _add_post(writing, worker, post)
    return worker


def _add_post(writing: Writing, worker: Worker, post: Post) -> None:
    posting = Posting(
        id=uuid7(writing.now),
        worker_id=worker.id,
        community_code=post.community,
        employment=post.employment,
        valid=Range(post.first, None),
    )
    writing.session.add(posting)
    writing.session.flush()


def _post(writing: Writing, worker: Worker, post: Post) -> bool:
    """Whether a post was added; another post at that time is refused: that is a transfer."""
    there = posting_on(writing.session, worker.id, post.first)
    if there is None:
        not_too_far_back(post.first, writing.today)
        _add_post(writing, worker, post)
        return True
    if (there.community_code, there.employment) != (post.community, post.employment):
        raise TwoPosts(community=there.community_code, employment=there.employment)
    return False


def _hold(writing: Writing, record: WorkerRecord, worker: Worker) -> bool:
    """Whether the row's grid is newly held."""
    session = writing.session
    if record.grid is None:
        return False
    there = session.scalar(
        select(Assignment).where(
            Assignment.worker_id == worker.id,
            Assignment.grid_code == record.grid,
            Assignment.first_responsible == record.first_responsible,
            Assignment.valid.contains(record.first),
        )
    )
    if there is not None:
        return False
    valid = Range(record.first, None)
    check_assignment(session, worker, (record.grid, record.first_responsible), valid)
    assignment = Assignment(
        id=uuid7(writing.now),
        worker_id=worker.id,
        level=worker.level,
        grid_code=record.grid,
        first_responsible=record.first_responsible,
        valid=valid,
    )
    session.add(assignment)
    session.flush()
    if worker.level == 1:
        publish_grid(session, worker.id, record.grid)
        mark_visits(session, record.grid, record.first)
    return True


def write(writing: Writing, records: Iterable[Record]) -> None:
    """Every record, in the order in which they need each other."""
    every = list(records)
    units(writing, [found for found in every if isinstance(found, UnitRecord)])
    boundaries(writing, [found for found in every if isinstance(found, BoundaryRecord)])
    station_rows(writing, [found for found in every if isinstance(found, StationRecord)])
    workers(writing, [found for found in every if isinstance(found, WorkerRecord)])
