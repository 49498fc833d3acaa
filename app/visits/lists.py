"""Visits as offices and workers look through them: with words, whose looks leave a trace."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import Visit, VisitPlaceLocation, Worker
from app.kit.errors import NotFound
from app.people.photos import missing_of
from app.people.posts import under
from app.people.principal import Principal
from app.people.spans import starts
from app.rules.visits import VisitVerdict
from app.visits.place_lists import Asked, seen_by
from app.visits.refusals import VisitRangeTooLong
from app.visits.schemas import VisitPage, VisitRow

DAYS_AT_MOST = 92
LATEST = (Visit.corrected_at, Visit.id)


@dataclass(frozen=True)
class Sought:
    """Which visits: of which dates, and by whom, to where, with which verdict, if that is asked."""

    first: date
    last: date
    worker: UUID | None = None
    place: UUID | None = None
    verdict: VisitVerdict | None = None

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.last - self.first < timedelta(days=DAYS_AT_MOST):
            raise VisitRangeTooLong(first=self.first, last=self.last, most=DAYS_AT_MOST)

    def where(self) -> list[ColumnElement[bool]]:
        """As conditions."""
        found: list[ColumnElement[bool]] = [Visit.day.between(self.first, self.last)]
        if self.worker is not None:
            found.append(Visit.worker_id == self.worker)
        if self.place is not None:
            found.append(Visit.place_id == self.place)
        if self.verdict is not None:
            found.append(Visit.verdict == self.verdict)
        return found


def in_unit(unit_code: str) -> ColumnElement[bool]:
    """Visits to places of a unit; and those out of scope that its workers made elsewhere."""
    astray = and_(
        Visit.verdict == VisitVerdict.OUT_OF_SCOPE, under(Visit.community_code, unit_code)
    )
    return or_(under(Visit.grid_code, unit_code), astray)


def visits_under(session: Session, unit_code: str, sought: Sought, asked: Asked) -> VisitPage:
    """The visits of a unit, latest first."""
    return _page(session, [in_unit(unit_code), *sought.where()], asked)


def visits_by(session: Session, worker_id: UUID, sought: Sought, asked: Asked) -> VisitPage:
    """A worker's own visits, latest first."""
    return _page(session, [Visit.worker_id == worker_id, *sought.where()], asked)


def _page(session: Session, where: Iterable[ColumnElement[bool]], asked: Asked) -> VisitPage:
    cursor, limit = asked
    rows = session.execute(
        select(Visit, Worker.name)
        .join(Worker, Worker.id == Visit.worker_id)
        .where(*where, earlier(LATEST, cursor))
        .order_by(*latest_first(LATEST))
        .limit(limit + 1)
    ).all()
    shown, last = cut([(visit, name) for visit, name in rows], limit)
    return VisitPage(
        items=visit_rows(session, shown),
        next_cursor=cursor_of(last[0].corrected_at, last[0].id) if last else None,
    )


def visit_of(session: Session, asker: Principal, key: UUID) -> tuple[Visit, VisitRow]:
    """One visit to a place of one's unit, or that one of its workers made out of scope."""
    found = session.execute(
        select(Visit, Worker.name)
        .join(Worker, Worker.id == Visit.worker_id)
        .where(Visit.id == key, in_unit(asker.unit_code))
    ).one_or_none()
    if found is None:
        raise NotFound(visit=key)
    visit, name = found
    return visit, visit_rows(session, [(visit, name)])[0]


def visit_rows(session: Session, visits: Sequence[tuple[Visit, str]]) -> list[VisitRow]:
    """Visits with their workers' names, as they are shown."""
    missing = missing_of(session, [visit.id for visit, _ in visits])
    labels = labels_of(session, [visit for visit, _ in visits])
    return [_row(visit, name, labels, missing) for visit, name in visits]


def _row(
    visit: Visit, name: str, labels: dict[UUID, str | None], missing: dict[UUID, list[str]]
) -> VisitRow:
    words = visit.words or {"place": None, "reason": None, "note": None}
    return VisitRow(
        worker_name=name,
        place=labels.get(visit.id) or words["place"],
        reason=words["reason"],
        note=words["note"] or None,
        missing_photos=missing.get(visit.id, []),
        **{
            column: getattr(visit, column)
            for column in VisitRow.model_fields
            if hasattr(Visit, column)
        },
    )


def labels_of(session: Session, visits: Sequence[Visit]) -> dict[UUID, str | None]:
    """What the visited place of each visit was called on its date, or first was; not of those out
    of scope, whose places are another's to see."""
    visits = [visit for visit in visits if visit.verdict is not VisitVerdict.OUT_OF_SCOPE]
    places = {visit.place_id for visit in visits if visit.place_id is not None}
    rows = session.scalars(
        select(VisitPlaceLocation)
        .where(VisitPlaceLocation.place_id.in_(places))
        .order_by(VisitPlaceLocation.valid)
    )
    spans: dict[UUID, list[VisitPlaceLocation]] = {}
    for location in rows:
        spans.setdefault(location.place_id, []).append(location)
    found: dict[UUID, str | None] = {}
    for visit in visits:
        if visit.place_id is not None:
            there = spans[visit.place_id]
            begun = [each for each in there if starts(each.valid) <= visit.day]
            where = (begun[-1] if begun else there[0]).whereabouts
            found[visit.id] = where["label"] if where else None
    return found


def looked_at(session: Session, asker: Principal, visits: Sequence[VisitRow]) -> None:
    """Who looked at visits leaves a trace: which places, and which visits to unregistered ones."""
    seen_by(session, asker, sorted({str(visit.place_id or visit.id) for visit in visits}))
