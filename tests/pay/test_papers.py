"""Registers, reports and statements as files and pages; who sees what (PAY-3, PAY-4)."""

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

from httpx import Response
from openpyxl import load_workbook
from sqlalchemy import select

from app.db.engine import make_sessions
from app.db.models import ApprovalCase, Payroll, Worker
from app.pay.computing import compute_payroll
from app.pay.feed import for_handset
from app.rules.appraisal import Result
from app.rules.conduct import PenaltyKind
from app.rules.pay import StandardKind
from tests.api.station import refused
from tests.pay.desk import (
    APRIL,
    CENTRE,
    FIFTH,
    FIRST,
    FOURTH,
    MARCH,
    SECOND,
    SIXTH,
    THIRD,
    PayDesk,
    after,
)

WAGE, PERFORMANCE = StandardKind
HOSTILE = "<script>alert(1)</script>=1+1"


def rows_of(answer: Response) -> list[list[str]]:
    """Of a CSV file."""
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_pay_4_the_register_adds_up_to_the_fen(desk: PayDesk) -> None:
    desk.standards()
    desk.posted(FOURTH, date(2026, 3, 23), None)
    desk.penalty(SECOND, PenaltyKind.WARNING, date(2026, 3, 18))
    desk.appraised(MARCH)
    total = desk.compute(MARCH)["total"]
    [*_, last] = rows = rows_of(desk.get("/payrolls/2026-03/register", "finance", format="csv"))
    assert (last[0], last[8], len(rows)) == ("合计", total, 8)
    for column in (5, 6, 7, 8):
        assert sum(Decimal(row[column]) for row in rows[1:-1]) == Decimal(last[column])
    answer = desk.get("/payrolls/2026-03/register", unit="510185001")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values[0][:2] == ["社区代码", "姓名"]
    sums = [sum(Decimal(str(row[8])) for row in values[1:-1]), Decimal(str(values[-1][8]))]
    assert sums == [Decimal(total) - 3400, Decimal(total) - 3400]
    assert sheet.cell(2, 9).number_format == "#,##0.00"
    assert isinstance(sheet.cell(2, 9).value, int | float)
    listed = desk.get("/payrolls/2026-03/statements", unit="510185001001", limit=2).json()
    following = desk.get(
        "/payrolls/2026-03/statements",
        unit="510185001001",
        limit=2,
        cursor=listed["next_cursor"],
    ).json()
    totals = [row["total"] for row in listed["items"] + following["items"]]
    assert (totals, following["next_cursor"]) == (["3400.00", "3300.00", "3400.00"], None)


def test_pay_3_the_report_to_finance(desk: PayDesk) -> None:
    desk.standards(
        ("2200.00", WAGE, date(2026, 1, 1)),
        ("2420.00", WAGE, date(2026, 3, 31)),
        ("1100.00", PERFORMANCE, date(2026, 1, 1)),
    )
    desk.posted(FOURTH, date(2026, 3, 23), None)
    desk.posted(FIFTH, date(2026, 1, 1), date(2026, 3, 13))
    desk.posted(SIXTH, date(2026, 1, 1), date(2026, 3, 31))
    desk.away(THIRD, date(2026, 3, 6), date(2026, 3, 9))
    desk.posted(SECOND, date(2026, 1, 1), date(2026, 3, 10))
    desk.moved(SECOND, "510185001002", date(2026, 3, 11))
    desk.appraised(MARCH)
    desk.compute(MARCH)
    shown = desk.get("/payrolls/2026-03/report", "finance").json()
    assert (shown["joined"], shown["left"], shown["absent"]) == (1, 2, 1)
    assert (shown["before"]["workers"], shown["before"]["monthly"]) == (5, "16500.00")
    assert (shown["after"]["workers"], shown["after"]["monthly"]) == (5, "17600.00")
    assert (shown["change"], shown["by_workers"], shown["by_standards"]) == (
        "1100.00", "0.00", "1100.00",
    )  # fmt: skip
    moved = {item["worker_id"]: item for item in shown["items"]}
    assert str(desk.worker(SECOND)) not in moved
    joined, left = moved[str(desk.worker(FOURTH))], moved[str(desk.worker(FIFTH))]
    assert (joined["movements"], joined["budget_change"]) == (["joined"], "1060.00")
    assert (left["movements"], left["employed"], left["last_day"]) == (["left"], 10, "2026-03-13")
    assert left["budget_change"] == "-1810.00"
    assert moved[str(desk.worker(SIXTH))]["budget_change"] == "0.00"
    absent = moved[str(desk.worker(THIRD))]
    assert (absent["movements"], absent["absent"]) == (["absent"], 2)
    assert (absent["budget_change"], absent["clause"]) == ("-300.00", "五4")
    rows = rows_of(desk.get("/payrolls/2026-03/report", format="csv"))
    assert (len(rows), rows[-1][0], rows[-1][9]) == (6, "合计", "-1050.00")


def test_pay_4_the_report_of_a_closed_month_is_the_one_that_finance_was_sent(
    desk: PayDesk,
) -> None:
    desk.standards()
    desk.posted(FIFTH, date(2026, 1, 1), date(2026, 3, 13))
    desk.paid(MARCH)
    sent = desk.get("/payrolls/2026-03/report", "finance").json()
    assert (sent["state"], sent["left"]) == ("closed", 1)
    desk.posted(FIFTH, date(2026, 1, 1), date(2026, 3, 20))
    desk.posted(FOURTH, date(2026, 1, 1), date(2026, 3, 20))
    assert desk.get("/payrolls/2026-03/report", "finance").json() == sent
    assert desk.get("/payrolls/2026-03/recomputation").json()["items"]


def test_pay_3_who_left_and_came_back_in_one_month_did_both(desk: PayDesk) -> None:
    desk.standards()
    desk.posted(FIRST, date(2026, 1, 1), date(2026, 3, 13))
    desk.moved(FIRST, FIRST[:12], date(2026, 3, 23))
    desk.appraised(MARCH)
    desk.compute(MARCH)
    shown = desk.get("/payrolls/2026-03/report", "finance").json()
    assert (shown["joined"], shown["left"], shown["absent"]) == (1, 1, 0)
    [item] = shown["items"]
    assert (item["movements"], item["employed"]) == (["joined", "left"], 17)
    assert item["budget_change"] == "-772.73"


def test_pay_the_page_says_how_each_line_was_worked_out(desk: PayDesk) -> None:
    desk.standards()
    desk.db.get_one(Worker, desk.worker(FIRST)).name = HOSTILE
    desk.penalty(FIRST, PenaltyKind.WARNING, date(2026, 3, 18))
    desk.away(FIRST, date(2026, 3, 6), date(2026, 3, 6))
    desk.appraised(MARCH)
    digest = desk.compute(MARCH)["digest"]
    path = f"/payrolls/2026-03/statements/{desk.worker(FIRST)}/page"
    draft = desk.get(path).text
    assert "草稿，尚未批准" in draft
    assert refused(desk.get("/me/pay-statements/2026-03/page", FIRST))[0] == 404
    desk.decide(MARCH, digest)
    assert desk.close(MARCH, digest).status_code == 200
    desk.revised(FIRST, MARCH, Result.FAIL)
    desk.paid(APRIL)
    answer = desk.get("/me/pay-statements/2026-03/page", FIRST)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    for said in (
        "简阳市专职网格员工资单 2026年3月",
        "（2200.00 × 21） ÷ 22个应出勤日",
        "（1200.00 × 21） ÷ 22个应出勤日 × 1（合格）",
        "警告，2026-03-18 决定",
        "四(三)（CON-3）",
        "-100.00",
        "3145.45",
        "离岗：2026-03-06",
        "本月绩效工资已在2026年4月工资单第3行更正 -1045.45 元。",
        "&lt;script&gt;",
        "已关闭",
    ):
        assert said in answer.text, said
    assert "<script>" not in answer.text
    headers = desk.client.as_(FIRST) | {"Accept-Language": "en"}
    english = desk.client.http.get("/v1/me/pay-statements/2026-04/page", headers=headers).text
    assert "Pay statement of a grid worker, 2026-04" in english
    assert "2026-03, performance pay: due 0.00, paid 1045.45; appraisal: Pass → Fail" in english


def test_pay_who_sees_what(desk: PayDesk) -> None:
    desk.standards()
    desk.paid(MARCH)
    one = f"/payrolls/2026-03/statements/{desk.worker(FIRST)}"
    paths = ("/payrolls", "/payrolls/2026-03", "/payrolls/2026-03/statements", one, f"{one}/page",
             "/payrolls/2026-03/register", "/payrolls/2026-03/report",
             "/payrolls/2026-03/recomputation")  # fmt: skip
    for path in paths:
        assert [desk.get(path, who).status_code for who in (CENTRE, "finance")] == [200, 200], path
        for who in ("township", "station_lead", FIRST):
            assert refused(desk.get(path, who)) == (403, "auth.forbidden")
    for who in ("finance", "leading_group_office", "township", FIRST):
        for path, body in {
            "/payrolls": {"month": "2026-04"},
            "/payrolls/2026-03/decision": {"outcome": "passed", "digest": "0" * 64},
            "/payrolls/2026-03/close": {"digest": "0" * 64},
        }.items():
            assert refused(desk.post(path, body, who)) == (403, "auth.forbidden")
    mine = desk.get("/me/pay-statements/2026-03", FIRST).json()
    assert mine["worker_id"] == str(desk.worker(FIRST))
    assert refused(desk.get("/me/pay-statements", CENTRE)) == (403, "auth.forbidden")
    assert [key for key, _ in for_handset(desk.db, desk.worker(FIRST))] == ["2026-03"]
    assert for_handset(desk.db, desk.worker(FIRST))[0][1] == mine


MISSING, MALFORMED = (404, "request.not_found"), (422, "request.malformed")
BAD_CURSOR = (422, "request.bad_cursor")
ADDRESSES = {
    "/payrolls/2026-02": MISSING,
    "/payrolls/2026-02/register": MISSING,
    "/payrolls/2026-02/statements": MISSING,
    "/payrolls/2026-02/report": MISSING,
    "/payrolls/2026-13": MALFORMED,
    "/payrolls/2017-08": MALFORMED,
    "/payrolls/0001-01": MALFORMED,
    "/payrolls/2026-03-01": MALFORMED,
    "/payrolls/٢٠٢٦-03": MALFORMED,
    "/payrolls/2026-03%00": MALFORMED,
    "/payrolls?cursor=%00": BAD_CURSOR,
    "/payrolls?cursor=WyJ4Il0": BAD_CURSOR,
    "/payrolls/2026-03/statements?cursor=WyIyMDI2LTAzIl0": BAD_CURSOR,
    "/payrolls/2026-03/statements?cursor=WyJhIiwiYiIsImMiXQ": BAD_CURSOR,
    "/payrolls/2026-03/statements?unit=511": MALFORMED,
    "/payrolls/2026-03/statements?unit=510186": MISSING,
    "/payrolls/2026-03/register?unit=510186": MISSING,
    "/payrolls/2026-03/register?format=json": MALFORMED,
    "/payrolls/2026-03/statements/x": MALFORMED,
}
NO_MONTHS: list[object] = [None, 202603, {}, "2026-3", "2026-00", "２０２６-03", "2026-03 "]


def test_pay_bad_addresses_and_bodies_are_refused(desk: PayDesk) -> None:
    desk.standards()
    desk.appraised(MARCH)
    desk.compute(MARCH)
    headers = desk.client.as_(CENTRE)
    for path, expected in ADDRESSES.items():
        answer = desk.client.http.get(f"/v1{path}", headers=headers)
        assert refused(answer) == expected, path
    for month in NO_MONTHS:
        assert refused(desk.post("/payrolls", {"month": month})) == MALFORMED, month
    for body in ({}, {"digest": "x"}, {"digest": "0" * 64, "more": 1}):
        assert refused(desk.post("/payrolls/2026-03/close", body)) == MALFORMED
    assert refused(desk.decide(MARCH, "0" * 64, "maybe")) == MALFORMED


def test_pay_4_two_who_compute_and_close_at_once_do_it_once(desk: PayDesk) -> None:
    desk.standards()
    desk.appraised(MARCH)
    both = Barrier(2)
    sessions, digests = make_sessions(desk.api.state.engine), []

    def compute() -> None:
        both.wait()
        with sessions.begin() as session:
            digests.append(compute_payroll(session, MARCH, None, after(MARCH)).digest)

    _at_once(compute)
    assert (len(digests), len(set(digests))) == (2, 1)
    assert len(desk.db.scalars(select(ApprovalCase)).all()) == 1
    digest = desk.compute(MARCH)["digest"]
    desk.decide(MARCH, digest)
    statuses: list[int] = []
    desk.client.as_(CENTRE)

    def close() -> None:
        both.wait()
        statuses.append(desk.close(MARCH, digest).status_code)

    _at_once(close)
    assert sorted(statuses) == [200, 409]
    desk.db.expire_all()
    assert desk.db.get_one(Payroll, MARCH).closed_at == after(MARCH)


def _at_once(act: Callable[[], None]) -> None:
    threads = [Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
