"""What an office found by itself, in words: A1, A2, A4, A6 to A8, and false records (B2)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.approvals.refusals import OwnMatter
from app.conduct.basis import Evidence, Plain, record
from app.conduct.detection_refusals import (
    AlreadyProposed,
    FindingInTheFuture,
    FindingNamesNothing,
    FindingNotBound,
    FindingRecordUnknown,
)
from app.conduct.lacking import lacking_of
from app.conduct.proposing import Found, propose
from app.conduct.survey_schemas import FindingIn, NamedIn, NamedKind
from app.db.models import Assignment, ConductProposal, IncidentCase, Posting, Record, Visit
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.people.posts import posting_on, under
from app.people.principal import Principal
from app.rules.conduct import Ground, ProposalSource
from app.rules.duty import is_bound
from app.rules.grounds import GROUND_OF, judge_recorded


def record_finding(
    session: Session, asker: Principal, body: FindingIn, now: datetime
) -> ConductProposal:
    """A finding becomes a proposal with the office's words; the worker is told at once."""
    if body.occurred_on > civil_day(now):
        raise FindingInTheFuture(today=civil_day(now))
    post = _post(session, asker, body)
    named = [_named(session, one, post.community_code) for one in _once(body.records)]
    finding = judge_recorded(body.kind, [str(one["id"]) for one in named])
    if not finding.verdict:
        raise FindingNamesNothing(kind=body.kind.value)
    ground = GROUND_OF[body.kind]
    because = {**finding.because, **_beside(session, ground, body)}
    found = Found(
        worker_id=body.worker_id,
        community_code=post.community_code,
        ground=ground,
        occurred_on=body.occurred_on,
        evidence=Evidence(True, because, named, body.said),
        source=ProposalSource.RECORDED,
        found_by=asker.account_id,
    )
    proposal = propose(session, found, now)
    if proposal is None:
        raise AlreadyProposed(ground=ground.value)
    return proposal


def _post(session: Session, asker: Principal, body: FindingIn) -> Posting:
    """The post on that date, within one's unit; raises NotFound, FindingNotBound or
    OwnMatter."""
    post = posting_on(session, body.worker_id, body.occurred_on)
    if post is None:
        raise NotFound(worker=body.worker_id)
    asker.look(post.community_code)
    if post.employment is None or not is_bound(post.employment):
        raise FindingNotBound(day=body.occurred_on)
    if asker.worker_id == body.worker_id:
        raise OwnMatter
    return post


def _once(records: Sequence[NamedIn]) -> Sequence[NamedIn]:
    return list({(one.kind, one.id): one for one in records}.values())


PLACES: Mapping[NamedKind, tuple[InstrumentedAttribute[UUID], InstrumentedAttribute[str], str]] = {
    NamedKind.INCIDENT: (IncidentCase.incident_id, IncidentCase.grid_code, "/v1/incidents/"),
    NamedKind.RECORD: (Record.id, Record.community_code, "/v1/records/"),
    NamedKind.VISIT: (Visit.id, Visit.community_code, "/v1/visits/"),
}
"""Where each kind has its key and its unit, and where it can be opened."""


def _named(session: Session, named: NamedIn, community_code: str) -> Plain:
    """Raises FindingRecordUnknown."""
    key, unit, path = PLACES[named.kind]
    query: Select[Any] = select(key).where(key == named.id, under(unit, community_code))
    if session.scalar(query) is None:
        raise FindingRecordUnknown(kind=named.kind.value, id=named.id)
    return record(named.kind.value, named.id, f"{path}{named.id}")


def _beside(session: Session, ground: Ground, body: FindingIn) -> Plain:
    """Of A2, what the system itself holds against the worker's grids on that date."""
    if ground is not Ground.A2:
        return {}
    held: ColumnElement[bool] = Assignment.valid.contains(body.occurred_on)
    grids = session.scalars(
        select(Assignment.grid_code)
        .where(Assignment.worker_id == body.worker_id, Assignment.first_responsible, held)
        .order_by(Assignment.grid_code)
    )
    shown = [lacking_of(session, grid, body.occurred_on) for grid in grids]
    return {"lacking": [one.model_dump(mode="json") for one in shown]}
