"""A proposal explained on one page: what was owed, found, and would follow (CON).

As with the day's sheet nothing of it comes from elsewhere, and its one style is named by its hash.
"""

from base64 import b64encode
from hashlib import sha256
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse

from app.api.deps import ConductReader, Db, Me, Now, Reads
from app.api.own_evidence import own_penalty, own_proposal
from app.api.problems import refusals
from app.conduct import looking
from app.conduct.detail_schemas import ProposalDetailOut
from app.conduct.details import penalty_detail
from app.conduct.explaining import Explaining, explain
from app.db.models import Penalty, Unit
from app.kit.errors import Forbidden, NotFound
from app.kit.language import Language, Voice
from app.web.daily_sheet import LANGUAGE_TAGS, TEMPLATES

router = APIRouter(prefix="/v1", tags=["conduct"])

STYLE = TEMPLATES.get_template("proposal.css").render()
STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
KEPT_POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'"
)
"""Holds for a page that was saved, too."""


@router.get(
    "/me/proposals/{id}/page",
    response_class=HTMLResponse,
    responses=refusals(NotFound, Forbidden),
)
def my_proposal_page(db: Db, asker: Me, now: Now, reads: Reads, id: UUID) -> HTMLResponse:
    """What is held against oneself, explained on one page to print."""
    proposal = looking.look_at_own_proposal(db, asker.as_worker(), id, now)
    return page(db, own_proposal(proposal), reads, own=True)


@router.get(
    "/conduct-proposals/{id}/page", response_class=HTMLResponse, responses=refusals(NotFound)
)
def proposal_page(db: Db, asker: ConductReader, now: Now, reads: Reads, id: UUID) -> HTMLResponse:
    """A proposal explained on one page to print."""
    return page(db, looking.look_at_proposal(db, asker, id, now), reads)


def page(
    session: Session, proposal: ProposalDetailOut, language: Language, *, own: bool = False
) -> HTMLResponse:
    """The page of a proposal in the caller's language."""
    penalty = session.get(Penalty, proposal.penalty_id) if proposal.penalty_id else None
    unit = session.get_one(Unit, proposal.community_code)
    became = penalty_detail(session, penalty) if penalty else None
    about = Explaining(proposal, own_penalty(became) if became and own else became, unit.name)
    content = TEMPLATES.get_template("proposal.html").render(
        language=LANGUAGE_TAGS[language],
        policy=KEPT_POLICY,
        style=STYLE,
        page=explain(about, Voice(language)),
    )
    headers = {
        "Content-Security-Policy": f"{KEPT_POLICY}; frame-ancestors 'none'",
        "Content-Language": language,
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return HTMLResponse(content, headers=headers)
