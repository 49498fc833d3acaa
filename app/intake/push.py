"""Push: many items in one request, one result for each."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from app.api.deps import Db, Reads
from app.api.problems import refusals
from app.intake.door import AtTheDoor
from app.intake.epoch import epoch_of
from app.intake.items import PushIn, PushOut
from app.intake.refusals import EpochChanged, NotAHandset
from app.intake.results import result
from app.intake.submit import Sending, one_push_at_a_time, submit_items
from app.kit.errors import BadEncoding, TooLarge
from app.people.sign_in_refusals import AppTooOld

router = APIRouter(prefix="/v1", tags=["handset"])


@router.post(
    "/push", responses=refusals(EpochChanged, NotAHandset, TooLarge, BadEncoding, AppTooOld)
)
def push(request: Request, db: Db, carrier: AtTheDoor, language: Reads, body: PushIn) -> PushOut:
    """Take up to 200 records, each in a savepoint of its own; all of it is one transaction."""
    epoch = epoch_for(db, body.server_epoch)
    one_push_at_a_time(db, carrier)
    sending = Sending(carrier, body.sent_at, request.app.state.settings.secret)
    outcomes = submit_items(db, sending, body.items)
    results = [
        result(sent_id(raw), outcome, language)
        for raw, outcome in zip(body.items, outcomes, strict=True)
    ]
    return PushOut(
        batch_id=body.batch_id, received_at=carrier.now, server_epoch=epoch, results=results
    )


def epoch_for(session: Session, known: UUID | None) -> UUID:
    """The server's epoch; raises EpochChanged if the handset knows another one."""
    epoch = epoch_of(session)
    if known not in (None, epoch):
        raise EpochChanged(server_epoch=epoch)
    return epoch


def sent_id(raw: Any) -> object:
    """The id of an item as it was sent, whatever it is."""
    found = raw.get("id") if isinstance(raw, dict) else None
    return found.encode("utf-8", "replace").decode() if isinstance(found, str) else None
