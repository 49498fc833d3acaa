"""What is on record of workers' work on a date: one query for all of them each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from app.db.models import (
    Account,
    Errand,
    ErrandAct,
    Incident,
    IncidentAct,
    IncidentCase,
    Media,
    Record,
    RecordVersion,
    SampleItem,
    Visit,
    VisitPlaceLocation,
    VisitTarget,
)
from app.incidents.labels import CategoryWords, category_words
from app.kit.clock import day_end, day_start
from app.rules.incidents import Act
from app.rules.visits import VisitKind
from app.tasks.attendance_facts import ByWorker, by_worker
from app.tasks.roll import Roll


@dataclass(frozen=True)
class PlaceFacts:
    """What visited places are on the date: what they are called and whom visits are owed to."""

    labels: Mapping[UUID, str]
    kinds: Mapping[UUID, Sequence[VisitKind]]


@dataclass(frozen=True)
class EventFacts:
    """Events of the date: filed and acted on, by worker; `waiting`: how many of each grid were
    closed and not verified when it ended; `words`: what their categories are called."""

    filed: ByWorker
    acts: ByWorker
    waiting: Mapping[str, int]
    words: Mapping[str, CategoryWords]


@dataclass(frozen=True)
class WorkFacts:
    """By worker; `arrived` are the photos that did."""

    visits: ByWorker
    places: PlaceFacts
    tallies: ByWorker
    versions: ByWorker
    checks: ByWorker
    errand_acts: ByWorker
    events: EventFacts
    arrived: Collection[str]


def work_facts(session: Session, roll: Roll, others: Iterable[ByWorker]) -> WorkFacts:
    """All of it for the workers of a roll; `others` are records that name photos too."""
    visits = _dated(session, roll, Visit)
    events = _events(session, roll)
    versions, acts = _versions(session, roll), _errand_acts(session, roll)
    return WorkFacts(
        visits=visits,
        places=_places(session, roll, visits),
        tallies=_tallies(session, roll),
        versions=versions,
        checks=_checks(session, roll),
        errand_acts=acts,
        events=events,
        arrived=_arrived(session, (visits, events.filed, events.acts, versions, acts, *others)),
    )


def _dated(session: Session, roll: Roll, model: Any) -> ByWorker:
    rows = session.scalars(
        select(model)
        .where(model.worker_id.in_(roll.worker_ids), model.day == roll.day)
        .order_by(model.corrected_at, model.id)
    )
    return by_worker(rows)


def _events(session: Session, roll: Roll) -> EventFacts:
    filed = _dated(session, roll, Incident)
    acts = _event_acts(session, roll)
    named = {row.category for rows in (*filed.values(), *acts.values()) for row in rows}
    return EventFacts(filed, acts, _waiting(session, roll), category_words(session, named))


def _event_acts(session: Session, roll: Roll) -> ByWorker:
    """Acts on events but the report, without the sealed words."""
    rows = session.execute(
        select(
            IncidentAct.worker_id,
            IncidentAct.id,
            IncidentAct.incident_id,
            IncidentAct.corrected_at,
            IncidentAct.device_id,
            IncidentAct.act,
            IncidentAct.facts,
            IncidentAct.photos,
            IncidentCase.category,
            IncidentCase.severity,
            IncidentCase.grid_code,
        )
        .join(IncidentCase, IncidentCase.incident_id == IncidentAct.incident_id)
        .where(
            IncidentAct.worker_id.in_(roll.worker_ids),
            IncidentAct.day == roll.day,
            IncidentAct.act != Act.REPORT,
        )
        .order_by(IncidentAct.corrected_at, IncidentAct.id)
    )
    return by_worker(rows)


WAITING = text("""
select incident_case.grid_code, count(*)
from incident_case
cross join lateral (
    select act.became from incident_act as act
    where act.incident_id = incident_case.incident_id and act.effective_at < :ends
    order by act.number desc limit 1
) as last
where incident_case.grid_code = any(:grids) and incident_case.reported_at < :ends
  and (incident_case.state in ('closed', 'followed_up') or incident_case.reopened
       or incident_case.verified_at >= :ends)
  and last.became in ('closed', 'followed_up')
group by incident_case.grid_code
""").bindparams(bindparam("grids", type_=ARRAY(Text())))
"""By the acts up to the date's end: a sheet of Wednesday does not change by a score of Thursday."""


def _waiting(session: Session, roll: Roll) -> Mapping[str, int]:
    grids = sorted({code for member in roll.members for code in member.grid_codes})
    rows = session.execute(WAITING, {"grids": grids, "ends": day_end(roll.day)})
    return {code: count for code, count in rows}  # noqa: C416 - rows are no pairs to mypy


def _places(session: Session, roll: Roll, visits: ByWorker) -> PlaceFacts:
    """Of the places visited, by the date."""
    places = {made.place_id for rows in visits.values() for made in rows if made.place_id}
    if not places:
        return PlaceFacts({}, {})
    located = session.execute(
        select(VisitPlaceLocation.place_id, VisitPlaceLocation.whereabouts).where(
            VisitPlaceLocation.place_id.in_(places), VisitPlaceLocation.valid.contains(roll.day)
        )
    )
    alive = session.execute(
        select(VisitTarget.place_id, VisitTarget.kind)
        .where(VisitTarget.place_id.in_(places), VisitTarget.valid.contains(roll.day))
        .order_by(VisitTarget.kind)
    )
    kinds: dict[UUID, list[VisitKind]] = defaultdict(list)
    for place_id, kind in alive:
        kinds[place_id].append(kind)
    return PlaceFacts({key: where["label"] for key, where in located if where}, kinds)


TALLIES = text("""
select tally.worker_id, tally.kind, tally.first_day, tally.last_day,
       sum(tally.owed) as owed, sum(paid.until_date) as paid, sum(paid.on_date) as on_date,
       sum((select count(*) from jsonb_object_keys(tally.shared))) as taken_over
from visit_tally as tally
cross join lateral (
    select count(*) as until_date, count(*) filter (where visit.day = :day) as on_date
    from unnest(tally.visits) as paying (id) join visit on visit.id = paying.id
    where visit.day <= :day
) as paid
where tally.worker_id = any(:workers) and tally.first_day <= :day and tally.last_day >= :day
group by tally.worker_id, tally.kind, tally.first_day, tally.last_day
""").bindparams(bindparam("workers", type_=ARRAY(Uuid())))
"""Paid up to the date: a sheet of Wednesday does not change by a visit of Thursday."""


def _tallies(session: Session, roll: Roll) -> ByWorker:
    return by_worker(session.execute(TALLIES, {"workers": roll.worker_ids, "day": roll.day}))


def _versions(session: Session, roll: Roll) -> ByWorker:
    rows = session.execute(
        select(
            RecordVersion.worker_id,
            RecordVersion.record_id,
            RecordVersion.number,
            RecordVersion.device_id,
            RecordVersion.photos,
            Record.kind,
            Record.state,
        )
        .join(Record, Record.id == RecordVersion.record_id)
        .where(RecordVersion.worker_id.in_(roll.worker_ids), RecordVersion.day == roll.day)
        .order_by(RecordVersion.captured_at, RecordVersion.record_id, RecordVersion.number)
    )
    return by_worker(rows)


def _checks(session: Session, roll: Roll) -> ByWorker:
    """Sampled checks that a worker made."""
    rows = session.execute(
        select(Account.worker_id, SampleItem.sample_id, SampleItem.place)
        .join(SampleItem, SampleItem.checked_by == Account.id)
        .where(
            Account.worker_id.in_(roll.worker_ids),
            SampleItem.checked_at >= day_start(roll.day),
            SampleItem.checked_at < day_end(roll.day),
        )
        .order_by(SampleItem.checked_at, SampleItem.sample_id, SampleItem.place)
    )
    return by_worker(rows)


def _errand_acts(session: Session, roll: Roll) -> ByWorker:
    """Without the sealed words: what for, never for whom."""
    rows = session.execute(
        select(
            ErrandAct.worker_id,
            ErrandAct.id,
            ErrandAct.errand_id,
            ErrandAct.corrected_at,
            ErrandAct.device_id,
            ErrandAct.step,
            ErrandAct.photos,
            Errand.matter,
        )
        .join(Errand, Errand.id == ErrandAct.errand_id)
        .where(ErrandAct.worker_id.in_(roll.worker_ids), ErrandAct.day == roll.day)
        .order_by(ErrandAct.corrected_at, ErrandAct.id)
    )
    return by_worker(rows)


def _arrived(session: Session, naming: Iterable[ByWorker]) -> Collection[str]:
    """Of the photos that records of the date name, those in the store."""
    named = {photo for rows in naming for found in rows.values() for photo in photos_of(found)}
    if not named:
        return frozenset()
    return frozenset(session.scalars(select(Media.sha256).where(Media.sha256.in_(named))))


def photos_of(rows: Iterable[Any]) -> set[str]:
    """The photos that records name."""
    return {photo for row in rows for photo in row.photos}
