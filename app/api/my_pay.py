"""The worker's own statements."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from app.api.city_queries import Paged
from app.api.deps import Db, Me
from app.api.problems import refusals
from app.kit.errors import BadCursor, Forbidden, NotFound
from app.pay import lists
from app.pay.months import PayMonth
from app.pay.schemas import MyPayStatementsPage, PayStatementOut

router = APIRouter(prefix="/v1", tags=["pay"])


@router.get("/me/pay-statements", responses=refusals(BadCursor, Forbidden))
def my_pay_statements(db: Db, asker: Me, asked: Annotated[Paged, Query()]) -> MyPayStatementsPage:
    """One's own statements of closed months, the latest first."""
    return lists.my_statements(db, asker.as_worker(), asked.page)


@router.get("/me/pay-statements/{month}", responses=refusals(NotFound, Forbidden))
def my_pay_statement(
    db: Db, asker: Me, month: Annotated[PayMonth, Path(description="A month such as 2026-10")]
) -> PayStatementOut:
    """One's own statement of a closed month, line by line, and what was corrected in it later."""
    return lists.my_statement(db, asker.as_worker(), month)
