"""The evidence of a proposal, looked at again in the data as it is now."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.conduct.basis import NOTHING, Evidence
from app.conduct.looks import LOOKS
from app.db.models import ConductEvidence, ConductProposal
from app.people.months import workers_of_month
from app.rules.conduct import ProposalSource

__all__ = ["Evidence", "look_again", "stored"]

CITY = "510185"


def look_again(session: Session, proposal: ConductProposal, now: datetime) -> Evidence:
    """What a proposal would rest on if it were made now.

    What an office recorded in its own words stands as it was recorded. What the system found is
    searched for again, in the same way and with the values that were in force then; `now` makes no
    difference to it, only the data does.
    """
    if proposal.source is ProposalSource.RECORDED or proposal.ground not in LOOKS:
        return stored(session, proposal)
    months = workers_of_month(session, CITY, proposal.occurred_on, only=[proposal.worker_id])
    judged = LOOKS[proposal.ground](session, months) if months else {}
    return judged.get((proposal.worker_id, proposal.occurred_on), NOTHING)


def stored(session: Session, proposal: ConductProposal) -> Evidence:
    """The evidence that stands, as it was written down."""
    row = session.get_one(ConductEvidence, (proposal.id, proposal.evidence))
    return Evidence(row.stands, row.because, row.records, row.said)
