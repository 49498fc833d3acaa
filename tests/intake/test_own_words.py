"""What a worker says on what concerns oneself: answers, appeals, resignations; by push, alone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.conduct.basis import Evidence
from app.conduct.proposing import Found, propose
from app.contracts.ending import end_contract
from app.db.models import (
    Appeal,
    AppraisalObjection,
    ApprovalCase,
    ConductAnswer,
    ConductProposal,
    Penalty,
    Quarantine,
    Resignation,
)
from app.kit import clock
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.rules.approvals import Procedure
from app.rules.conduct import Ground, PenaltyKind, ProposalSource, ProposalState
from app.rules.duty import Employment
from app.rules.hiring import ContractEnd
from tests.appraisal.years import YearWritten
from tests.conftest import SignedIn
from tests.intake.handset import GRID, OTHER_GRID, Handset, item
from tests.intake.test_pull import pull_all

SAID = "当天社区停电，系统无法登录"


@pytest.fixture
def clock_set(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A morning of a week without holidays, so that terms end on known dates."""
    file = tmp_path_factory.mktemp("clock") / "now"
    file.write_text(datetime(2026, 11, 16, 2, 0, tzinfo=UTC).isoformat(), "ascii")
    clock.follow(file)
    yield
    clock.follow(None)


@pytest.fixture
def today(clock_set: None) -> date:
    return civil_day(clock.now())


@pytest.fixture
def proposal(db: Session, handset: Handset, today: date) -> ConductProposal:
    found = Found(
        worker_id=handset.client.city.workers[GRID],
        community_code=GRID[:12],
        ground=Ground.A4,
        occurred_on=today - timedelta(days=3),
        evidence=Evidence(True, {"said": True}, [], "误报重大事件"),
        source=ProposalSource.RECORDED,
        found_by=None,
    )
    made = propose(db, found, clock.now())
    assert made is not None
    db.commit()
    return made


@pytest.fixture
def penalty(db: Session, handset: Handset, today: date) -> Penalty:
    written = YearWritten(db, handset.client.city)
    return written.penalty(GRID, today - timedelta(days=20), PenaltyKind.WARNING, today)


def answer(proposal_id: UUID, **changes: Any) -> dict[str, Any]:
    body = {"proposal_id": str(proposal_id), "said": SAID, "photos": ["0a" * 32]}
    return item("proposal_answer", body=body, **changes)


def appeal(penalty_id: UUID) -> dict[str, Any]:
    body = {"penalty_id": str(penalty_id), "said": SAID}
    return item("penalty_appeal", body=body)


def resignation(last_day: date) -> dict[str, Any]:
    return item("resignation", body={"said": "家庭原因", "last_day": last_day.isoformat()})


def told(result: dict[str, Any]) -> tuple[str, str | None]:
    return result["status"], result["code"]


def count(db: Session, model: Any) -> int:
    db.rollback()
    return db.scalar(select(func.count()).select_from(model)) or 0


def test_con_1_an_answer_by_push_is_kept_once_and_told_back(
    handset: Handset, db: Session, proposal: ConductProposal
) -> None:
    sent = answer(proposal.id)
    [first, again] = handset.results(sent, sent)
    assert (first["status"], again["status"]) == ("created", "duplicate")
    assert first["facts"]["proposal_id"] == str(proposal.id)
    assert not first["facts"]["time_proven"]
    assert again["facts"] == first["facts"]
    assert count(db, ConductAnswer) == 1

    changes, _ = pull_all(handset)
    [shown] = [each for each in changes if each["kind"] == "proposal"]
    assert (shown["id"], shown["body"]["answers"]) == (str(proposal.id), 1)


def test_con_1_only_ones_own_and_only_what_stands_can_be_answered(
    handset: Handset, client: SignedIn, db: Session, proposal: ConductProposal
) -> None:
    [mine] = Handset(client, OTHER_GRID).results(answer(proposal.id))
    assert told(mine) == ("rejected", "request.not_found")
    [unknown] = handset.results(answer(uuid7(clock.now())))
    assert told(unknown) == ("rejected", "request.not_found")
    proposal.state, proposal.closed_at = ProposalState.LAPSED, clock.now()
    db.commit()
    [closed] = handset.results(answer(proposal.id))
    assert told(closed) == ("rejected", "conduct.closed")
    assert (count(db, ConductAnswer), count(db, Quarantine)) == (0, 3)


@pytest.mark.parametrize(("days", "status"), [(0, "created"), (1, "rejected")])
def test_con_1_the_term_is_kept_by_the_receipt_where_no_anchor_proves_the_time(
    handset: Handset,
    db: Session,
    proposal: ConductProposal,
    tmp_path_factory: pytest.TempPathFactory,
    days: int,
    status: str,
) -> None:
    captured = (clock.now() - timedelta(minutes=1)).isoformat()
    last = datetime.combine(proposal.answer_until, time(23, 50), clock.SHANGHAI)
    file = tmp_path_factory.mktemp("later") / "now"
    file.write_text((last + timedelta(days=days)).isoformat(), "ascii")
    clock.follow(file)
    handset.client.tokens.clear()
    [found] = handset.results(answer(proposal.id, captured_at=captured, boot_id=None))
    assert found["status"] == status, found
    assert found["code"] == (None if days == 0 else "conduct.answer_late")


def test_con_2_who_was_dismissed_can_still_appeal(
    handset: Handset, db: Session, penalty: Penalty, today: date
) -> None:
    end_contract(
        db,
        penalty.worker_id,
        today - timedelta(days=1),
        ContractEnd.DISMISSAL,
        by=None,
        reason="第三次",
        case_id=None,
        now=clock.now(),
    )
    db.commit()
    [left] = handset.results(resignation(today + timedelta(days=60)))
    assert told(left) == ("out_of_scope", "people.no_post")
    [first] = handset.results(appeal(penalty.id))
    assert told(first) == ("created", None)


def test_con_2_an_appeal_goes_up_once(handset: Handset, db: Session, penalty: Penalty) -> None:
    [first] = handset.results(appeal(penalty.id))
    assert (first["status"], first["facts"]["tier"]) == ("created", "centre")
    case = db.get_one(ApprovalCase, UUID(first["facts"]["case_id"]))
    assert (case.procedure, case.worker_id) == (Procedure.APPEAL, penalty.worker_id)
    [second] = handset.results(appeal(penalty.id))
    assert told(second) == ("rejected", "penalty.appealed_already")
    assert count(db, Appeal) == 1

    changes, _ = pull_all(handset, limit=3)
    [shown] = [each for each in changes if each["kind"] == "penalty"]
    assert (shown["id"], shown["body"]["appeals"]) == (str(penalty.id), 1)


def test_con_4_a_resignation_by_push(handset: Handset, db: Session, today: date) -> None:
    [late] = handset.results(resignation(today - timedelta(days=1)))
    assert told(late) == ("rejected", "resignation.not_in_advance")
    [first] = handset.results(resignation(today + timedelta(days=60)))
    assert (first["status"], first["facts"]["state"]) == ("created", "open")
    [second] = handset.results(resignation(today + timedelta(days=61)))
    assert told(second) == ("rejected", "resignation.open_already")
    assert count(db, Resignation) == 1


def test_org_4_part_time_workers_hold_no_contract_to_resign_from(
    handset: Handset, db: Session, today: date
) -> None:
    post = YearWritten(db, handset.client.city).post(GRID)
    post.employment = Employment.RURAL_PART_TIME
    db.commit()
    [found] = handset.results(resignation(today + timedelta(days=60)))
    assert told(found) == ("rejected", "contract.not_full_time")


@pytest.fixture
def october(db: Session, handset: Handset, today: date) -> date:
    """A month that was closed on November 7."""
    month = date(2026, 10, 1)
    written = YearWritten(db, handset.client.city)
    written.month(GRID, month, "55")
    written.whole(GRID[:12], month)
    db.commit()
    return month


def objection(**of: str | int) -> dict[str, Any]:
    return item("appraisal_objection", body={"said": "10月9日晨会我在场", **of})


def test_apr_1_an_objection_to_a_month_waits_for_its_answer(
    handset: Handset, db: Session, october: date
) -> None:
    [first] = handset.results(objection(month="2026-10"))
    assert (first["status"], first["facts"]["month"]) == ("created", "2026-10")
    [second, none, no_year] = handset.results(
        objection(month="2026-10"), objection(month="2026-09"), objection(year=2026)
    )
    assert told(second) == ("rejected", "appraisal.objection_waiting")
    assert told(none) == told(no_year) == ("rejected", "appraisal.nothing_to_object_to")
    assert count(db, AppraisalObjection) == 1
    [shown] = [each for each in pull_all(handset)[0] if each["kind"] == "month_appraisal"]
    assert (shown["id"], shown["body"]["result"]) == ("2026-10", "fail")


def test_single_records_are_the_same_commands_and_ids(
    handset: Handset, proposal: ConductProposal, penalty: Penalty, october: date, today: date
) -> None:
    sent = {
        "/v1/appraisal-objections": objection(month="2026-10"),
        "/v1/proposal-answers": answer(proposal.id),
        "/v1/penalty-appeals": appeal(penalty.id),
        "/v1/resignations": resignation(today + timedelta(days=60)),
    }
    for path, record in sent.items():
        alone = handset.alone(path, record)
        assert (alone.status_code, alone.json()["status"]) == (201, "created"), alone.text
        [again] = handset.results(record)
        assert (again["status"], again["facts"]) == ("duplicate", alone.json()["facts"])
    refused = handset.alone("/v1/penalty-appeals", appeal(penalty.id))
    assert (refused.status_code, refused.json()["code"]) == (409, "penalty.appealed_already")
    nobody = handset.alone("/v1/proposal-answers", answer(uuid7(clock.now())))
    assert (nobody.status_code, nobody.json()["code"]) == (404, "request.not_found")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("proposal_answer", {"proposal_id": "x", "said": SAID}),
        ("proposal_answer", {"proposal_id": "0199d2f0-0000-7000-8000-000000000001", "said": ""}),
        ("proposal_answer", {"proposal_id": "0199d2f0-0000-7000-8000-000000000001",
                             "said": "nul\x00"}),
        ("penalty_appeal", {"penalty_id": None, "said": SAID}),
        ("penalty_appeal", {"penalty_id": "0199d2f0-0000-7000-8000-000000000001", "said": SAID,
                            "photos": ["not a digest"]}),
        ("appraisal_objection", {"said": SAID}),
        ("appraisal_objection", {"said": SAID, "month": "2026-10", "year": 2026}),
        ("appraisal_objection", {"said": SAID, "month": "2026-13"}),
        ("appraisal_objection", {"said": SAID, "year": 10**30}),
        ("resignation", {"said": SAID, "last_day": "0001-01-01"}),
        ("resignation", {"said": SAID, "last_day": "2026-13-01"}),
        ("resignation", {"said": SAID}),
    ],
)  # fmt: skip
def test_bodies_out_of_form_are_set_aside(
    handset: Handset, clock_set: None, kind: str, body: dict[str, Any]
) -> None:
    [found] = handset.results(item(kind, body=body))
    assert told(found) == ("rejected", "item_malformed")
