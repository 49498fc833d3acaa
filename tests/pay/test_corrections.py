"""Closed months never change; what they would come to now is settled in later ones (PAY-4)."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.kit.clock import day_start
from app.rules.appraisal import Result
from app.rules.conduct import PenaltyKind
from tests.api.station import refused
from tests.pay.desk import APRIL, FIRST, MARCH, MAY, SECOND, THIRD, PayDesk, after

WARNING, DEMERIT, DISMISSAL = PenaltyKind


@pytest.fixture
def march(desk: PayDesk) -> PayDesk:
    """March is paid; the first worker passed, the second failed."""
    desk.standards()
    desk.paid(MARCH, SECOND)
    return desk


def corrections(desk: PayDesk, month: date, grid: str) -> list[tuple[str, str, str]]:
    """Of a statement: the month, the part and the amount of each."""
    return [
        (line["corrects"], line["because"]["part"], line["amount"])
        for line in desk.statement(month, grid)["lines"]
        if line["kind"] == "correction"
    ]


def test_pay_4_a_revised_result_is_a_line_of_the_next_month_and_only_once(march: PayDesk) -> None:
    closed = march.statement(MARCH, SECOND)
    march.at(after(MARCH) + timedelta(days=5))
    march.revised(SECOND, MARCH, Result.PASS)
    march.paid(APRIL)
    assert march.sums(APRIL, SECOND) == ("2200.00", "1200.00", "1200.00", "4600.00")
    [line] = [each for each in march.statement(APRIL, SECOND)["lines"] if each["corrects"]]
    assert (line["corrects"], line["rule"], line["clause"]) == ("2026-03", "PAY-4", "五4")
    assert line["because"] == {
        "part": "performance",
        "due": "1200.00",
        "paid": "0.00",
        "difference": "1200.00",
        "before": {"result": "fail", "employed": 22, "penalties": []},
        "now": {"result": "pass", "employed": 22, "penalties": []},
    }
    march.paid(MAY)
    assert march.sums(MAY, SECOND) == ("2200.00", "1200.00", "0.00", "3400.00")
    now = march.statement(MARCH, SECOND)
    assert now.pop("corrected_by") == [
        {"month": "2026-04", "number": 3, "part": "performance", "amount": "1200.00"}
    ]
    assert closed.pop("corrected_by") == []
    assert now == closed
    mine = march.get("/me/pay-statements/2026-03", SECOND).json()
    assert mine["corrected_by"][0]["month"] == "2026-04"


def test_con_2_a_demerit_that_is_overturned_after_closing_is_paid_back(desk: PayDesk) -> None:
    desk.standards()
    demerit = desk.penalty(FIRST, DEMERIT, date(2026, 3, 18))
    warning = desk.penalty(SECOND, WARNING, date(2026, 3, 18))
    desk.paid(MARCH)
    desk.overturned(demerit)
    desk.overturned(warning)
    desk.paid(APRIL)
    assert desk.sums(APRIL, FIRST) == ("2200.00", "1200.00", "1200.00", "4600.00")
    assert desk.sums(APRIL, SECOND) == ("2200.00", "1200.00", "100.00", "3500.00")
    desk.overturned(demerit, WARNING)
    desk.paid(MAY)
    assert corrections(desk, MAY, FIRST) == [("2026-03", "performance", "-100.00")]


def test_pay_4_what_there_is_no_room_for_waits(march: PayDesk) -> None:
    """Away in all of March, as it turns out in May; few dates are left to take from."""
    march.posted(FIRST, date(2026, 1, 1), date(2026, 4, 7))
    march.away(FIRST, MARCH, date(2026, 3, 31))
    march.at(after(APRIL))
    march.appraised(APRIL)
    march.compute(APRIL)
    base, performance, _, total = march.sums(APRIL, FIRST)
    assert total == "0.00"
    taken = corrections(march, APRIL, FIRST)
    assert taken == [("2026-03", "base", f"-{float(base) + float(performance):.2f}")]
    waiting = march.statement(APRIL, FIRST)["because"]["waiting"]
    assert [(each["month"], each["part"]) for each in waiting] == [
        ("2026-03", "base"),
        ("2026-03", "performance"),
    ]
    march.paid_again(APRIL)
    march.paid(MAY)
    missing = march.get(f"/payrolls/2026-05/statements/{march.worker(FIRST)}")
    assert refused(missing) == (404, "request.not_found")
    shown = march.get("/payrolls/2026-03/recomputation").json()
    left = sum(float(each["difference"]) for each in shown["items"])
    assert left == pytest.approx(-3400 + float(base) + float(performance))


def test_pay_4_who_left_still_gets_what_is_owed(march: PayDesk) -> None:
    march.posted(SECOND, date(2026, 1, 1), date(2026, 3, 31))
    march.revised(SECOND, MARCH, Result.PASS)
    march.paid(APRIL)
    assert march.sums(APRIL, SECOND) == ("0.00", "0.00", "1200.00", "1200.00")
    found = march.statement(APRIL, SECOND)
    assert (found["employed"], found["duty"], found["result"]) == (0, 21, None)
    assert found["community_code"] == SECOND[:12]


def test_pay_4_a_post_written_down_after_the_closing_is_paid_though_it_ended(
    desk: PayDesk,
) -> None:
    """Of somebody who never had a statement: what is owed has its place in the next month."""
    desk.standards()
    desk.posted(SECOND, date(2026, 6, 1), None)
    desk.paid(MARCH)
    desk.posted(SECOND, MARCH, date(2026, 3, 15))
    desk.paid(APRIL)
    assert desk.sums(APRIL, SECOND) == ("0.00", "0.00", "1545.45", "1545.45")
    assert desk.statement(APRIL, SECOND)["community_code"] == SECOND[:12]
    desk.paid(MAY)
    assert desk.get(f"/payrolls/2026-05/statements/{desk.worker(SECOND)}").status_code == 404


def test_con_3_a_dismissal_takes_the_performance_pay_of_months_not_closed(march: PayDesk) -> None:
    march.at(after(APRIL))
    march.appraised(APRIL)
    march.compute(APRIL)
    assert march.sums(APRIL, FIRST)[1] == "1200.00"
    dismissal = march.penalty(FIRST, DISMISSAL, date(2026, 5, 6))
    march.posted(FIRST, date(2026, 1, 1), date(2026, 5, 6))
    march.paid_again(APRIL)
    assert march.sums(APRIL, FIRST) == ("2200.00", "0.00", "0.00", "2200.00")
    march.paid(MAY)
    [line] = [each for each in march.statement(MAY, FIRST)["lines"] if each["kind"] == "penalty"]
    assert (line["because"]["penalty"], line["rule"]) == (str(dismissal), "CON-3")
    assert march.sums(MAY, FIRST)[1:3] == ("0.00", "0.00")
    assert march.get("/payrolls/2026-03/recomputation").json()["items"] == []


def test_pay_4_recomputation_shows_and_changes_nothing(march: PayDesk) -> None:
    march.revised(SECOND, MARCH, Result.PASS)
    before = march.rows()
    shown: dict[str, Any] = march.get("/payrolls/2026-03/recomputation").json()
    [difference] = shown["items"]
    assert (difference["worker_id"], difference["difference"]) == (
        str(march.worker(SECOND)),
        "1200.00",
    )
    assert (shown["difference"], shown["clause"]) == ("1200.00", "五4")
    assert march.rows() == before
    march.at(day_start(MAY))
    march.compute(APRIL)
    waiting = march.get("/payrolls/2026-04/recomputation")
    assert refused(waiting) == (409, "pay.not_closed")


def test_pay_4_corrections_look_back_so_many_months(march: PayDesk) -> None:
    march.at(day_start(date(2026, 4, 11)))
    body = {
        "name": "pay_correction_months",
        "value": 1,
        "effective_from": "2026-05-01",
        "reason": "x",
    }
    assert march.post("/parameters", body).status_code == 201
    march.paid(APRIL)
    march.revised(SECOND, MARCH, Result.PASS)
    march.at(after(MAY))
    march.appraised(MAY)
    march.compute(MAY)
    assert corrections(march, MAY, SECOND) == []


def test_pay_3_two_units_in_one_month_are_one_statement_at_the_last(desk: PayDesk) -> None:
    desk.standards()
    desk.posted(THIRD, date(2026, 1, 1), date(2026, 3, 15))
    desk.moved(THIRD, "510185001002", date(2026, 3, 16))
    desk.appraised(MARCH)
    assert desk.compute(MARCH)["workers"] == 6
    assert desk.sums(MARCH, THIRD) == ("2200.00", "1200.00", "0.00", "3400.00")
    found = desk.statement(MARCH, THIRD)
    assert found["community_code"] == "510185001002"
    assert [post["unit"] for post in found["because"]["posts"]] == ["510185001001", "510185001002"]


def test_pay_3_two_units_without_a_common_duty_date_are_divided_by_all_dates(
    desk: PayDesk,
) -> None:
    """The centre exempted each of them while somebody was posted there."""
    desk.standards()
    desk.posted(FIRST, date(2026, 1, 1), date(2026, 3, 15))
    desk.moved(FIRST, "510185001002", date(2026, 3, 16))
    for code, days in (("510185001001", range(1, 16)), ("510185001002", range(16, 32))):
        for day in days:
            desk.exempted(code, date(2026, 3, day))
    desk.appraised(MARCH)
    desk.compute(MARCH)
    assert desk.sums(MARCH, FIRST) == ("2200.00", "1200.00", "0.00", "3400.00")
    assert desk.statement(MARCH, FIRST)["duty"] == 31
