"""Visits are recorded as they were captured, judged by the registers of that date (VIS-7)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.db.models import Visit, VisitPlace, VisitPlaceLocation
from app.outbox.emit import emit, mark_visits, publish
from app.people.capture import Capture, NotYet
from app.people.field_grid import grid_of_record
from app.people.photos import Subject, link_photos
from app.people.values import values_on
from app.rules.finding import Finding
from app.rules.geodesy import Position, distance_m
from app.rules.visits import VisitKind, VisitMade, VisitVerdict, judge_visit
from app.visits.paying import PAYING
from app.visits.placing import grid_of_location, location_on
from app.visits.reach import grids_in_reach
from app.visits.schemas import VisitIn


@dataclass(frozen=True)
class Visited:
    """What was visited: in which grid of that date, at which point, and whether it was in reach;
    no point for what is not registered, or was erased."""

    grid_code: str
    point: Position | None
    in_scope: bool
    erased: bool = False


def record_visit(session: Session, capture: Capture, body: VisitIn) -> Visit:
    """Record a visit with its verdict; raises NotYet for a place that is not known yet."""
    visited = _visited(session, capture, body)
    found = _judge(session, capture, body, visited)
    visit = _written(capture, body, visited, found)
    session.add(visit)
    session.flush()
    link_photos(session, _subject(visit), visit.photos, capture.received_at)
    if visit.place_id is not None and visit.verdict in PAYING:
        mark_visits(session, visit.grid_code, visit.day, visit.day)
    publish(session, visit.worker_id, "visit", visit.id, shown(visit))
    emit(
        session,
        "visit.recorded",
        by=capture.account_id,
        unit_code=visit.grid_code,
        subject=("visit", visit.id),
        place=str(visit.place_id) if visit.place_id else None,
        verdict=visit.verdict.value,
        day=visit.day.isoformat(),
    )
    return visit


def _visited(session: Session, capture: Capture, body: VisitIn) -> Visited:
    day = capture.day
    if body.place_id is None:
        grid_code = grid_of_record(session, capture.worker_id, day, body.position())
        return Visited(grid_code, None, in_scope=True)
    location = _location(session, capture, body)
    grid_code = grid_of_location(session, location, day)
    in_scope = grid_code in grids_in_reach(session, capture.worker_id, day)
    where = location.whereabouts
    point = Position(where["lon"], where["lat"]) if where else None
    return Visited(grid_code, point, in_scope, erased=where is None)


def _location(session: Session, capture: Capture, body: VisitIn) -> VisitPlaceLocation:
    """Where the place was on the date of capture, locked against being erased meanwhile."""
    lock = {"read": True, "key_share": True}
    place = session.get(VisitPlace, body.place_id, with_for_update=lock)
    location = location_on(session, place.id, capture.day) if place else None
    if location is None:
        raise NotYet(waits_for=body.place_id)
    return location


def _judge(
    session: Session, capture: Capture, body: VisitIn, visited: Visited
) -> Finding[VisitVerdict]:
    position, point = body.position(), visited.point
    made = VisitMade(
        manner=body.manner,
        outcome=body.outcome,
        distance_m=distance_m(position, point) if position and point else None,
        with_reason=body.reason is not None,
        mocked=body.mocked,
        registered=point is not None,
        in_scope=visited.in_scope,
    )
    return judge_visit(made, values_on(session, capture.day))


def _written(
    capture: Capture, body: VisitIn, visited: Visited, found: Finding[VisitVerdict]
) -> Visit:
    """The record; of an erased place nothing that was written, no position and no photo."""
    kept = not visited.erased
    position = body.position() if kept else None
    words = {"place": body.place, "reason": body.reason, "note": body.note}
    because = {**found.because, "rule": found.rule, "clause": found.clause}
    return Visit(
        **capture.columns(),
        grid_code=visited.grid_code,
        place_id=body.place_id,
        kind=body.kind,
        manner=body.manner,
        outcome=body.outcome,
        verdict=found.verdict,
        distance_m=found.because["distance_m"],
        because={**because, "grid_code": visited.grid_code},
        words=words if kept else None,
        lon=position.lon if position else None,
        lat=position.lat if position else None,
        accuracy_m=body.accuracy_m,
        mocked=body.mocked,
        photos=list(body.photos) if kept else [],
    )


def _subject(visit: Visit) -> Subject:
    """A visit's photos are of somebody's home, except at a guard post that is not registered."""
    at_home = visit.kind is not VisitKind.PROPERTY_GUARD
    return Subject("visit", visit.id, visit.community_code, visit.worker_id, sensitive=at_home)


def shown(visit: Visit) -> dict[str, Any]:
    """A visit as the handset gets it back."""
    return {
        "day": visit.day.isoformat(),
        "place_id": str(visit.place_id) if visit.place_id else None,
        "kind": visit.kind.value if visit.kind else None,
        "grid_code": visit.grid_code,
        "place": visit.words["place"] if visit.words else None,
        "manner": visit.manner.value,
        "outcome": visit.outcome.value,
        "verdict": visit.verdict.value,
        "because": visit.because,
        "corrected_at": visit.corrected_at.isoformat(),
        "time_proven": visit.time_proven,
    }
