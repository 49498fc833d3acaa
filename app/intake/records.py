"""Single records: the same commands and ids as push."""

from functools import partial
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from app.api import problems
from app.api.deps import Db
from app.api.problems import refusals
from app.attendance.schemas import CheckInIn
from app.db.engine import Sessions
from app.equipment.schemas import EquipmentIn
from app.errands.refusals import ErrandOfOthers, StepOutOfOrder, StepRepeated
from app.errands.schemas import ErrandActIn
from app.incidents.act_schemas import ActIn
from app.incidents.card_refusals import ExtensionOverdue, ExtensionTooLong
from app.incidents.refusals import (
    ActFieldsWrong,
    ActNotAllowed,
    CategoryUnknown,
    DuplicateUnfit,
    EscalatedTooFar,
    EventOfOthers,
    GridVacant,
    RegradeChangesNothing,
)
from app.incidents.schemas import IncidentIn
from app.intake.carrier import Carrier
from app.intake.direct import OneRecord
from app.intake.door import AtTheDoor
from app.intake.items import Record, ResultOut
from app.intake.refusals import IdReused, NotAHandset, TooEarly
from app.intake.results import result
from app.intake.sign_ins import SignInWriter
from app.intake.submit import Sending, one_push_at_a_time, submit, submit_and_release
from app.intake.taking import Outcome, Submitted
from app.key_periods.schemas import AcknowledgementIn, KeyPeriodReportIn
from app.kit.errors import BadEncoding, Conflict, TooLarge, Unavailable
from app.kit.language import preferred
from app.meetings.refusals import NotHeldYet
from app.meetings.schemas import TrainingIn
from app.patrol.refusals import AppointmentTooFar
from app.patrol.schemas import AppointmentIn
from app.people.capture import AfterReceipt
from app.people.field_grid import NoGrid
from app.people.posts import NoPost
from app.people.sign_in_refusals import AppTooOld
from app.registry.refusals import (
    FieldsRefused,
    FormUnknown,
    NothingSaid,
    OtherKind,
    RecordEnded,
    RecordErased,
    UnknownBase,
)
from app.registry.schemas import CollectionIn
from app.tasks.notes import DailyNoteIn
from app.visits.schemas import VisitIn

router = APIRouter(prefix="/v1", tags=["handset"])
sign_ins = APIRouter(prefix="/v1", tags=["handset"], route_class=OneRecord)


class CheckInRecord(Record[CheckInIn]):
    """A sign-in by itself."""


class AppointmentRecord(Record[AppointmentIn]):
    """An appointment by itself."""


class VisitRecord(Record[VisitIn]):
    """A visit by itself."""


class IncidentRecord(Record[IncidentIn]):
    """An event by itself."""


class IncidentActRecord(Record[ActIn]):
    """An act on an event by itself."""


class EquipmentRecord(Record[EquipmentIn]):
    """One's own record of clothes and equipment by itself."""


class ErrandActRecord(Record[ErrandActIn]):
    """A step of an errand by itself."""


class TrainingRecorded(Record[TrainingIn]):
    """One's own word on a meeting, by itself."""


class AcknowledgementRecord(Record[AcknowledgementIn]):
    """An acknowledgement by itself."""


class KeyPeriodReportRecord(Record[KeyPeriodReportIn]):
    """A report of a key period by itself."""


class DailyNoteRecord(Record[DailyNoteIn]):
    """A note by itself."""


class CollectionRecord(Record[CollectionIn]):
    """A record collected, or a change of it, by itself."""


ANY = (
    IdReused,
    NotAHandset,
    TooEarly,
    AfterReceipt,
    NoPost,
    Conflict,
    AppTooOld,
    TooLarge,
    BadEncoding,
)


def responses(*kinds: Any) -> dict[int | str, dict[str, Any]]:
    """201 when it is new, 200 when it is known, and what can be refused."""
    known = {"model": ResultOut, "description": "Received before: the first result; or held"}
    return {200: known, **refusals(*ANY, *kinds)}


@sign_ins.post("/check-ins", status_code=201, response_model=ResultOut, responses=responses())
async def record_check_in(request: Request, carrier: AtTheDoor, body: CheckInRecord) -> Response:
    """Sign in (ATT-1 to ATT-4): stored with its verdict, which is in `facts`."""
    state = request.app.state
    sending = Sending(carrier, body.sent_at, state.settings.secret)
    submitted = Submitted("check_in", body, body.body)
    writer: SignInWriter = state.sign_in_writer
    alone = partial(run_sync, submit_alone, state.sessions, sending, submitted)
    return told(request, body, await writer.take(sending, submitted, alone))


router.routes.extend(sign_ins.routes)


@router.post(
    "/appointments",
    status_code=201,
    response_model=ResultOut,
    responses=responses(AppointmentTooFar),
)
def record_appointment(
    request: Request, db: Db, carrier: AtTheDoor, body: AppointmentRecord
) -> Response:
    """Record an appointment (FLD-3)."""
    return submit_one(request, db, carrier, "appointment", body)


@router.post("/visits", status_code=201, response_model=ResultOut, responses=responses(NoGrid))
def record_visit(request: Request, db: Db, carrier: AtTheDoor, body: VisitRecord) -> Response:
    """Record a visit (VIS-1 to VIS-5)."""
    return submit_one(request, db, carrier, "visit", body)


@router.post(
    "/incidents",
    status_code=201,
    response_model=ResultOut,
    responses=responses(NoGrid, CategoryUnknown),
)
def record_incident(request: Request, db: Db, carrier: AtTheDoor, body: IncidentRecord) -> Response:
    """Report an event (EVT-1)."""
    return submit_one(request, db, carrier, "incident", body)


@router.post(
    "/incident-acts",
    status_code=201,
    response_model=ResultOut,
    responses=responses(
        ActFieldsWrong,
        ActNotAllowed,
        CategoryUnknown,
        DuplicateUnfit,
        EscalatedTooFar,
        EventOfOthers,
        ExtensionOverdue,
        ExtensionTooLong,
        GridVacant,
        RegradeChangesNothing,
    ),
)
def record_incident_act(
    request: Request, db: Db, carrier: AtTheDoor, body: IncidentActRecord
) -> Response:
    """Act on an event (EVT-1, EVT-4): held while the event itself has not arrived."""
    return submit_one(request, db, carrier, "incident_action", body)


@router.post(
    "/errand-acts",
    status_code=201,
    response_model=ResultOut,
    responses=responses(NoGrid, ErrandOfOthers, StepRepeated, StepOutOfOrder),
)
def record_errand_act(
    request: Request, db: Db, carrier: AtTheDoor, body: ErrandActRecord
) -> Response:
    """Record a step of an errand (SVC-1); held while a step before it has not arrived."""
    return submit_one(request, db, carrier, "errand", body)


@router.post(
    "/training-records",
    status_code=201,
    response_model=ResultOut,
    responses=responses(NotHeldYet),
)
def record_training(
    request: Request, db: Db, carrier: AtTheDoor, body: TrainingRecorded
) -> Response:
    """Say that one was at a meeting or training; shown beside the host's list (MTG-1, TRN-1)."""
    return submit_one(request, db, carrier, "training", body)


@router.post("/acknowledgements", status_code=201, response_model=ResultOut, responses=responses())
def record_acknowledgement(
    request: Request, db: Db, carrier: AtTheDoor, body: AcknowledgementRecord
) -> Response:
    """Acknowledge a response of a key period, once (EMR-1)."""
    return submit_one(request, db, carrier, "acknowledgement", body)


@router.post(
    "/key-period-reports", status_code=201, response_model=ResultOut, responses=responses()
)
def record_key_period_report(
    request: Request, db: Db, carrier: AtTheDoor, body: KeyPeriodReportRecord
) -> Response:
    """Report in a key period (EMR-1)."""
    return submit_one(request, db, carrier, "key_period_report", body)


@router.post("/daily-notes", status_code=201, response_model=ResultOut, responses=responses())
def record_daily_note(
    request: Request, db: Db, carrier: AtTheDoor, body: DailyNoteRecord
) -> Response:
    """Note what is to stand on the day's sheet (TSK-2)."""
    return submit_one(request, db, carrier, "daily_note", body)


@router.post(
    "/collections",
    status_code=201,
    response_model=ResultOut,
    responses=responses(
        NoGrid,
        FormUnknown,
        FieldsRefused,
        NothingSaid,
        OtherKind,
        UnknownBase,
        RecordEnded,
        RecordErased,
    ),
)
def record_collection(
    request: Request, db: Db, carrier: AtTheDoor, body: CollectionRecord
) -> Response:
    """Collect or change a record (INF-1): joined with what others changed, or laid open."""
    return submit_one(request, db, carrier, "collection", body)


@router.post("/equipment-records", status_code=201, response_model=ResultOut, responses=responses())
def record_equipment(
    request: Request, db: Db, carrier: AtTheDoor, body: EquipmentRecord
) -> Response:
    """Record one's own clothes and equipment (EQP-1): evidence, without a verdict."""
    return submit_one(request, db, carrier, "equipment", body)


def submit_one(
    request: Request, db: Session, carrier: Carrier, kind: str, record: Record[Any]
) -> Response:
    """One record as push takes it; a refusal is answered, not raised, so that what was set aside
    is committed with it."""
    sending = Sending(carrier, record.sent_at, request.app.state.settings.secret)
    one_push_at_a_time(db, carrier)
    submitted = Submitted(kind, record, record.body)
    return told(request, record, submit_and_release(db, sending, submitted))


def submit_alone(sessions: Sessions, sending: Sending, submitted: Submitted) -> Outcome:
    """One record in a transaction of its own."""
    with sessions.begin() as db:
        one_push_at_a_time(db, sending.carrier)
        return submit(db, sending, submitted)


def told(request: Request, record: Record[Any], outcome: Outcome) -> Response:
    """The answer to one record."""
    if outcome.status == "error":
        raise Unavailable
    if outcome.refusal is not None:
        return problems.answer(request, outcome.refusal)
    language = preferred(request.headers.get("accept-language"))
    shown = result(str(record.id), outcome, language)
    status = 201 if outcome.status == "created" else 200
    return Response(shown.model_dump_json(), status, media_type="application/json")
