"""A community's month is searched for grounds; each that is found is proposed, once (CON)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.conduct.basis import Evidence, Look
from app.conduct.detection_refusals import MonthNotSettled
from app.conduct.grounds_failures import failures_in
from app.conduct.looks import BY_DATE, LOOKS
from app.conduct.proposing import Found, propose_all, refresh
from app.conduct.shown import EVIDENCE_THAT_STANDS
from app.db.models import ConductDetection, ConductEvidence, ConductProposal
from app.kit.clock import SHANGHAI
from app.people.months import MonthOfWorker, workers_of_month
from app.people.values import values_on
from app.rules.activity import month_of
from app.rules.appraisal import settles_at
from app.rules.conduct import Ground, ProposalSource, ProposalState
from app.rules.tiers import DIGITS, Tier
from app.rules.version import RULES_VERSION

TOWNSHIP = DIGITS[Tier.TOWNSHIP]
LIVING = (ProposalState.PROPOSED, ProposalState.PUT_FORWARD, ProposalState.PENALISED)
"""Proposals that the data still matters to."""


@dataclass(frozen=True)
class Happened:
    """Whose ground, which, and when: what is proposed only once."""

    worker_id: UUID
    ground: Ground
    occurred_on: date


Grounds: TypeAlias = Mapping[Happened, tuple[str, Evidence]]
"""What was found, with the community that answers for it."""


@dataclass(frozen=True)
class Searched:
    """What a search covers: what stands of it and is not found again is looked at again."""

    communities: Collection[str]
    workers: Collection[UUID]
    grounds: Collection[Ground]
    first: date
    last: date


def detect(session: Session, community_code: str, month: date, now: datetime) -> int:
    """Search a month that is settled for every ground; how many were proposed anew.

    Run again, it finds what came meanwhile, and what is gone lapses. Raises MonthNotSettled.
    """
    return detect_in(session, [community_code], month, now)


def detect_in(session: Session, communities: Sequence[str], month: date, now: datetime) -> int:
    """The same of some communities at once, in as many queries as of one."""
    first, _ = month_of(month)
    check_settled(session, first, now)
    made, found = _detect(session, communities, first, LOOKS, now)
    made += detect_failures(session, communities, first.year, now)
    _write_down(session, communities, first, found, now)
    return made


def detect_dates(session: Session, communities: Sequence[str], month: date, now: datetime) -> int:
    """Only what counts date by date (B1, B4), also in a month that goes on."""
    made, _ = _detect(session, communities, month_of(month)[0], BY_DATE, now)
    return made


def detect_failures(session: Session, communities: Sequence[str], year: int, now: datetime) -> int:
    """A5 of a calendar year, by the months that are closed and the grades that are filed."""
    one_search_at_a_time(session, communities)
    failures = failures_in(session, communities, year)
    found = {
        Happened(worker_id, Ground.A5, one.occurred_on): (one.community_code, one.evidence)
        for worker_id, one in failures.items()
        if one.occurred_on is not None
    }
    first, last = date(year, 1, 1), date(year, 12, 31)
    return _settle(session, Searched(communities, failures, {Ground.A5}, first, last), found, now)


def settles_at_of(session: Session, month: date) -> datetime:
    """From when on a month can be searched, by the values in force on its first date."""
    return settles_at(month, values_on(session, month))


def check_settled(session: Session, month: date, now: datetime) -> None:
    """Raises MonthNotSettled while late uploads are still expected."""
    settles = settles_at_of(session, month)
    if now < settles:
        raise MonthNotSettled(
            month=f"{month:%Y-%m}", settles_at=settles.astimezone(SHANGHAI).isoformat()
        )


def _detect(
    session: Session,
    communities: Sequence[str],
    first: date,
    looks: Mapping[Ground, Look],
    now: datetime,
) -> tuple[int, Counter[str]]:
    """How many were proposed anew, and how many grounds there are by community."""
    one_search_at_a_time(session, communities)
    months = _months(session, communities, first)
    homes = {one.worker_id: one for one in months}
    found = {
        Happened(worker_id, ground, day): (_community(homes[worker_id], day), evidence)
        for ground, look in looks.items()
        for (worker_id, day), evidence in look(session, months).items()
        if evidence.stands
    }
    searched = Searched(communities, homes, looks, first, month_of(first)[1])
    of_homes = Counter(homes[happened.worker_id].community_code for happened in found)
    return _settle(session, searched, found, now), of_homes


def _months(session: Session, communities: Sequence[str], first: date) -> Sequence[MonthOfWorker]:
    """Of the workers whose last post of the month was in one of the communities."""
    wanted = set(communities)
    around = wanted if len(wanted) == 1 else {code[:TOWNSHIP] for code in wanted}
    found = [one for unit in sorted(around) for one in workers_of_month(session, unit, first)]
    return [one for one in found if one.community_code in wanted]


def one_search_at_a_time(session: Session, communities: Sequence[str]) -> None:
    """Two searches of one community come one after the other."""
    for community_code in sorted(communities):
        key = func.hashtextextended(f"conduct {community_code}", 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def _community(month: MonthOfWorker, day: date) -> str:
    """Where it happened; of a month, the last post's: its station answers for the whole."""
    return month.community_on(day) or month.community_code


def _settle(session: Session, searched: Searched, found: Grounds, now: datetime) -> int:
    """Propose what is new; look again at what stands on other evidence, or on none, by now."""
    known = _known(session, searched)
    for happened, (proposal, digest) in known.items():
        if happened not in found or found[happened][1].digest != digest:
            refresh(session, proposal, now)
    new = {happened: found[happened] for happened in found if happened not in known}
    return _propose(session, new, now)


def _propose(session: Session, new: Grounds, now: datetime) -> int:
    """In the order in which they occurred; how many stand by that."""
    in_order = sorted(new, key=lambda one: (one.occurred_on, one.ground, one.worker_id))
    proposals = propose_all(
        session, [_found(happened, *new[happened]) for happened in in_order], now
    )
    return len(proposals)


def _found(happened: Happened, community_code: str, evidence: Evidence) -> Found:
    return Found(
        worker_id=happened.worker_id,
        community_code=community_code,
        ground=happened.ground,
        occurred_on=happened.occurred_on,
        evidence=evidence,
        source=ProposalSource.DETECTED,
        found_by=None,
    )


def _known(session: Session, searched: Searched) -> Mapping[Happened, tuple[ConductProposal, str]]:
    """What stands of earlier searches, with the digest of its evidence."""
    rows = session.execute(
        select(ConductProposal, ConductEvidence.digest)
        .join(ConductEvidence, EVIDENCE_THAT_STANDS)
        .where(
            or_(
                ConductProposal.worker_id.in_(searched.workers),
                ConductProposal.community_code.in_(searched.communities),
            ),
            ConductProposal.ground.in_(searched.grounds),
            ConductProposal.occurred_on.between(searched.first, searched.last),
            ConductProposal.source == ProposalSource.DETECTED,
            ConductProposal.state.in_(LIVING),
        )
        .order_by(ConductProposal.worker_id, ConductProposal.id)
    )
    return {
        Happened(one.worker_id, one.ground, one.occurred_on): (one, digest) for one, digest in rows
    }


def _write_down(
    session: Session, communities: Sequence[str], month: date, found: Counter[str], now: datetime
) -> None:
    """That the month was searched, and what stood then."""
    rows = [
        {
            "community_code": community_code,
            "month": month,
            "detected_at": now,
            "found": found[community_code],
            "rules_version": RULES_VERSION,
        }
        for community_code in communities
    ]
    statement = insert(ConductDetection).values(rows)
    anew = {name: statement.excluded[name] for name in ("detected_at", "found", "rules_version")}
    session.execute(
        statement.on_conflict_do_update(index_elements=["community_code", "month"], set_=anew)
    )
