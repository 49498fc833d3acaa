"""The document of a case as a page that prints on A4 (HIRE-1, CON-5).

As with the day's sheet nothing of it comes from elsewhere, and its one style is named by its hash.
"""

from base64 import b64encode
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from app.api.deps import ApprovalsReader, Db, Me, Now, Reads
from app.api.problems import refusals
from app.approvals.detail import detail
from app.approvals.schemas import ApprovalDetailOut
from app.kit.errors import NotFound
from app.kit.language import Language
from app.web.approval_form import form_of
from app.web.daily_sheet import LANGUAGE_TAGS, TEMPLATES

router = APIRouter(prefix="/v1", tags=["approvals"])

STYLE = TEMPLATES.get_template("approval.css").render()
STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
KEPT_POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'"
)
"""Holds for a page that was saved, too."""
UntilStep = Annotated[
    int | None, Query(ge=1, le=20, description="The document of this step: none that follow")
]


@router.get("/approvals/{id}/document", response_class=HTMLResponse, responses=refusals(NotFound))
def approval_document(
    db: Db, asker: ApprovalsReader, now: Now, reads: Reads, id: UUID, step: UntilStep = None
) -> HTMLResponse:
    """A case, or one step of it with those before, as a page to print."""
    return page(detail(db, asker, id, now), step, reads)


@router.get(
    "/me/approvals/{id}/document", response_class=HTMLResponse, responses=refusals(NotFound)
)
def my_approval_document(
    db: Db, asker: Me, now: Now, reads: Reads, id: UUID, step: UntilStep = None
) -> HTMLResponse:
    """A case about oneself as a page to print."""
    return page(detail(db, asker, id, now, only_own=True), step, reads)


def page(case: ApprovalDetailOut, step: int | None, language: Language) -> HTMLResponse:
    """The page of a case in the caller's language; raises NotFound for a step it does not have."""
    until = len(case.steps) if step is None else step
    if until > len(case.steps):
        raise NotFound(step=step)
    content = TEMPLATES.get_template("approval.html").render(
        language=LANGUAGE_TAGS[language],
        policy=KEPT_POLICY,
        style=STYLE,
        form=form_of(case, until, language),
    )
    headers = {
        "Content-Security-Policy": f"{KEPT_POLICY}; frame-ancestors 'none'",
        "Content-Language": language,
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return HTMLResponse(content, headers=headers)
