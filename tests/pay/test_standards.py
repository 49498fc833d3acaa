"""Minimum wage and performance standard over HTTP (PAY-1, PAY-2)."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.db.models import OutboxEvent, PayStandard
from tests.api.station import refused
from tests.pay.desk import CENTRE, FIRST, MARCH, PayDesk, after

TODAY = date(2026, 4, 10)


def wage(amount: object = "2330.00", since: date | str = TODAY, **more: Any) -> dict[str, Any]:
    """A minimum wage as the centre writes it."""
    body = {"kind": "minimum_wage", "amount": amount, "effective_from": str(since)}
    return body | {"reason": "川府发〔2026〕12号"} | more


def test_pay_1_in_force_by_date_and_never_edited(desk: PayDesk) -> None:
    first = desk.post("/pay-standards", wage("2100", "2025-07-01"))
    assert (first.status_code, first.json()["amount"]) == (201, "2100.00")
    past = desk.post("/pay-standards", wage(since=TODAY - timedelta(days=1)))
    assert refused(past) == (422, "pay.standard_in_the_past")
    assert past.json()["facts"] == {"earliest": "2026-04-10", "since": "2025-07-01"}
    assert desk.post("/pay-standards", wage("2200.5")).status_code == 201
    desk.at(after(MARCH) + timedelta(minutes=1))
    assert desk.post("/pay-standards", wage("2230.00")).status_code == 201
    assert desk.post("/pay-standards", wage("2500.00", "2026-05-01")).status_code == 201
    in_force = {
        str(day): desk.get("/pay-standards", on=str(day)).json()["minimum_wage"]
        for day in (date(2025, 6, 30), TODAY - timedelta(days=1), TODAY, date(2026, 5, 1))
    }
    assert {day: row and row["amount"] for day, row in in_force.items()} == {
        "2025-06-30": None,
        "2026-04-09": "2100.00",
        "2026-04-10": "2230.00",
        "2026-05-01": "2500.00",
    }
    shown = desk.get("/pay-standards", "finance").json()
    assert (shown["on"], shown["performance"]) == ("2026-04-10", None)
    assert [row["amount"] for row in shown["history"]] == [
        "2500.00", "2230.00", "2200.50", "2100.00",
    ]  # fmt: skip
    said = desk.db.scalars(
        select(OutboxEvent).where(OutboxEvent.name == "payroll.standard_set").limit(1)
    ).one()
    assert said.facts == {
        "kind": "minimum_wage",
        "amount": "2100.00",
        "effective_from": "2025-07-01",
    }


NO_STANDARDS: list[dict[str, Any]] = [
    {"amount": "-0.01"},
    {"amount": "2200.005"},
    {"amount": "100000000.00"},
    {"amount": "NaN"},
    {"amount": "Infinity"},
    {"amount": "1e400"},
    {"amount": None},
    {"amount": "two"},
    {"kind": "bonus"},
    {"effective_from": "2017-08-31"},
    {"effective_from": "2100-01-01"},
    {"effective_from": "0001-01-01"},
    {"reason": ""},
    {"reason": "a\x00b"},
    {"more": 1},
]


def test_pay_1_what_is_no_standard_is_refused(desk: PayDesk) -> None:
    for changes in NO_STANDARDS:
        answer = desk.post("/pay-standards", wage() | changes)
        assert refused(answer) == (422, "request.malformed"), changes
    assert desk.db.scalars(select(PayStandard)).all() == []


def test_pay_1_only_the_centre_sets_them_and_only_some_see_them(desk: PayDesk) -> None:
    for who in ("finance", "leading_group_office", "township", "station_lead", FIRST):
        assert refused(desk.post("/pay-standards", wage(), who)) == (403, "auth.forbidden")
    for who, status in {CENTRE: 200, "finance": 200, "leading_group_office": 200,
                        "township": 403, "station_lead": 403, FIRST: 403}.items():  # fmt: skip
        assert desk.get("/pay-standards", who).status_code == status
