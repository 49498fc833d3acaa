"""A decided penalty whose ground or count changed is offered for review; its acts are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.conduct.counting import rung_of
from app.conduct.rungs import tell_open_ones
from app.conduct.shown import tell_penalty
from app.db.models import Penalty, PenaltyHistory
from app.outbox.emit import emit
from app.rules.conduct import PenaltyAct, year_of
from app.rules.due_process import lower_than
from app.rules.tiers import Tier


@dataclass(frozen=True)
class Done:
    """An act on a penalty, and whose it is; nobody's where the system itself offers a review."""

    act: PenaltyAct
    by: UUID | None = None
    tier: Tier | None = None
    reason: str | None = None
    facts: Mapping[str, Any] | None = None


def write_down(session: Session, penalty: Penalty, done: Done, now: datetime) -> None:
    """The act joins the penalty's history, and the worker is told how it stands."""
    last = select(func.max(PenaltyHistory.number)).where(PenaltyHistory.penalty_id == penalty.id)
    session.add(
        PenaltyHistory(
            penalty_id=penalty.id,
            number=(session.scalar(last) or 0) + 1,
            act=done.act,
            at=now,
            by=done.by,
            tier=done.tier,
            standing=penalty.standing,
            reason=done.reason,
            facts=dict(done.facts or {}),
        )
    )
    tell_penalty(session, penalty)
    emit(
        session,
        f"penalty.{done.act.value}",
        by=done.by,
        unit_code=penalty.community_code,
        subject=("penalty", penalty.id),
        worker=str(penalty.worker_id),
        ground=penalty.ground.value,
        kind=penalty.kind.value,
        standing=penalty.standing.value if penalty.standing else None,
        decided_on=penalty.decided_on.isoformat(),
        tier=done.tier.value if done.tier else None,
    )


def offer_review(
    session: Session, penalty: Penalty, because: Mapping[str, Any], now: datetime
) -> None:
    """Whoever decided, or a tier above, has something to look at; the penalty stands until then."""
    penalty.review_because = dict(because)
    write_down(session, penalty, Done(PenaltyAct.REVIEW_OFFERED, facts=because), now)


def offer_later_ones(session: Session, changed: Penalty, now: datetime) -> None:
    """Later penalties of the calendar year that stand for more than their rung, now that this
    one's standing changed (CON-2); what is not decided yet says so, too."""
    session.flush()
    first, last = year_of(changed.occurred_on)
    later = session.scalars(
        select(Penalty)
        .where(
            Penalty.worker_id == changed.worker_id,
            Penalty.id != changed.id,
            Penalty.occurred_on.between(first, last),
            Penalty.decided_at >= changed.decided_at,
            Penalty.standing.is_not(None),
        )
        .order_by(Penalty.decided_at, Penalty.id)
        .with_for_update()
    ).all()
    for penalty in later:
        rung = rung_of(
            session, penalty.worker_id, penalty.ground, penalty.occurred_on, without=penalty.id
        )
        assert penalty.standing is not None
        if rung in lower_than(penalty.standing):
            offer_review(session, penalty, {"changed": str(changed.id), "rung": rung.value}, now)
    tell_open_ones(session, changed.worker_id, changed.occurred_on)
