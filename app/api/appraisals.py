"""Monthly appraisals: computed, corrected, confirmed, closed, down to the records (APR-1)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from app.api.appraisal_records import as_seen_by
from app.api.attendance_queries import OfUnit
from app.api.deps import AppraisalsReader, AppraisalsWriter, Db, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.appraisal import comparing, confirming, corrections, lists, revising
from app.appraisal.computing import compute_month
from app.appraisal.forms import (
    AppraisalCorrectionIn,
    CorrectionWithdrawalIn,
    MonthClosingIn,
    MonthRevisionIn,
    MonthText,
    MonthWordIn,
    first_of,
)
from app.appraisal.lists import Asked
from app.appraisal.recomputing import recomputation
from app.appraisal.refusals import (
    AppraisalChanged,
    ComputeAgain,
    CorrectionStands,
    CorrectionWithdrawn,
    MonthClosed,
    MonthConfirmed,
    MonthNotBegun,
    MonthNotClosed,
    MonthNotConfirmed,
    MonthStillOpen,
    NobodyToAppraise,
    NotOfThisMonth,
    NotTheTownship,
    OwnAppraisal,
    ResultNeedsReason,
    SameResult,
    ShareImpossible,
)
from app.appraisal.schemas import (
    AppraisalCorrectionOut,
    AppraisalMonthOut,
    AppraisalMonthPage,
    AppraisalRevisionOut,
    MonthAppraisalOut,
    MonthAppraisalPage,
    MonthRecordsOut,
    RecomputationOut,
    UnitComparisonOut,
)
from app.appraisal.shown import correction_out
from app.approvals.refusals import (
    ActedForAnotherTier,
    CaseClosed,
    CaseOpenAlready,
    NotYourStep,
    OwnMatter,
    RefusalNeedsReason,
    StepTaken,
)
from app.db.models import AppraisalRevision
from app.kit.errors import BadCursor, Forbidden, NotFound
from app.kit.schema import CommunityCode, In, UnitCode
from app.rules.appraisal import Indicator, MonthState, Result

router = APIRouter(prefix="/v1", tags=["appraisal"])
CONSTRAINTS["uq_appraisal_correction_standing"] = CorrectionStands
OF_STEPS = (NotYourStep, OwnMatter, ActedForAnotherTier, StepTaken, CaseClosed, OwnAppraisal)
Community = Annotated[CommunityCode, Path(description="Twelve digits")]
Month = Annotated[MonthText, Path()]
MONTH_COLUMNS: Columns = {
    "month": ("月份", "Month"),
    "community_code": ("社区编码", "Community"),
    "state": ("状态", "State"),
    "workers": ("人数", "Workers"),
    "passed": ("合格", "Passed"),
    "failed": ("不合格", "Failed"),
    "objections_waiting": ("待答复异议", "Objections waiting"),
    "computed_at": ("计算时间", "Computed at"),
    "confirmed_at": ("社区确认时间", "Confirmed at"),
    "closed_at": ("乡镇（街道）审定时间", "Closed at"),
    "id": ("编号", "Key"),
}
APPRAISAL_COLUMNS: Columns = {
    "worker_name": ("姓名", "Worker"),
    "community_code": ("社区编码", "Community"),
    "month": ("月份", "Month"),
    "score": ("得分", "Score"),
    "proposed": ("系统建议", "Proposed"),
    "result": ("考核结果", "Result"),
    "result_reason": ("说明", "Reason"),
    "in_force": ("现行结果", "In force"),
    "corrected": ("更正指标", "Corrected"),
    "revised": ("已改定", "Revised"),
    "objection_waiting": ("异议待答复", "Objection waiting"),
    "state": ("状态", "State"),
    "worker_id": ("编号", "Key"),
}


class MonthsAsked(OfUnit):
    """Which months."""

    month: MonthText | None = None
    state: MonthState | None = None


class AppraisalsAsked(OfUnit):
    """The workers of which unit, in which month."""

    month: MonthText
    proposed: Result | None = None


class ComparisonAsked(In):
    """Which unit, in which month."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    month: MonthText


class RecordsBehindAsked(In):
    """Behind which indicator."""

    indicator: Indicator


@router.get(
    "/appraisal-months",
    response_model=AppraisalMonthPage,
    responses=refusals(BadCursor, NotFound) | FILES,
)
def list_appraisal_months(
    db: Db,
    asker: AppraisalsReader,
    now: Now,
    reads: Reads,
    asked: Annotated[MonthsAsked, Query()],
) -> AppraisalMonthPage | Response:
    """The months of a unit's communities, the latest first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    which = Asked(unit, first_of(asked.month) if asked.month else None, asked.state)
    page = lists.months_page(db, which, asked.page, now)
    return as_asked(page, MONTH_COLUMNS, asked.format, "appraisal-months", reads)


@router.get("/appraisal-months/{community}/{month}", responses=refusals(NotFound))
def read_appraisal_month(
    db: Db, asker: AppraisalsReader, now: Now, community: Community, month: Month
) -> AppraisalMonthOut:
    """A community's month, with the digest that a word on it names."""
    asker.look(community)
    return lists.month_out(db, (community, first_of(month)), now)


@router.post(
    "/appraisal-months/{community}/{month}/computation",
    responses=refusals(Forbidden, MonthNotBegun, MonthConfirmed, MonthClosed, NobodyToAppraise),
)
def compute_appraisal_month(
    db: Db, asker: AppraisalsWriter, now: Now, community: Community, month: Month
) -> AppraisalMonthOut:
    """Measure and score a month by the records of now, as often as wanted until it is confirmed."""
    asker.act(community)
    place = (community, first_of(month))
    if not compute_month(db, *place, now, by=asker.account_id):
        raise NobodyToAppraise
    return lists.month_out(db, place, now)


@router.post(
    "/appraisal-months/{community}/{month}/confirmation",
    responses=refusals(
        NotFound,
        MonthStillOpen,
        ComputeAgain,
        MonthConfirmed,
        MonthClosed,
        NobodyToAppraise,
        AppraisalChanged,
        NotOfThisMonth,
        ResultNeedsReason,
        CaseOpenAlready,
        *OF_STEPS,
    ),
)
def confirm_appraisal_month(
    db: Db,
    asker: AppraisalsWriter,
    now: Now,
    community: Community,
    month: Month,
    body: MonthWordIn,
) -> AppraisalMonthOut:
    """The station's word on all its workers: as proposed, but for those named with a reason."""
    place = (community, first_of(month))
    confirming.confirm_month(db, asker, place, body, now)
    return lists.month_out(db, place, now)


@router.post(
    "/appraisal-months/{community}/{month}/closing",
    responses=refusals(
        NotFound,
        MonthNotConfirmed,
        MonthClosed,
        AppraisalChanged,
        RefusalNeedsReason,
        *OF_STEPS,
    ),
)
def close_appraisal_month(
    db: Db,
    asker: AppraisalsWriter,
    now: Now,
    community: Community,
    month: Month,
    body: MonthClosingIn,
) -> AppraisalMonthOut:
    """The township closes a confirmed month for good, or sends it back with a reason."""
    place = (community, first_of(month))
    confirming.close_month(db, asker, place, body, now)
    return lists.month_out(db, place, now)


@router.get("/appraisal-months/{community}/{month}/recomputation", responses=refusals(NotFound))
def recompute_appraisal_month(
    db: Db, asker: AppraisalsReader, now: Now, community: Community, month: Month
) -> RecomputationOut:
    """Whose figures would differ by the records of now; nothing changes."""
    asker.look(community)
    place = (community, first_of(month))
    lists.month_out(db, place, now)
    return lists.month_recomputation(db, place, now)


@router.get(
    "/appraisals",
    response_model=MonthAppraisalPage,
    responses=refusals(BadCursor, NotFound) | FILES,
)
def list_appraisals(
    db: Db, asker: AppraisalsReader, reads: Reads, asked: Annotated[AppraisalsAsked, Query()]
) -> MonthAppraisalPage | Response:
    """The workers of a unit in a month, by community."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    which = Asked(unit, first_of(asked.month), proposed=asked.proposed)
    page = lists.appraisals_page(db, which, asked.page)
    return as_asked(page, APPRAISAL_COLUMNS, asked.format, f"appraisals-{asked.month}", reads)


@router.get("/appraisal-comparison", responses=refusals(NotFound))
def compare_appraisals(
    db: Db, asker: AppraisalsReader, asked: Annotated[ComparisonAsked, Query()]
) -> UnitComparisonOut:
    """A unit beside its siblings, by aggregates of at least three workers each."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    return comparing.comparison(db, unit, first_of(asked.month))


@router.get("/appraisals/{worker_id}/{month}", responses=refusals(NotFound))
def read_appraisal(
    db: Db, asker: AppraisalsReader, worker_id: UUID, month: Month
) -> MonthAppraisalOut:
    """A worker's month: indicators, corrections, objections, revisions."""
    return lists.detail(db, lists.appraisal_in(db, asker, worker_id, first_of(month)))


@router.get("/appraisals/{worker_id}/{month}/records", responses=refusals(NotFound))
def read_appraisal_records(
    db: Db,
    asker: AppraisalsReader,
    now: Now,
    worker_id: UUID,
    month: Month,
    asked: Annotated[RecordsBehindAsked, Query()],
) -> MonthRecordsOut:
    """The records behind an indicator as they are now, each with what it gives to the figures."""
    row = lists.appraisal_in(db, asker, worker_id, first_of(month))
    return as_seen_by(asker, lists.records_of(db, row, asked.indicator, now))


@router.get("/appraisals/{worker_id}/{month}/recomputation", responses=refusals(NotFound))
def recompute_appraisal(
    db: Db, asker: AppraisalsReader, now: Now, worker_id: UUID, month: Month
) -> RecomputationOut:
    """What a worker's month would come to by the records of now; nothing changes."""
    row = lists.appraisal_in(db, asker, worker_id, first_of(month))
    return recomputation(db, [row], row.month, now)


@router.post(
    "/appraisals/{worker_id}/{month}/corrections",
    status_code=201,
    responses=refusals(
        NotFound, OwnAppraisal, MonthConfirmed, MonthClosed, ShareImpossible, CorrectionStands
    ),
)
def correct_indicator(
    db: Db,
    asker: AppraisalsWriter,
    now: Now,
    worker_id: UUID,
    month: Month,
    body: AppraisalCorrectionIn,
) -> AppraisalCorrectionOut:
    """Lay other figures over a measured indicator, with a reason; it shows as such."""
    key = (worker_id, first_of(month))
    return correction_out(corrections.correct(db, asker, key, body, now))


@router.post(
    "/appraisal-corrections/{id}/withdrawal",
    responses=refusals(
        NotFound, NotTheTownship, OwnAppraisal, MonthConfirmed, MonthClosed, CorrectionWithdrawn
    ),
)
def withdraw_indicator_correction(
    db: Db, asker: AppraisalsWriter, now: Now, id: UUID, body: CorrectionWithdrawalIn
) -> AppraisalCorrectionOut:
    """Take a manual correction back: what was measured counts again."""
    return correction_out(corrections.withdraw_correction(db, asker, id, body.reason, now))


@router.post(
    "/appraisals/{worker_id}/{month}/revisions",
    status_code=201,
    response_model=AppraisalRevisionOut,
    responses=refusals(NotFound, NotTheTownship, OwnAppraisal, MonthNotClosed, SameResult),
)
def revise_appraisal(
    db: Db,
    asker: AppraisalsWriter,
    now: Now,
    worker_id: UUID,
    month: Month,
    body: MonthRevisionIn,
) -> AppraisalRevision:
    """After closing: another result, because records changed; what stood is kept beside it."""
    return revising.revise_for_data(db, asker, (worker_id, first_of(month)), body, now)
