"""What offices do every month of the year: appraise, confirm, close, pay; standards and words."""

from datetime import date
from decimal import Decimal

from tests.year.desk import Desk, month_name
from tests.year.duty import YEAR
from tests.year.people import COMMUNITIES
from tests.year.script import WORDS, Objection
from tests.year.town import CENTRE, CENTRE_2, TOWNSHIPS


def set_standard(desk: Desk, kind: str, amount: Decimal, since: date) -> None:
    """The centre sets an amount from a date on."""
    body = {"kind": kind, "amount": f"{amount:.2f}", "effective_from": since.isoformat()}
    desk.post(CENTRE, "/pay-standards", {**body, "reason": "市政府确定"})


def set_value(desk: Desk, name: str, value: float, since: date) -> None:
    """The centre sets a parameter from a date on."""
    body = {"name": name, "value": value, "effective_from": since.isoformat()}
    desk.post(CENTRE, "/parameters", {**body, "reason": "年度工作安排"})


def pay(desk: Desk, month: date) -> None:
    """One of the centre's accounts computes, another one approves, the first one closes."""
    name = month_name(month)
    digest = desk.post(CENTRE, "/payrolls", {"month": name})["digest"]
    decision = {"outcome": "passed", "digest": digest}
    desk.post(CENTRE_2, f"/payrolls/{name}/decision", decision)
    desk.post(CENTRE, f"/payrolls/{name}/close", {"digest": digest})


def place(community: str, month: date) -> str:
    """Where a community's month is."""
    return f"/appraisal-months/{community}/{month_name(month)}"


def appraise(desk: Desk, month: date) -> None:
    """The stations have the month computed from its records."""
    for community in COMMUNITIES:
        desk.post(community, f"{place(community, month)}/computation")


def confirm(desk: Desk, month: date) -> None:
    """The stations give their word: as proposed, but where they know better."""
    for community in COMMUNITIES:
        path = place(community, month)
        results = [
            {"worker_id": str(desk.worker(who)), "result": result.value, "reason": "季度专项未完成"}
            for (who, of), result in WORDS.items()
            if of == month and desk.community(who, month) == community
        ]
        body = {"digest": desk.get(community, path)["digest"], "results": results}
        desk.post(community, f"{path}/confirmation", body)


def close(desk: Desk, month: date) -> None:
    """The townships close it."""
    for community in COMMUNITIES:
        path, township = place(community, month), community[:9]
        body = {"passed": True, "digest": desk.get(township, path)["digest"]}
        desk.post(township, f"{path}/closing", body)


def object_to(desk: Desk, objection: Objection) -> None:
    """The worker does, from the handset."""
    body = {"month": month_name(objection.month), "said": "当月借调参加专项工作，请核实"}
    desk.record(objection.who, "/appraisal-objections", body)


def answer(desk: Desk, objection: Objection) -> None:
    """The township does."""
    township = desk.community(objection.who, objection.made_on)[:9]
    found = desk.get(township, "/appraisal-objections", limit=100)["items"]
    worker = str(desk.worker(objection.who))
    (key,) = [one["id"] for one in found if one["worker_id"] == worker]
    word = {"upheld": objection.upheld, "reason": "已核实借调文件"}
    body = {**word, "result": "pass"} if objection.upheld else word
    desk.post(township, f"/appraisal-objections/{key}/decision", body)


def grade_years(desk: Desk) -> None:
    """The townships have the year's grades computed by rule."""
    for township in TOWNSHIPS:
        desk.post(township, "/annual-appraisals/computations", {"year": YEAR, "unit": township})
