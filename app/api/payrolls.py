"""Payrolls of months: computed, approved, closed; registers and reports (PAY-3, PAY-4)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from app.api.city_queries import Paged
from app.api.deps import Db, Now, PayReader, PayWriter, Reads
from app.api.export import FILES, Format
from app.api.pay_files import (
    REGISTER,
    REGISTER_SUMS,
    REPORT,
    REPORT_SUMS,
    FileFormat,
    money_file,
)
from app.api.problems import refusals
from app.approvals import refusals as steps
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import In, UnitCode
from app.pay import closing, detail, lists, recomputing, reporting
from app.pay.computing import payroll_of
from app.pay.months import PayMonth, written_month
from app.pay.refusals import (
    AppraisalsOpen,
    PayrollClosed,
    PayrollDigestDiffers,
    PayrollMonthOpen,
    PayrollNotApproved,
    PayrollNotClosed,
    PayrollOfNobody,
    PayrollOutOfOrder,
    PayrollPassedOver,
    PayrollStale,
    StandardLacking,
)
from app.pay.report_schemas import FinanceReportOut, PayRecomputationOut
from app.pay.schemas import (
    PayrollCloseIn,
    PayrollDecisionIn,
    PayrollDetailOut,
    PayrollIn,
    PayrollOut,
    PayrollPage,
    PayStatementOut,
    PayStatementPage,
)

router = APIRouter(prefix="/v1", tags=["pay"])
AskedMonth = Annotated[PayMonth, Path(description="A month such as 2026-10")]
OF_STEPS = (
    NotFound,
    steps.CaseClosed,
    steps.NotYourStep,
    steps.OwnMatter,
    steps.StepTaken,
    steps.RefusalNeedsReason,
)


class StatementsAsked(Paged):
    """Statements of which unit."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")


class RegisterAsked(In):
    """The register of which unit, as which kind of file."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    format: FileFormat = Field(default="xlsx", description="A workbook, or CSV")


class ReportAsked(In):
    """The report as which kind of file."""

    format: Format = Field(default="json", description="JSON, or a file that a spreadsheet opens")


@router.get("/payrolls", responses=refusals(BadCursor))
def list_payrolls(db: Db, asker: PayReader, asked: Annotated[Paged, Query()]) -> PayrollPage:
    """All payrolls, the latest month first."""
    del asker
    return lists.payrolls(db, asked.page)


@router.post(
    "/payrolls",
    status_code=201,
    response_model=PayrollOut,
    responses=refusals(
        PayrollMonthOpen,
        PayrollClosed,
        PayrollPassedOver,
        PayrollOfNobody,
        StandardLacking,
        *OF_STEPS,
    ),
)
def compute_payroll(db: Db, asker: PayWriter, now: Now, body: PayrollIn) -> PayrollOut:
    """Compute a month's payroll, or compute it anew, and put it forward for approval.

    Where nothing changed since, nothing changes here, and an approval goes on standing.
    """
    return PayrollOut.model_validate(closing.put_forward(db, asker, body.month, now))


@router.get("/payrolls/{month}", responses=refusals(NotFound))
def read_payroll(db: Db, asker: PayReader, month: AskedMonth) -> PayrollDetailOut:
    """A month's payroll: its sums, how far it is, what stands in the way of closing it."""
    del asker
    return detail.payroll_detail(db, payroll_of(db, month))


@router.post(
    "/payrolls/{month}/decision",
    response_model=PayrollOut,
    responses=refusals(PayrollDigestDiffers, PayrollStale, StandardLacking, *OF_STEPS),
)
def decide_payroll(
    db: Db, asker: PayWriter, now: Now, month: AskedMonth, body: PayrollDecisionIn
) -> PayrollOut:
    """The centre approves the figures that were seen, or refuses them with a reason."""
    return PayrollOut.model_validate(closing.decide(db, asker, month, body, now))


@router.post(
    "/payrolls/{month}/close",
    response_model=PayrollOut,
    responses=refusals(
        NotFound,
        AppraisalsOpen,
        PayrollClosed,
        PayrollDigestDiffers,
        PayrollMonthOpen,
        PayrollNotApproved,
        PayrollOutOfOrder,
        PayrollPassedOver,
        PayrollStale,
        StandardLacking,
    ),
)
def close_payroll(
    db: Db, asker: PayWriter, now: Now, month: AskedMonth, body: PayrollCloseIn
) -> PayrollOut:
    """Close an approved payroll: it never changes again, and every worker has the statement."""
    found = closing.close_payroll(db, asker, month, body.digest, now)
    return PayrollOut.model_validate(found)


@router.get("/payrolls/{month}/statements", responses=refusals(BadCursor, NotFound))
def list_pay_statements(
    db: Db, asker: PayReader, month: AskedMonth, asked: Annotated[StatementsAsked, Query()]
) -> PayStatementPage:
    """The statements of a unit's workers in sums."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    return lists.register(db, month, unit, asked.page)


@router.get("/payrolls/{month}/statements/{worker_id}", responses=refusals(NotFound))
def read_pay_statement(
    db: Db, asker: PayReader, month: AskedMonth, worker_id: UUID
) -> PayStatementOut:
    """A worker's statement: every line with its rule, its clause and what it follows from."""
    return lists.statement_of(db, asker, month, worker_id)


@router.get(
    "/payrolls/{month}/register",
    response_class=Response,
    responses=refusals(NotFound) | FILES,
)
def read_register(
    db: Db,
    asker: PayReader,
    reads: Reads,
    month: AskedMonth,
    asked: Annotated[RegisterAsked, Query()],
) -> Response:
    """The whole register of a unit as a file; its last row is the sum of all others."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    rows = lists.whole_register(db, month, unit)
    name = f"payroll-{unit}-{written_month(month)}"
    return money_file((rows, REGISTER, REGISTER_SUMS), asked.format, name, reads)


@router.get(
    "/payrolls/{month}/report",
    response_model=FinanceReportOut,
    responses=refusals(NotFound, StandardLacking) | FILES,
)
def read_finance_report(
    db: Db,
    asker: PayReader,
    reads: Reads,
    month: AskedMonth,
    asked: Annotated[ReportAsked, Query()],
) -> FinanceReportOut | Response:
    """The centre's monthly report to finance: who came, went and was away, and the budget."""
    del asker
    found = reporting.report_of(db, payroll_of(db, month))
    if asked.format == "json":
        return found
    name = f"finance-report-{written_month(month)}"
    return money_file((found.items, REPORT, REPORT_SUMS), asked.format, name, reads)


@router.get(
    "/payrolls/{month}/recomputation",
    responses=refusals(NotFound, PayrollNotClosed, StandardLacking),
)
def recompute_payroll(db: Db, asker: PayReader, month: AskedMonth) -> PayRecomputationOut:
    """What a closed month would come to now: the differences; nothing is changed."""
    del asker
    return recomputing.recomputation(db, payroll_of(db, month))
