"""Time anchors."""

from fastapi import APIRouter, Request
from pydantic import Field

from app.api.problems import refusals
from app.intake.anchor_tokens import issue_anchor
from app.intake.door import AtTheDoor
from app.intake.items import BootId
from app.intake.refusals import NotAHandset
from app.kit.schema import In, Instant, Out
from app.people.sign_in_refusals import AppTooOld

router = APIRouter(prefix="/v1", tags=["handset"])


class AnchorAskedIn(In):
    """The boot in which the handset asks; an anchor proves nothing in another boot."""

    boot_id: BootId | None = Field(default=None, examples=["b-17"])


class AnchorOut(Out):
    """Keep it with the monotonic clock's reading at this answer; good for 14 days."""

    anchor: str
    server_time: Instant


@router.post("/time-anchors", responses=refusals(NotAHandset, AppTooOld))
def obtain_anchor(
    request: Request, carrier: AtTheDoor, body: AnchorAskedIn | None = None
) -> AnchorOut:
    """A server time, signed for this account and device."""
    boot_id = body.boot_id if body else None
    token = issue_anchor(request.app.state.settings.secret, carrier, boot_id, carrier.now)
    return AnchorOut(anchor=token, server_time=carrier.now)
