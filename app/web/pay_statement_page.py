"""A statement of pay as a page that prints on A4 (PAY).

As with the day's sheet nothing of it comes from elsewhere, and its one style is named by its hash.
"""

from base64 import b64encode
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse

from app.api.deps import Db, Me, PayReader, Reads
from app.api.problems import refusals
from app.db.models import Unit
from app.kit.errors import Forbidden, NotFound
from app.kit.language import Language
from app.pay import lists
from app.pay.form import form_of
from app.pay.months import PayMonth
from app.pay.schemas import PayStatementOut
from app.web.daily_sheet import LANGUAGE_TAGS, TEMPLATES

router = APIRouter(prefix="/v1", tags=["pay"])

STYLE = TEMPLATES.get_template("pay_statement.css").render()
STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
KEPT_POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'"
)
"""Holds for a page that was saved, too."""
AskedMonth = Annotated[PayMonth, Path(description="A month such as 2026-10")]


@router.get(
    "/me/pay-statements/{month}/page",
    response_class=HTMLResponse,
    responses=refusals(NotFound, Forbidden),
)
def my_statement_page(db: Db, asker: Me, reads: Reads, month: AskedMonth) -> HTMLResponse:
    """One's own statement of a closed month as a page to print."""
    return page(db, lists.my_statement(db, asker.as_worker(), month), reads)


@router.get(
    "/payrolls/{month}/statements/{worker_id}/page",
    response_class=HTMLResponse,
    responses=refusals(NotFound),
)
def statement_page(
    db: Db, asker: PayReader, reads: Reads, month: AskedMonth, worker_id: UUID
) -> HTMLResponse:
    """A worker's statement as a page to print; it says whether the payroll is closed."""
    return page(db, lists.statement_of(db, asker, month, worker_id), reads)


def page(session: Session, statement: PayStatementOut, language: Language) -> HTMLResponse:
    """The page of a statement in the caller's language."""
    unit = session.get_one(Unit, statement.community_code)
    content = TEMPLATES.get_template("pay_statement.html").render(
        language=LANGUAGE_TAGS[language],
        policy=KEPT_POLICY,
        style=STYLE,
        form=form_of(statement, unit.name, language),
    )
    headers = {
        "Content-Security-Policy": f"{KEPT_POLICY}; frame-ancestors 'none'",
        "Content-Language": language,
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return HTMLResponse(content, headers=headers)
