"""The kinds of records that are taken now: how each is spoken, and who records it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from app.appraisal.forms import AppraisalObjectionIn
from app.appraisal.objecting import record_objection
from app.attendance.commands import record_check_in
from app.attendance.schemas import CheckInIn, CheckInOut, check_in_out
from app.conduct.answering import record_answer
from app.conduct.appealing import record_appeal
from app.conduct.schemas import PenaltyAppealIn, ProposalAnswerIn
from app.contracts.resigning import record_resignation
from app.contracts.schemas import ResignationIn
from app.equipment import checks as equipment
from app.equipment.schemas import EquipmentIn
from app.errands import commands as errands
from app.errands.schemas import ErrandActIn
from app.incidents import commands as incidents
from app.incidents import doers, telling
from app.incidents.act_schemas import ActIn
from app.incidents.schemas import IncidentIn
from app.key_periods import field as key_periods
from app.key_periods.schemas import AcknowledgementIn, KeyPeriodReportIn
from app.kit.schema import In
from app.meetings import own_word
from app.meetings.schemas import TrainingIn
from app.patrol import commands as patrol
from app.patrol.schemas import AppointmentIn
from app.people.capture import Capture
from app.registry import collecting
from app.registry.schemas import CollectionIn
from app.rules.attendance import Verdict
from app.rules.visits import VisitVerdict
from app.tasks import notes
from app.tasks.notes import DailyNoteIn
from app.visits import commands as visits
from app.visits.paying import pays
from app.visits.schemas import VisitIn


@dataclass(frozen=True)
class Recorded:
    """What a command made of a record.

    `duplicate`: a repeat of one that counts (ATT-3); `merged`: joined with another's edit;
    `conflict`: kept as a proposal; `out_of_scope`: kept and shown to the station, not counted.
    `made`: the keys of what exists now because of it, beside its own; held records may wait for
    them.
    """

    facts: dict[str, Any]
    code: str | None = None
    status: Literal["created", "duplicate", "merged", "conflict", "out_of_scope"] = "created"
    made: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of record."""

    body: type[In]
    record: Callable[[Session, Capture, Any], Recorded]
    after_leaving: bool = False
    """Whether who has left may still say it: it lies with the last community."""


def _check_in(session: Session, capture: Capture, body: CheckInIn) -> Recorded:
    written = record_check_in(session, capture, body)
    return recorded_check_in(check_in_out(written), written.verdict)


def recorded_check_in(shown: CheckInOut, verdict: Verdict) -> Recorded:
    """What a handset is told of its sign-in."""
    facts = shown.model_dump(mode="json")
    repeated = verdict is Verdict.DUPLICATE
    return Recorded(facts, verdict.value, "duplicate" if repeated else "created")


def _appointment(session: Session, capture: Capture, body: AppointmentIn) -> Recorded:
    return Recorded(patrol.shown(patrol.record_appointment(session, capture, body)))


def _visit(session: Session, capture: Capture, body: VisitIn) -> Recorded:
    visit = visits.record_visit(session, capture, body)
    facts = visits.shown(visit) | {"pays": pays(session, visit)}
    out_of_scope = visit.verdict is VisitVerdict.OUT_OF_SCOPE
    return Recorded(facts, visit.verdict.value, "out_of_scope" if out_of_scope else "created")


def _incident(session: Session, capture: Capture, body: IncidentIn) -> Recorded:
    incident = incidents.record_incident(session, capture, body)
    return Recorded(telling.body_of(session, incident.id, capture.worker_id))


def _incident_action(session: Session, capture: Capture, body: ActIn) -> Recorded:
    act = doers.record_action(session, capture, body)
    facts = telling.body_of(session, act.incident_id, capture.worker_id)
    return Recorded({"incident_id": str(act.incident_id), "number": act.number, **facts})


def _errand(session: Session, capture: Capture, body: ErrandActIn) -> Recorded:
    act = errands.record_act(session, capture, body)
    return Recorded(errands.act_shown(act), made=(act.errand_id,))


def _training(session: Session, capture: Capture, body: TrainingIn) -> Recorded:
    record, in_scope = own_word.record_training(session, capture, body)
    return Recorded(own_word.shown(record), status="created" if in_scope else "out_of_scope")


def _acknowledgement(session: Session, capture: Capture, body: AcknowledgementIn) -> Recorded:
    written = key_periods.record_acknowledgement(session, capture, body)
    return Recorded(written.facts, status=written.status)


def _key_period_report(session: Session, capture: Capture, body: KeyPeriodReportIn) -> Recorded:
    written = key_periods.record_report(session, capture, body)
    return Recorded(written.facts, status=written.status)


def _daily_note(session: Session, capture: Capture, body: DailyNoteIn) -> Recorded:
    return Recorded(notes.shown(notes.record_note(session, capture, body)))


def _collection(session: Session, capture: Capture, body: CollectionIn) -> Recorded:
    collected = collecting.record_collection(session, capture, body)
    facts, key = collecting.shown(collected), collected.record.id
    return Recorded(facts, status=collected.status, made=(key,))


def _equipment(session: Session, capture: Capture, body: EquipmentIn) -> Recorded:
    return Recorded(equipment.own_shown(equipment.record_own(session, capture, body)))


def _proposal_answer(session: Session, capture: Capture, body: ProposalAnswerIn) -> Recorded:
    answer = record_answer(session, capture, body)
    return Recorded({"proposal_id": str(answer.proposal_id), **said(capture)})


def _penalty_appeal(session: Session, capture: Capture, body: PenaltyAppealIn) -> Recorded:
    appeal = record_appeal(session, capture, body)
    goes_to = {"tier": appeal.tier.value, "case_id": str(appeal.case_id)}
    return Recorded({"penalty_id": str(appeal.penalty_id), **goes_to, **said(capture)})


def _appraisal_objection(
    session: Session, capture: Capture, body: AppraisalObjectionIn
) -> Recorded:
    record_objection(session, capture, body)
    return Recorded({**body.model_dump(mode="json", include={"month", "year"}), **said(capture)})


def _resignation(session: Session, capture: Capture, body: ResignationIn) -> Recorded:
    resignation = record_resignation(session, capture, body)
    last_day = resignation.last_day.isoformat()
    return Recorded({"last_day": last_day, "state": resignation.state.value, **said(capture)})


def said(capture: Capture) -> dict[str, Any]:
    """When it counts as said: terms are kept by a time that is proven, or else by the receipt."""
    at = capture.at if capture.proven else capture.received_at
    return {"said_at": at.isoformat(), "time_proven": capture.proven}


KINDS = {
    "check_in": Kind(CheckInIn, _check_in),
    "appointment": Kind(AppointmentIn, _appointment),
    "visit": Kind(VisitIn, _visit),
    "incident": Kind(IncidentIn, _incident),
    "incident_action": Kind(ActIn, _incident_action),
    "errand": Kind(ErrandActIn, _errand),
    "equipment": Kind(EquipmentIn, _equipment),
    "training": Kind(TrainingIn, _training),
    "acknowledgement": Kind(AcknowledgementIn, _acknowledgement),
    "key_period_report": Kind(KeyPeriodReportIn, _key_period_report),
    "daily_note": Kind(DailyNoteIn, _daily_note),
    "collection": Kind(CollectionIn, _collection),
    "proposal_answer": Kind(ProposalAnswerIn, _proposal_answer, after_leaving=True),
    "penalty_appeal": Kind(PenaltyAppealIn, _penalty_appeal, after_leaving=True),
    "appraisal_objection": Kind(AppraisalObjectionIn, _appraisal_objection, after_leaving=True),
    "resignation": Kind(ResignationIn, _resignation),
}
