"""Searches, looks and decisions in several transactions at once (CON-1, CON-2)."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from time import sleep
from typing import TypeVar

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.approvals.taking import Word, take_by_key
from app.conduct import looking, reviewing
from app.conduct.basis import Evidence
from app.conduct.proposing import Found, propose_all, refresh
from app.conduct.reacting import PENALTY
from app.conduct.schemas import PenaltyReviewIn
from app.db.engine import Sessions
from app.db.models import ApprovalCase, ConductProposal, Penalty
from app.rules.approvals import Procedure
from app.rules.conduct import Ground, PenaltyAct, PenaltyKind, ProposalSource
from app.rules.due_process import ReviewOutcome
from tests.attendance.facts import at
from tests.conduct.matters import AFTER_TERM, FIRST, Matters

T = TypeVar("T")
SECOND = FIRST + timedelta(days=1)
NEIGHBOUR = "510185001001002"
LATER = AFTER_TERM + timedelta(days=1)
WAITS = """
select exists (select from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock')
"""


def beside(sessions: Sessions, act: Callable[[Session], T], pool: ThreadPoolExecutor) -> Future[T]:
    """An act in a transaction of its own, which waits for the one that goes on here."""

    def run() -> T:
        with sessions.begin() as session:
            return act(session)

    started = pool.submit(run)
    with sessions() as watching:
        while not watching.scalar(text(WAITS)):
            assert not started.done(), "it did not wait"
            watching.rollback()
            sleep(0.02)
    return started


def deciding(matters: Matters, case: ApprovalCase) -> Callable[[Session], None]:
    """The township's step on what it saw."""
    proposal = matters.db.get_one(ConductProposal, case.subject_id)
    word = Word(step=case.step, facts={"digest": matters.digest(proposal)})
    asker, key = matters.who("township"), case.id

    def act(session: Session) -> None:
        take_by_key(session, asker, key, word, LATER, {Procedure.PENALTY: PENALTY})

    return act


def found(matters: Matters, *days: date, grid: str = "") -> Sequence[Found]:
    return [
        Found(
            worker_id=matters.city.workers[grid or matters.grid],
            community_code=matters.grid[:12],
            ground=Ground.B1,
            occurred_on=day,
            evidence=Evidence(True, {"day": day.isoformat()}),
            source=ProposalSource.DETECTED,
            found_by=None,
        )
        for day in days
    ]


@pytest.mark.parametrize("kept", [True, False])
def test_con_2_of_two_who_propose_a_period_at_once_one_does(
    matters: Matters, sessions: Sessions, kept: bool
) -> None:
    """Both also propose what the other does not; the second takes over what the first gives up."""
    one, other = found(matters, FIRST, SECOND), found(matters, SECOND, FIRST)
    one = [*found(matters, FIRST, grid=NEIGHBOUR), *one]
    with sessions() as first, ThreadPoolExecutor(1) as pool:
        assert len(propose_all(first, one, AFTER_TERM)) == 3
        second = beside(sessions, lambda db: len(propose_all(db, other, AFTER_TERM)), pool)
        if kept:
            first.commit()
        else:
            first.rollback()
        assert second.result(20) == (0 if kept else 2)
    rows = matters.db.execute(select(ConductProposal.worker_id, ConductProposal.occurred_on)).all()
    assert len(rows) == len(set(rows)) == (3 if kept else 2)


def test_con_2_what_is_proposed_while_another_is_decided_counts_it(
    matters: Matters, sessions: Sessions
) -> None:
    decide = deciding(matters, matters.put_forward(matters.detected(FIRST), at("09:00", SECOND)))
    matters.db.commit()
    with sessions() as searching, ThreadPoolExecutor(1) as pool:
        propose_all(searching, found(matters, SECOND), AFTER_TERM)
        decided = beside(sessions, decide, pool)
        searching.commit()
        decided.result(20)
    assert matters.proposal(SECOND).rung is PenaltyKind.DEMERIT


def test_con_2_one_is_decided_while_all_are_looked_at_again(
    matters: Matters, sessions: Sessions
) -> None:
    """Whoever decides tells the other proposals of the worker, too: neither waits for ever."""
    first, second = matters.detected(FIRST), matters.detected(SECOND)
    decide = deciding(matters, matters.put_forward(second, AFTER_TERM))
    matters.db.commit()
    with sessions() as looks, ThreadPoolExecutor(1) as pool:
        refresh(looks, looks.get_one(ConductProposal, first.id), AFTER_TERM)
        decided = beside(sessions, decide, pool)
        refresh(looks, looks.get_one(ConductProposal, second.id), AFTER_TERM)
        looks.commit()
        decided.result(20)
    matters.db.expire_all()
    assert matters.proposal(FIRST).rung is PenaltyKind.DEMERIT


def test_con_2_what_was_overturned_meanwhile_is_not_offered_for_review(
    matters: Matters, sessions: Sessions
) -> None:
    """Whoever looks has loaded the penalty before it was overturned by somebody else."""
    check = matters.bare(at("09:30"))
    penalty = matters.penalised(FIRST, AFTER_TERM)
    matters.bare(at("15:00"))
    refresh(matters.db, matters.proposal(), LATER)
    matters.db.commit()
    township = matters.who("township")
    with sessions.begin() as looks:
        loaded = looks.get_one(Penalty, penalty.id)
        overturn = PenaltyReviewIn(outcome=ReviewOutcome.OVERTURN, reason="查看有误")
        reviewing.review(matters.db, township, penalty.id, overturn, LATER)
        matters.withdraw(check, LATER)
        matters.db.commit()
        shown = looking.look_at_penalty(looks, township, penalty.id, LATER)
        assert (shown.standing, shown.history[-1].act) == (None, PenaltyAct.OVERTURNED)
        assert loaded.standing is None
    matters.db.refresh(penalty)
    assert (penalty.standing, penalty.review_because) == (None, None)
    assert matters.acts(penalty)[-1] is PenaltyAct.OVERTURNED
