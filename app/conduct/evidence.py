"""The evidence of a proposal, looked at again in the data as it is now."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.conduct.basis import NOTHING, Evidence
from app.conduct.grounds_failures import failures_of
from app.conduct.looks import LOOKS
from app.db.models import ConductEvidence, ConductProposal
from app.people.months import workers_of_month
from app.rules.conduct import Ground, ProposalSource

__all__ = ["Evidence", "look_again", "stored"]

CITY = "510185"


def look_again(session: Session, proposal: ConductProposal, now: datetime) -> Evidence:
    """What a proposal would rest on if it were made now.

    What an office recorded in its own words stands as it was recorded. What the system found is
    searched for again, in the same way and with the values that were in force then; `now` makes no
    difference to it, only the data does.
    """
    if proposal.source is ProposalSource.RECORDED:
        return stored(session, proposal)
    if proposal.ground is Ground.A5:
        return _failures(session, proposal)
    months = workers_of_month(session, CITY, proposal.occurred_on, only=[proposal.worker_id])
    judged = LOOKS[proposal.ground](session, months) if months else {}
    return judged.get((proposal.worker_id, proposal.occurred_on), NOTHING)


def _failures(session: Session, proposal: ConductProposal) -> Evidence:
    """A5, unless it is another month by now that made it the second failure."""
    year = proposal.occurred_on.year
    failed = failures_of(session, [proposal.worker_id], year).get(proposal.worker_id)
    same = failed is not None and failed.occurred_on == proposal.occurred_on
    return failed.evidence if failed is not None and same else NOTHING


def stored(session: Session, proposal: ConductProposal) -> Evidence:
    """The evidence that stands, as it was written down."""
    row = session.get_one(ConductEvidence, (proposal.id, proposal.evidence))
    return Evidence(row.stands, row.because, row.records, row.said)
