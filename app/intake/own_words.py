"""What a worker says on what concerns oneself, by itself: the same commands and ids as push."""

from fastapi import APIRouter, Request, Response

from app.api.deps import Db
from app.appraisal.forms import AppraisalObjectionIn
from app.appraisal.refusals import NothingToObjectTo, ObjectionTooLate, ObjectionWaiting
from app.conduct.refusals import (
    AnswerLate,
    AppealedAlready,
    AppealLate,
    PenaltyOverturned,
    ProposalClosed,
)
from app.conduct.schemas import PenaltyAppealIn, ProposalAnswerIn
from app.contracts.refusals import EndsBefore, NotFullTime, NotInAdvance, ResignationOpen
from app.contracts.schemas import ResignationIn
from app.intake.door import AtTheDoor
from app.intake.items import Record, ResultOut
from app.intake.records import responses, submit_one
from app.kit.errors import NotFound

router = APIRouter(prefix="/v1", tags=["handset"])


class ProposalAnswerRecord(Record[ProposalAnswerIn]):
    """An answer to a proposal by itself."""


class PenaltyAppealRecord(Record[PenaltyAppealIn]):
    """An appeal by itself."""


class AppraisalObjectionRecord(Record[AppraisalObjectionIn]):
    """An objection by itself."""


class ResignationRecord(Record[ResignationIn]):
    """A resignation by itself."""


@router.post(
    "/proposal-answers",
    status_code=201,
    response_model=ResultOut,
    responses=responses(NotFound, ProposalClosed, AnswerLate),
)
def record_proposal_answer(
    request: Request, db: Db, carrier: AtTheDoor, body: ProposalAnswerRecord
) -> Response:
    """Answer a proposal within its term (CON-1): whoever decides has it before the eyes."""
    return submit_one(request, db, carrier, "proposal_answer", body)


@router.post(
    "/penalty-appeals",
    status_code=201,
    response_model=ResultOut,
    responses=responses(NotFound, PenaltyOverturned, AppealedAlready, AppealLate),
)
def record_penalty_appeal(
    request: Request, db: Db, carrier: AtTheDoor, body: PenaltyAppealRecord
) -> Response:
    """Appeal a penalty, once, to the tier above the one that decided (CON-2)."""
    return submit_one(request, db, carrier, "penalty_appeal", body)


@router.post(
    "/appraisal-objections",
    status_code=201,
    response_model=ResultOut,
    responses=responses(NothingToObjectTo, ObjectionTooLate, ObjectionWaiting),
)
def record_appraisal_objection(
    request: Request, db: Db, carrier: AtTheDoor, body: AppraisalObjectionRecord
) -> Response:
    """Object to one's month or year (APR-1, APR-2): the township answers with a reason."""
    return submit_one(request, db, carrier, "appraisal_objection", body)


@router.post(
    "/resignations",
    status_code=201,
    response_model=ResultOut,
    responses=responses(NotFullTime, NotInAdvance, ResignationOpen, EndsBefore),
)
def record_resignation(
    request: Request, db: Db, carrier: AtTheDoor, body: ResignationRecord
) -> Response:
    """Resign in writing and in advance (CON-4): the community reviews, the township approves."""
    return submit_one(request, db, carrier, "resignation", body)
