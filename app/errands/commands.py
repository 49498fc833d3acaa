"""The steps of errands are recorded as they were captured; how far one is follows (SVC-1)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Errand, ErrandAct
from app.errands.refusals import ErrandOfOthers, StepOutOfOrder, StepRepeated
from app.errands.schemas import ErrandActIn
from app.kit.clock import civil_day
from app.outbox.emit import emit, publish
from app.people.capture import Capture, NotYet
from app.people.field_grid import grid_of_record
from app.people.partners import may_go_on
from app.people.photos import Subject, link_photos
from app.rules.errands import (
    CLOSING,
    ActVerdict,
    ErrandStep,
    StepTaken,
    in_order,
    judge_act,
)
from app.rules.geodesy import Position


def record_act(session: Session, capture: Capture, body: ErrandActIn) -> ErrandAct:
    """Record a step; raises NotYet while a step before it, or the errand, has not arrived."""
    errand = session.get(Errand, body.errand_id, with_for_update=True)
    if errand is not None and not may_go_on(
        session, capture.worker_id, errand.grid_code, errand.worker_id, capture.day
    ):
        raise ErrandOfOthers
    acts = acts_of(session, body.errand_id)
    _judge(acts, capture, body)
    if errand is None:
        errand = _accepted(session, capture, body)
    act = ErrandAct(
        **capture.columns(),
        errand_id=errand.id,
        **body.model_dump(include={"step", "office", "papers", "rating", "note", "photos"}),
    )
    session.add(act)
    _advance(errand, [*acts, act])
    session.flush()
    subject = Subject("errand_act", act.id, errand.community_code, act.worker_id, sensitive=True)
    link_photos(session, subject, body.photos, capture.received_at)
    _tell(session, errand, act, capture.account_id)
    return act


def acts_of(session: Session, errand_id: UUID) -> Sequence[ErrandAct]:
    """The steps of an errand that have arrived."""
    return session.scalars(select(ErrandAct).where(ErrandAct.errand_id == errand_id)).all()


def taken(acts: Sequence[ErrandAct]) -> list[StepTaken]:
    """The steps as the rule judges them."""
    return [StepTaken(act.step, act.corrected_at) for act in acts]


def _judge(acts: Sequence[ErrandAct], capture: Capture, body: ErrandActIn) -> None:
    found = judge_act(taken(acts), StepTaken(body.step, capture.at))
    match found.verdict:
        case ActVerdict.WAITS:
            raise NotYet(waits_for=body.errand_id)
        case ActVerdict.REPEATED:
            raise StepRepeated(**found.because)
        case ActVerdict.OUT_OF_ORDER:
            raise StepOutOfOrder(**found.because)
        case ActVerdict.FITS:
            pass


def _accepted(session: Session, capture: Capture, body: ErrandActIn) -> Errand:
    """The errand, in the worker's grid."""
    assert body.matter is not None
    assert body.resident is not None
    position = None if body.lon is None or body.lat is None else Position(body.lon, body.lat)
    grid_code = grid_of_record(session, capture.worker_id, capture.day, position)
    errand = Errand(
        id=body.errand_id,
        worker_id=capture.worker_id,
        community_code=grid_code[:-3],
        grid_code=grid_code,
        matter=body.matter,
        resident=body.resident.model_dump(),
        step=ErrandStep.ACCEPTED,
        accepted_at=capture.at,
        changed_at=capture.at,
    )
    session.add(errand)
    session.flush()
    return errand


def _advance(errand: Errand, acts: Sequence[ErrandAct]) -> None:
    """How far the errand is, by the times of its steps."""
    last = in_order(taken(acts))[-1]
    errand.step, errand.changed_at = last.step, last.at
    for act in acts:
        if act.step is CLOSING:
            errand.closed_day = civil_day(act.corrected_at)
        if act.step is ErrandStep.RATED:
            errand.rating = act.rating


def _tell(session: Session, errand: Errand, act: ErrandAct, by: UUID) -> None:
    for worker_id in sorted({errand.worker_id, act.worker_id}):
        publish(session, worker_id, "errand", errand.id, shown(errand))
    emit(
        session,
        "errand.step_taken",
        by=by,
        unit_code=errand.grid_code,
        subject=("errand", errand.id),
        step=act.step.value,
        day=act.day.isoformat(),
        rating=act.rating,
    )


def shown(errand: Errand) -> dict[str, Any]:
    """An errand as handsets hold it; for whom it is they ask anew (GET /v1/me/errands)."""
    return {
        "worker_id": str(errand.worker_id),
        "grid_code": errand.grid_code,
        "matter": errand.matter,
        "step": errand.step.value,
        "rating": errand.rating,
        "accepted_at": errand.accepted_at.isoformat(),
        "changed_at": errand.changed_at.isoformat(),
        "closed_day": errand.closed_day.isoformat() if errand.closed_day else None,
    }


def act_shown(act: ErrandAct) -> dict[str, Any]:
    """A step as the handset gets it back."""
    return {
        "errand_id": str(act.errand_id),
        "step": act.step.value,
        "day": act.day.isoformat(),
        "corrected_at": act.corrected_at.isoformat(),
        "time_proven": act.time_proven,
    }
