"""Payrolls: computed, approved, closed, in their order (PAY-1 to PAY-4, CON-3)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.db.engine import make_sessions
from app.db.models import ApprovalCase, Change, OutboxEvent, PayStatement
from app.kit.clock import day_start
from app.pay.computing import compute_payroll
from app.rules.conduct import PenaltyKind
from app.rules.pay import StandardKind
from tests.api.station import refused
from tests.pay.desk import (
    APRIL,
    FIFTH,
    FIRST,
    FOURTH,
    MARCH,
    MAY,
    SECOND,
    SIXTH,
    THIRD,
    PayDesk,
    after,
)

WAGE, PERFORMANCE = StandardKind


def test_pay_1_to_3_con_3_a_month_line_by_line(desk: PayDesk) -> None:
    """What each of six workers is paid for March 2026, which has 22 duty dates."""
    desk.standards()
    desk.penalty(SECOND, PenaltyKind.WARNING, date(2026, 3, 31))
    desk.penalty(THIRD, PenaltyKind.DEMERIT, date(2026, 3, 18))
    desk.posted(FOURTH, date(2026, 3, 23), None)
    desk.posted(FIFTH, date(2026, 1, 1), date(2026, 3, 13))
    desk.away(SIXTH, date(2026, 3, 6), date(2026, 3, 9))
    desk.appraised(MARCH)
    payroll = desk.compute(MARCH)
    assert [desk.sums(MARCH, grid) for grid in (FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH)] == [
        ("2200.00", "1200.00", "0.00", "3400.00"),
        ("2200.00", "1100.00", "0.00", "3300.00"),
        ("2200.00", "0.00", "0.00", "2200.00"),
        ("700.00", "381.82", "0.00", "1081.82"),
        ("1000.00", "545.45", "0.00", "1545.45"),
        ("2000.00", "1090.91", "0.00", "3090.91"),
    ]
    assert (payroll["state"], payroll["workers"]) == ("computed", 6)
    assert (payroll["base"], payroll["performance"]) == ("10300.00", "4318.18")
    assert (payroll["corrections"], payroll["total"]) == ("0.00", "14618.18")
    shown = desk.statement(MARCH, THIRD)
    assert [
        (line["kind"], line["amount"], line["rule"], line["clause"]) for line in shown["lines"]
    ] == [
        ("base", "2200.00", "PAY-1", "五5"),
        ("performance", "1200.00", "PAY-2", "五3, 四"),
        ("penalty", "-1200.00", "CON-3", "四(三)"),
    ]
    assert (shown["result"], shown["because"]["appraisal"]["decided"]) == ("fail", "pass")
    assert desk.statement(MARCH, SIXTH)["because"]["absent"] == ["2026-03-06", "2026-03-09"]


def test_pay_3_amounts_that_change_in_mid_month_count_by_date(desk: PayDesk) -> None:
    desk.standards(
        ("2200.00", WAGE, date(2026, 1, 1)),
        ("2420.00", WAGE, date(2026, 3, 16)),
        ("1100.00", PERFORMANCE, date(2026, 1, 1)),
        ("1210.00", PERFORMANCE, date(2026, 3, 31)),
    )
    desk.appraised(MARCH, SECOND)
    desk.posted(THIRD, date(2026, 3, 16), None)
    desk.compute(MARCH)
    assert desk.sums(MARCH, FIRST) == ("2320.00", "1105.00", "0.00", "3425.00")
    assert desk.sums(MARCH, SECOND) == ("2320.00", "0.00", "0.00", "2320.00")
    assert desk.sums(MARCH, THIRD) == ("1320.00", "605.00", "0.00", "1925.00")
    because = desk.statement(MARCH, FIRST)["because"]
    assert because["minimum_wage"] == [
        {"amount": "2200.00", "dates": 10},
        {"amount": "2420.00", "dates": 12},
    ]


def test_pay_4_computed_approved_closed_and_told(desk: PayDesk) -> None:
    desk.standards()
    desk.appraised(MARCH)
    payroll = desk.compute(MARCH)
    digest = payroll["digest"]
    assert refused(desk.close(MARCH, digest)) == (409, "pay.not_approved")
    assert refused(desk.decide(MARCH, "0" * 64)) == (409, "pay.digest_differs")
    assert desk.get("/me/pay-statements", FIRST).json()["items"] == []
    approved = desk.decide(MARCH, digest).json()
    assert (approved["state"], approved["digest"]) == ("approved", digest)
    assert refused(desk.decide(MARCH, digest)) == (409, "approvals.case_closed")
    assert desk.compute(MARCH) == approved
    assert refused(desk.close(MARCH, "0" * 64)) == (409, "pay.digest_differs")
    closed = desk.close(MARCH, digest).json()
    assert (closed["state"], closed["total"]) == ("closed", "20400.00")
    assert refused(desk.close(MARCH, digest)) == (409, "pay.closed")
    again = desk.post("/payrolls", {"month": "2026-03"})
    assert refused(again) == (409, "pay.closed")
    [mine] = desk.get("/me/pay-statements", FIRST).json()["items"]
    assert (mine["month"], mine["total"]) == ("2026-03", "3400.00")
    told = desk.db.scalars(select(Change).where(Change.kind == "pay_statement")).all()
    assert {change.worker_id for change in told} == set(desk.client.city.workers.values())
    [own] = [change for change in told if change.worker_id == desk.worker(FIRST)]
    assert own.body == desk.get("/me/pay-statements/2026-03", FIRST).json()
    acts = desk.db.scalars(
        select(OutboxEvent.name).where(OutboxEvent.name.like("payroll.%")).order_by(OutboxEvent.id)
    ).all()
    assert acts == ["payroll.computed", "payroll.approved", "payroll.closed"]


def test_pay_4_a_closed_month_is_walled_off_by_the_database_too(desk: PayDesk) -> None:
    desk.standards()
    desk.paid(MARCH)
    statement = desk.db.scalars(select(PayStatement).limit(1)).one()
    statement.duty += 1
    with pytest.raises(ProgrammingError, match="closed"):
        desk.db.flush()
    desk.db.rollback()


def test_pay_4_what_changed_since_computing_is_neither_approved_nor_closed(desk: PayDesk) -> None:
    desk.standards()
    desk.appraised(MARCH)
    seen = desk.compute(MARCH)
    desk.penalty(FIRST, PenaltyKind.WARNING, date(2026, 3, 20))
    assert refused(desk.decide(MARCH, seen["digest"])) == (409, "pay.stale")
    anew = desk.compute(MARCH)
    assert (anew["id"], anew["total"]) == (seen["id"], "20300.00")
    assert anew["case_id"] != seen["case_id"]
    assert refused(desk.decide(MARCH, seen["digest"])) == (409, "pay.digest_differs")
    assert desk.decide(MARCH, anew["digest"]).status_code == 200
    desk.away(SECOND, date(2026, 3, 2), date(2026, 3, 2))
    assert refused(desk.close(MARCH, anew["digest"])) == (409, "pay.stale")
    desk.paid_again(MARCH)
    states = desk.db.execute(
        select(ApprovalCase.state).order_by(ApprovalCase.opened_at, ApprovalCase.id)
    )
    assert sorted(state.value for (state,) in states) == ["approved", "approved", "withdrawn"]


def test_pay_4_a_refusal_ends_it_until_it_is_computed_again(desk: PayDesk) -> None:
    desk.standards()
    desk.appraised(MARCH)
    digest = desk.compute(MARCH)["digest"]
    assert desk.decide(MARCH, digest, "refused").status_code == 422
    said = desk.decide(MARCH, digest, "refused", reason="数据待核")
    assert (said.status_code, said.json()["state"]) == (200, "computed")
    assert refused(desk.decide(MARCH, digest)) == (409, "approvals.case_closed")
    desk.paid_again(MARCH)


def test_pay_4_an_open_month_waits(desk: PayDesk) -> None:
    desk.standards()
    over = day_start(APRIL)
    desk.at(over - timedelta(seconds=1))
    early = desk.post("/payrolls", {"month": "2026-03"})
    assert refused(early) == (409, "pay.month_open")
    assert early.json()["facts"]["from"] == "2026-04-01T00:00:00+08:00"
    desk.at(over)
    digest = desk.compute(MARCH)["digest"]
    assert desk.decide(MARCH, digest).status_code == 200
    desk.at(over + timedelta(hours=72) - timedelta(seconds=1))
    assert refused(desk.close(MARCH, digest)) == (409, "pay.month_open")
    desk.at(over + timedelta(hours=72))
    waiting = desk.close(MARCH, digest)
    assert refused(waiting) == (409, "pay.appraisals_open")
    assert waiting.json()["facts"] == {
        "communities": ["510185001001", "510185001002", "510185002001"],
        "count": 3,
    }
    shown = desk.get("/payrolls/2026-03").json()
    assert (len(shown["open_communities"]), shown["clause"]) == (3, "五4")
    desk.appraised(MARCH)
    assert refused(desk.close(MARCH, digest)) == (409, "pay.stale")
    desk.paid_again(MARCH)
    assert desk.get("/payrolls/2026-03").json()["open_communities"] == []


def test_pay_4_months_are_closed_in_their_order(desk: PayDesk) -> None:
    desk.standards()
    desk.appraised(MARCH)
    desk.compute(MARCH)
    desk.at(after(MAY))
    desk.appraised(MAY)
    digest = desk.compute(MAY)["digest"]
    desk.decide(MAY, digest)
    blocked = desk.close(MAY, digest)
    assert refused(blocked) == (409, "pay.out_of_order")
    assert blocked.json()["facts"]["first"] == "2026-03"
    desk.paid_again(MARCH)
    assert desk.get("/payrolls/2026-05").json()["to_be_closed_first"] == "2026-04"
    desk.paid(APRIL)
    desk.at(after(MAY))
    desk.paid_again(MAY)
    early = desk.post("/payrolls", {"month": "2026-02"})
    assert refused(early) == (409, "pay.passed_over")
    months = [row["month"] for row in desk.get("/payrolls").json()["items"]]
    assert months == ["2026-05", "2026-04", "2026-03"]


def test_pay_4_computing_again_doubles_nothing(desk: PayDesk) -> None:
    desk.standards()
    desk.appraised(MARCH)
    desk.compute(MARCH)
    before = desk.rows()
    desk.at(after(MARCH) + timedelta(hours=1))
    desk.compute(MARCH)
    assert desk.rows() == before


def killed_after_writing(session: Session) -> None:
    """All is written, and nothing committed."""
    compute_payroll(session, APRIL, None, after(APRIL))
    raise KeyboardInterrupt


def test_pay_4_an_interrupted_run_leaves_nothing_and_is_run_again(desk: PayDesk) -> None:
    desk.standards()
    desk.paid(MARCH)
    desk.at(after(APRIL))
    desk.appraised(APRIL, FIRST)
    before, seen = desk.rows(), []

    def interrupted(done: int, of: int) -> None:
        seen.append((done, of))
        if done == of:
            raise KeyboardInterrupt

    sessions = make_sessions(desk.api.state.engine)
    with pytest.raises(KeyboardInterrupt), sessions.begin() as session:
        compute_payroll(session, APRIL, None, after(APRIL), interrupted)
    with pytest.raises(KeyboardInterrupt), sessions.begin() as session:
        killed_after_writing(session)
    assert (seen, desk.rows()) == ([(1, 2), (2, 2)], before)
    desk.paid_again(APRIL)
    assert desk.sums(APRIL, FIRST) == ("2200.00", "0.00", "0.00", "2200.00")


def test_pay_1_without_a_standard_nothing_is_computed(desk: PayDesk) -> None:
    desk.standards(("2200.00", WAGE, date(2026, 3, 3)), ("1200.00", PERFORMANCE, date(2026, 3, 1)))
    answer = desk.post("/payrolls", {"month": "2026-03"})
    assert refused(answer) == (409, "pay.standard_lacking")
    assert answer.json()["facts"] == {"kind": "minimum_wage", "day": "2026-03-02"}
    assert desk.rows() == []


def test_pay_4_a_month_without_anybody_has_no_payroll(desk: PayDesk) -> None:
    nobody = desk.post("/payrolls", {"month": "2018-01"})
    assert refused(nobody) == (409, "pay.nobody")
    assert nobody.json()["facts"] == {"month": "2018-01"}
    assert desk.get("/payrolls").json()["items"] == []
