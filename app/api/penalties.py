"""Decided penalties, appeals, interviews and reviews (CON-1 to CON-3)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.conduct_queries import PenaltiesAsked
from app.api.deps import ConductDecider, ConductReader, ConductRecorder, Db, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.approvals.refusals import OwnMatter
from app.conduct import appealing, interviews, lists, looking, reviewing
from app.conduct.detail_schemas import AppealOut, InterviewOut, PenaltyDetailOut, PenaltyPage
from app.conduct.details import appeals_out
from app.conduct.refusals import (
    AppealedAlready,
    AppealLate,
    AppealWaiting,
    ConductIdReused,
    DateOutOfSpan,
    NoInterview,
    NoReviewOffered,
    NotLower,
    PenaltyOverturned,
    ReviewedBelow,
)
from app.conduct.schemas import InterviewIn, OfficeAppealIn, PenaltyReviewIn
from app.db.models import PenaltyInterview
from app.kit.errors import BadCursor, NotFound

router = APIRouter(prefix="/v1", tags=["conduct"])
CONSTRAINTS["pk_appeal"] = ConductIdReused
CONSTRAINTS["uq_appeal_waiting"] = AppealedAlready
CONSTRAINTS["pk_penalty_interview"] = ConductIdReused
PENALTY_COLUMNS: Columns = {
    "decided_on": ("决定日期", "Decided on"),
    "worker_name": ("网格员", "Worker"),
    "ground": ("事由", "Ground"),
    "clause": ("条款", "Clause"),
    "occurred_on": ("发生日期", "Occurred on"),
    "kind": ("处罚", "Penalty"),
    "standing": ("现有效处罚", "As it stands"),
    "ends_on": ("时效止于", "In force until"),
    "tier": ("决定层级", "Decided by"),
    "reason": ("理由", "Reason"),
    "appeal_until": ("申诉期限", "Appeal until"),
    "appeals": ("申诉次数", "Appeals"),
    "community_code": ("社区编码", "Community"),
    "id": ("编号", "Key"),
}


@router.get(
    "/penalties", response_model=PenaltyPage, responses=refusals(BadCursor, NotFound) | FILES
)
def list_penalties(
    db: Db, asker: ConductReader, reads: Reads, asked: Annotated[PenaltiesAsked, Query()]
) -> PenaltyPage | Response:
    """The penalties of a unit, the latest decided first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = lists.penalties_where(db, asked.which(unit), asked.page)
    return as_asked(page, PENALTY_COLUMNS, asked.format, "penalties", reads)


@router.get("/penalties/{id}", responses=refusals(NotFound))
def read_penalty(db: Db, asker: ConductReader, now: Now, id: UUID) -> PenaltyDetailOut:
    """One penalty: the evidence it was decided on, and every act since."""
    return looking.look_at_penalty(db, asker, id, now)


@router.post(
    "/penalties/{id}/review",
    responses=refusals(
        NotFound,
        OwnMatter,
        ReviewedBelow,
        PenaltyOverturned,
        AppealWaiting,
        NoReviewOffered,
        NotLower,
    ),
)
def review_penalty(
    db: Db, asker: ConductDecider, now: Now, id: UUID, body: PenaltyReviewIn
) -> PenaltyDetailOut:
    """Something changed behind it: it is kept, lowered or overturned, with a reason."""
    penalty = reviewing.review(db, asker, id, body, now)
    return looking.look_at_penalty(db, asker, penalty.id, now)


@router.post(
    "/penalties/{id}/interviews",
    status_code=201,
    response_model=InterviewOut,
    responses=refusals(NotFound, OwnMatter, NoInterview, DateOutOfSpan, ConductIdReused),
)
def record_interview(
    db: Db, asker: ConductDecider, now: Now, id: UUID, body: InterviewIn
) -> PenaltyInterview:
    """The township's interview after a demerit (约谈); the same again is the first."""
    return interviews.record_interview(db, asker, id, body, now)


@router.post(
    "/penalties/{id}/appeals",
    status_code=201,
    responses=refusals(
        NotFound,
        OwnMatter,
        PenaltyOverturned,
        AppealedAlready,
        AppealLate,
        DateOutOfSpan,
        ConductIdReused,
    ),
)
def take_down_appeal(
    db: Db, asker: ConductRecorder, now: Now, id: UUID, body: OfficeAppealIn
) -> AppealOut:
    """An appeal that a worker handed in on paper; its procedure opens at the tier above."""
    appeal = appealing.take_down_appeal(db, asker, id, body, now)
    return appeals_out(db, [appeal])[0]
