"""What was found, decided and answered about a worker, among the messages of the day."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.approvals.cases import Subject
from app.conduct.basis import Evidence
from app.conduct.proposing import Found, propose
from app.days.mine import MESSAGES_SHOWN, messages
from app.db.models import ApprovalCase, ApprovalStep, Resignation
from app.kit.ids import uuid7
from app.rules.approvals import CaseState, Procedure, StepAct, StepOutcome
from app.rules.conduct import Ground, PenaltyKind, ProposalSource
from app.rules.hiring import ApplicationState
from app.rules.tiers import Tier
from tests.appraisal.years import AFTER, YEAR, YearWritten
from tests.city import City

GRID = "510185001001001"
NEIGHBOUR = "510185001001002"


@pytest.fixture
def written(db: Session, city: City) -> YearWritten:
    return YearWritten(db, city)


def told(written: YearWritten, grid: str = GRID) -> list[tuple[str, str, str | None]]:
    found = messages(written.db, written.city.workers[grid])
    assert [each.at for each in found] == sorted((each.at for each in found), reverse=True)
    return [(each.kind, each.outcome, each.reason) for each in found]


def test_con_1_a_proposal_and_what_becomes_of_it(written: YearWritten) -> None:
    found = Found(
        worker_id=written.city.workers[GRID],
        community_code=GRID[:12],
        ground=Ground.A4,
        occurred_on=date(2026, 5, 8),
        evidence=Evidence(True, {}, [], "误报重大事件"),
        source=ProposalSource.RECORDED,
        found_by=None,
    )
    assert propose(written.db, found, AFTER) is not None
    assert told(written) == [("proposal", "proposed", None)]
    assert told(written, NEIGHBOUR) == []


def test_con_2_a_penalty_that_is_overturned(written: YearWritten) -> None:
    penalty = written.penalty(GRID, date(2026, 4, 30), PenaltyKind.WARNING, date(2026, 5, 12))
    assert told(written) == [("penalty", "warning", None)]
    written.overturn(penalty, AFTER)
    assert told(written) == [("penalty", "overturned", None)]


def test_apr_1_months_once_the_station_gave_its_word_and_answers_to_objections(
    written: YearWritten,
) -> None:
    january = date(YEAR, 1, 1)
    written.month(GRID, january, "55")
    written.whole(GRID[:12], january, close=False)
    assert told(written) == []
    written.month(GRID, date(YEAR, 2, 1), "55")
    written.whole(GRID[:12], date(YEAR, 2, 1))
    written.upheld(GRID, YEAR, AFTER)
    assert told(written) == [
        ("appraisal_objection", "upheld", "情况属实"), ("month_appraisal", "fail", None)
    ]  # fmt: skip


def test_con_4_a_resignation_with_the_reason_of_who_decided(written: YearWritten) -> None:
    worker_id = written.city.workers[GRID]
    subject = Subject(Procedure.RESIGNATION, uuid7(AFTER), GRID[:12], worker_id)
    written.db.add(
        Resignation(
            id=subject.id,
            worker_id=worker_id,
            community_code=GRID[:12],
            said="家庭原因",
            last_day=date(2027, 3, 31),
            asked_at=AFTER,
            received_at=AFTER,
            state=ApplicationState.REFUSED,
        )
    )
    written.db.add(refused(written, subject))
    written.db.flush()
    assert told(written) == [("resignation", "refused", "人手不足")]


def refused(written: YearWritten, subject: Subject) -> ApprovalStep:
    case = ApprovalCase(
        id=uuid7(AFTER),
        procedure=subject.procedure,
        subject_id=subject.id,
        unit_code=subject.unit_code,
        worker_id=subject.worker_id,
        state=CaseState.REFUSED,
        step=2,
        opened_at=AFTER,
        closed_at=AFTER,
    )
    written.db.add(case)
    written.db.flush()
    return ApprovalStep(
        case_id=case.id,
        number=2,
        act=StepAct.REVIEW,
        tier=Tier.COMMUNITY,
        unit_code=subject.unit_code,
        rule="CON-4",
        clause="四(三)",
        may_refuse=True,
        taken_at=AFTER,
        taken_by=written.office("station_lead"),
        outcome=StepOutcome.REFUSED,
        reason="人手不足",
        facts={},
    )


def test_so_many_at_most_and_the_newest_of_all_kinds(written: YearWritten) -> None:
    for number in range(22):
        occurred = date(2024, 1, 1) + timedelta(days=31 * number)
        written.penalty(
            GRID, occurred, PenaltyKind.WARNING, date(2026, 1, 5) + timedelta(days=number)
        )
    assert len(told(written)) == MESSAGES_SHOWN
