"""Proposals with their evidence, and what an office does with them (CON)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from app.api.conduct_queries import ProposalsAsked
from app.api.deps import ConductReader, ConductRecorder, Db, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.outcomes import settle
from app.api.problems import CONSTRAINTS, refusals
from app.approvals.refusals import CaseOpenAlready, NotYourStep, OwnMatter
from app.conduct import deciding, lists, looking
from app.conduct.detail_schemas import ProposalDetailOut, ProposalPage
from app.conduct.refusals import (
    ConductIdReused,
    EvidenceChanged,
    NotPutForward,
    ProposalClosed,
    PutForwardAlready,
    WorkerLeft,
)
from app.conduct.schemas import CloseIn, PutForwardIn
from app.kit.errors import BadCursor, NotFound
from app.people.principal import Principal

router = APIRouter(prefix="/v1", tags=["conduct"])
CONSTRAINTS["pk_conduct_answer"] = ConductIdReused
PROPOSAL_COLUMNS: Columns = {
    "found_at": ("发现时间", "Found at"),
    "worker_name": ("网格员", "Worker"),
    "ground": ("事由", "Ground"),
    "clause": ("条款", "Clause"),
    "occurred_on": ("发生日期", "Occurred on"),
    "source": ("来源", "Source"),
    "state": ("状态", "State"),
    "rung": ("将给予的处罚", "Would lead to"),
    "records": ("记录数", "Records"),
    "answers": ("答复次数", "Answers"),
    "answer_until": ("答复期限", "Answer until"),
    "closed_at": ("办结时间", "Closed at"),
    "close_reason": ("办结理由", "Reason"),
    "community_code": ("社区编码", "Community"),
    "id": ("编号", "Key"),
}


@router.get(
    "/conduct-proposals",
    response_model=ProposalPage,
    responses=refusals(BadCursor, NotFound) | FILES,
)
def list_proposals(
    db: Db, asker: ConductReader, reads: Reads, asked: Annotated[ProposalsAsked, Query()]
) -> ProposalPage | Response:
    """The proposals of a unit, the latest found first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = lists.proposals_where(db, asked.which(unit), asked.page)
    return as_asked(page, PROPOSAL_COLUMNS, asked.format, "conduct-proposals", reads)


@router.get("/conduct-proposals/{id}", responses=refusals(NotFound))
def read_proposal(db: Db, asker: ConductReader, now: Now, id: UUID) -> ProposalDetailOut:
    """One proposal: its evidence is looked at again, and what changed is kept and told."""
    return looking.look_at_proposal(db, asker, id, now)


@router.post(
    "/conduct-proposals/{id}/put-forward",
    responses=refusals(
        NotFound,
        OwnMatter,
        NotYourStep,
        CaseOpenAlready,
        ProposalClosed,
        PutForwardAlready,
        WorkerLeft,
        EvidenceChanged,
    ),
)
def put_forward(
    request: Request, asker: ConductRecorder, now: Now, id: UUID, body: PutForwardIn
) -> ProposalDetailOut:
    """The community proposes the penalty: its procedure opens (CON-1, CON-5)."""
    return settle(request, lambda db: _put_forward(db, asker, id, body, now))


def _put_forward(
    db: Session, asker: Principal, id: UUID, body: PutForwardIn, now: datetime
) -> ProposalDetailOut | EvidenceChanged:
    """What was found is kept and told, although it is refused where the evidence changed."""
    try:
        proposal = deciding.put_forward(db, asker, id, body, now)
    except EvidenceChanged as refusal:
        return refusal
    return looking.look_at_proposal(db, asker, proposal.id, now)


@router.post(
    "/conduct-proposals/{id}/drop",
    responses=refusals(NotFound, OwnMatter, ProposalClosed, PutForwardAlready),
)
def drop_proposal(
    db: Db, asker: ConductRecorder, now: Now, id: UUID, body: CloseIn
) -> ProposalDetailOut:
    """Nothing follows, for a reason; the worker is told."""
    proposal = deciding.drop_proposal(db, asker, id, body, now)
    return looking.look_at_proposal(db, asker, proposal.id, now)


@router.post(
    "/conduct-proposals/{id}/take-back",
    responses=refusals(NotFound, OwnMatter, NotPutForward),
)
def take_back_proposal(
    db: Db, asker: ConductRecorder, now: Now, id: UUID, body: CloseIn
) -> ProposalDetailOut:
    """What was put forward and is not decided returns, to be put forward anew or dropped."""
    proposal = deciding.take_back(db, asker, id, body, now)
    return looking.look_at_proposal(db, asker, proposal.id, now)
