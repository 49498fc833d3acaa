"""The evidence of proposals, looked at again in the data as it is now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.conduct.basis import NOTHING, Evidence
from app.conduct.grounds_failures import failures_of
from app.conduct.looks import LOOKS
from app.db.models import ConductEvidence, ConductProposal
from app.people.months import workers_of_month
from app.rules.conduct import Ground, ProposalSource

WHEREVER = ""
"""Begins the code of every unit: whose month it is matters, not where."""


def look_again(session: Session, proposals: Sequence[ConductProposal]) -> Mapping[UUID, Evidence]:
    """What each would rest on if it were made now.

    What an office recorded in its own words stands as it was recorded. What the system found is
    searched for again, in the same way and with the values that were in force then, for all
    proposals of a ground and a month at once; only the data makes a difference to it.
    """
    found: dict[UUID, Evidence] = {}
    months: dict[tuple[Ground, date], list[ConductProposal]] = defaultdict(list)
    years: dict[int, list[ConductProposal]] = defaultdict(list)
    for one in proposals:
        if one.source is ProposalSource.RECORDED:
            found[one.id] = _recorded(session, one)
        elif one.ground is Ground.A5:
            years[one.occurred_on.year].append(one)
        else:
            months[one.ground, one.occurred_on.replace(day=1)].append(one)
    for year, some in years.items():
        found |= _failures(session, some, year)
    for (ground, month), some in months.items():
        found |= _of_month(session, some, ground, month)
    return found


def _recorded(session: Session, proposal: ConductProposal) -> Evidence:
    """As it was written down."""
    row = session.get_one(ConductEvidence, (proposal.id, proposal.evidence))
    return Evidence(row.stands, row.because, row.records, row.said)


def _failures(
    session: Session, proposals: Sequence[ConductProposal], year: int
) -> Mapping[UUID, Evidence]:
    """A5, unless it is another month by now that made it the second failure."""
    failed = failures_of(session, {one.worker_id for one in proposals}, year)
    same = {(key, each.occurred_on): each.evidence for key, each in failed.items()}
    return {one.id: same.get((one.worker_id, one.occurred_on), NOTHING) for one in proposals}


def _of_month(
    session: Session, proposals: Sequence[ConductProposal], ground: Ground, month: date
) -> Mapping[UUID, Evidence]:
    workers = {one.worker_id for one in proposals}
    months = workers_of_month(session, WHEREVER, month, only=workers)
    judged = LOOKS[ground](session, months)
    return {one.id: judged.get((one.worker_id, one.occurred_on), NOTHING) for one in proposals}
