"""Two tiers at once, a closed month that somebody would open again, a worker in two units, a value
that changes in mid-month: over HTTP, as offices do it (APR-1, HIRE-1, CON-1)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import chain
from threading import Barrier
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db.models import ApprovalStep, MonthAppraisal, Penalty
from app.rules.meetings import Presence
from tests.api.hiring_desk import VACANT, application, vacate
from tests.api.station import ELSEWHERE, StationDay, refused
from tests.api.test_conduct import OPENED, put_forward
from tests.api.test_conduct import step as decision
from tests.appraisal.facts import COMMUNITY, GRID, NEIGHBOUR, SETTLED, THIRD, StationMonth
from tests.approvals.facts import Offices
from tests.city import City
from tests.conduct.matters import AFTER_TERM, Matters
from tests.conftest import SignedIn

MARCH = f"/appraisal-months/{COMMUNITY}/2026-03"
OVER_THERE = f"/appraisal-months/{ELSEWHERE[:12]}/2026-03"
NO_REASON: dict[str, Any] = {"reason": None, "seen": None}
Act = tuple[str, str, dict[str, Any]]
"""Who, where, with which words."""


@pytest.fixture
def offices(db: Session, client: SignedIn) -> Offices:
    return Offices(db, client.city)


def at_once(station: StationDay, acts: Sequence[Act]) -> list[Response]:
    """Everybody at the same instant."""
    for who, *_ in acts:
        station.client.as_(who)
    together = Barrier(len(acts))

    def act(one: Act) -> Response:
        together.wait()
        return station.post(*one)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def ok(answer: Response) -> dict[str, Any]:
    assert answer.status_code < 300, answer.text
    found: dict[str, Any] = answer.json()
    return found


def confirmed(station: StationDay, who: str = "station_lead", path: str = MARCH) -> dict[str, Any]:
    """Computed and confirmed as computed."""
    digest = ok(station.post(who, f"{path}/computation", {}))["digest"]
    return ok(station.post(who, f"{path}/confirmation", {"digest": digest, "results": []}))


def taken(db: Session, case_id: str) -> list[tuple[int, str]]:
    """The steps that were taken, with their outcomes."""
    db.rollback()
    rows = db.scalars(
        select(ApprovalStep)
        .where(ApprovalStep.case_id == case_id, ApprovalStep.taken_at.is_not(None))
        .order_by(ApprovalStep.number)
    )
    return [(row.number, row.outcome.value) for row in rows if row.outcome is not None]


def test_hire_1_two_tiers_at_once_each_take_their_own_step_in_turn(
    station: StationDay, offices: Offices, db: Session
) -> None:
    offices.add("second_centre", "510185", "command_centre")
    vacate(db, offices.city.workers[VACANT])
    station.at(datetime(2026, 3, 18, 10, tzinfo=UTC))
    case = ok(station.post("township", "/recruitment-applications", application()))["case_id"]
    path = f"/approvals/{case}/steps"
    passed, no = {"outcome": "passed", **NO_REASON}, {"outcome": "refused", "reason": "材料不全"}
    centre, second, office = at_once(
        station,
        [
            ("command_centre", path, {"step": 2, **passed}),
            ("second_centre", path, {"step": 2, **no}),
            ("leading_group_office", path, {"step": 3, **passed}),
        ],
    )
    assert sorted([centre.status_code, second.status_code]) == [200, 409]
    steps = taken(db, case)
    if second.status_code == 200:
        assert office.status_code in {403, 409}
        assert steps == [(1, "passed"), (2, "refused")]
    else:
        assert refused(second) == (409, "approvals.step_taken")
        assert office.status_code in {200, 403, 409}
        whole = [(1, "passed"), (2, "passed"), (3, "passed")]
        assert steps == (whole if office.status_code == 200 else whole[:2])


def test_con_1_two_who_decide_a_penalty_at_once_decide_it_once(
    station: StationDay, offices: Offices, db: Session, city: City
) -> None:
    offices.add("second_township", COMMUNITY[:9], "township")
    station.at(OPENED)
    matters = Matters(db, city)
    key = matters.detected().id
    db.commit()
    proposal = put_forward(station, key)
    station.at(AFTER_TERM)
    path = f"/approvals/{proposal['case_id']}/steps"
    no = decision(proposal, outcome="refused", reason="情节轻微")
    acts = [("township", path, decision(proposal)), ("second_township", path, no)]
    answers = at_once(station, [*acts, *acts])
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    assert {refused(each)[1] for each in answers if each.status_code == 409} == {
        "approvals.case_closed"
    }
    [(_, _), (_, outcome)] = taken(db, proposal["case_id"])
    penalties = db.scalars(select(Penalty)).all()
    assert len(penalties) == (outcome == "passed")


def test_apr_1_the_township_closes_and_sends_back_at_once_while_the_station_acts(
    station: StationDay, full: StationMonth, offices: Offices, db: Session
) -> None:
    offices.add("second_township", COMMUNITY[:9], "township")
    db.commit()
    month = confirmed(station)
    share = {"indicator": "attendance", "numerator": 0, "denominator": 66, "reason": "代签"}
    close, back, correction, computation = at_once(
        station,
        [
            ("township", f"{MARCH}/closing", {"passed": True, "digest": month["digest"]}),
            (
                "second_township",
                f"{MARCH}/closing",
                {"passed": False, "digest": month["digest"], "reason": "请补充"},
            ),
            ("station_lead", f"/appraisals/{full.worker()}/2026-03/corrections", share),
            ("station_lead", f"{MARCH}/computation", {}),
        ],
    )
    assert sorted([close.status_code, back.status_code]) == [200, 409]
    shown = ok(station.get("township", MARCH))
    closed = close.status_code == 200
    assert shown["state"] == ("closed" if closed else "open")
    if closed:
        assert {correction.status_code, computation.status_code} == {409}
        assert shown["digest"] == month["digest"]
    else:
        assert correction.status_code in {201, 409}
        assert computation.status_code in {200, 409}
    assert taken(db, month["case_id"]) == [(1, "passed"), (2, "passed" if closed else "refused")]


def test_apr_1_two_stations_confirm_at_once_and_the_word_is_given_once(
    station: StationDay, full: StationMonth, offices: Offices, db: Session
) -> None:
    offices.add("second_lead", COMMUNITY, "station_lead")
    db.commit()
    digest = ok(station.post("station_lead", f"{MARCH}/computation", {}))["digest"]
    word = {"digest": digest, "results": []}
    leads = ["station_lead", "second_lead"]
    answers = at_once(station, [(who, f"{MARCH}/confirmation", word) for who in leads])
    assert sorted(each.status_code for each in answers) == [200, 409]
    [late] = [each for each in answers if each.status_code == 409]
    assert refused(late)[1] == "appraisal.confirmed"


def closed(station: StationDay, path: str = MARCH, who: str = "station_lead") -> dict[str, Any]:
    """Confirmed by the station and closed by the township."""
    digest = confirmed(station, who, path)["digest"]
    return ok(station.post("township", f"{path}/closing", {"passed": True, "digest": digest}))


def test_apr_1_a_closed_month_is_not_opened_again_by_anybody(
    station: StationDay, full: StationMonth, db: Session
) -> None:
    ok(station.post("station_lead", f"{MARCH}/computation", {}))
    path = f"/appraisals/{full.worker()}/2026-03/corrections"
    share = {"indicator": "meetings", "numerator": 1, "denominator": 1, "reason": "r"}
    made = ok(station.post("station_lead", path, share))
    month = closed(station)
    before = _rows(db)
    word = {"digest": month["digest"], "results": []}
    step = {"step": 2, "outcome": "refused", "reason": "重开", "seen": {"digest": month["digest"]}}
    back = {"passed": False, "digest": month["digest"], "reason": "重开"}
    ways: list[tuple[str, str, dict[str, Any], str]] = [
        ("station_lead", f"{MARCH}/computation", {}, "appraisal.closed"),
        ("station_lead", f"{MARCH}/confirmation", word, "appraisal.closed"),
        ("township", f"{MARCH}/closing", back, "appraisal.closed"),
        ("township", f"/approvals/{month['case_id']}/steps", step, "approvals.case_closed"),
        ("station_lead", path, {**share, "indicator": "visits"}, "appraisal.closed"),
        ("station_lead", f"/appraisal-corrections/{made['id']}/withdrawal", {"reason": "r"},
         "appraisal.closed"),
    ]  # fmt: skip
    for who, where, body, code in ways:
        assert refused(station.post(who, where, body)) == (409, code), where
    assert _rows(db) == before


def _rows(db: Session) -> list[tuple[Any, ...]]:
    db.rollback()
    tables = ("appraisal_month", "month_appraisal", "month_indicator", "appraisal_correction")
    queries = (f"select {table}::text from {table} order by 1" for table in tables)  # noqa: S608
    return [tuple(row) for row in chain.from_iterable(db.execute(text(one)) for one in queries)]


def test_apr_1_a_worker_in_two_units_in_one_month_is_appraised_once_by_the_last(
    station: StationDay, full: StationMonth, offices: Offices, db: Session
) -> None:
    offices.add("other_lead", ELSEWHERE[:12], "station_lead")
    for grid in (ELSEWHERE, "510185001002002"):
        full.days(grid)
    db.commit()
    worker = full.worker()
    station.at(datetime(2026, 3, 10, 2, tzinfo=UTC))
    post = {"community": ELSEWHERE[:12], "employment": "full_time", "from": "2026-03-16"}
    ok(station.post("township", f"/workers/{worker}/postings", post))
    full.days_moved(worker, date(2026, 3, 16), ELSEWHERE[:12])
    station.at(SETTLED)
    here, there = closed(station), closed(station, OVER_THERE, "other_lead")
    assert (here["workers"], there["workers"]) == (2, 3)
    [row] = db.scalars(select(MonthAppraisal).where(MonthAppraisal.worker_id == worker))
    assert row.community_code == ELSEWHERE[:12]
    shown = ok(station.get("other_lead", f"/appraisals/{worker}/2026-03"))
    spans = [
        (one["community_code"], one["first"], one["last"]) for one in shown["because"]["posts"]
    ]
    assert spans == [
        (COMMUNITY, "2026-03-01", "2026-03-15"),
        (ELSEWHERE[:12], "2026-03-16", "2026-03-31"),
    ]
    attendance = shown["indicators"][0]
    assert attendance["denominator"] == 3 * len(full.duty), "the windows of both"
    assert station.get("station_lead", f"/appraisals/{worker}/2026-03").status_code == 404
    [mine] = ok(station.get(GRID, "/me/appraisals"))["items"]
    assert (mine["community_code"], mine["state"]) == (ELSEWHERE[:12], "closed")


def test_apr_1_a_value_that_changes_in_mid_month_counts_from_the_next_one(
    station: StationDay, full: StationMonth, db: Session
) -> None:
    full.meeting(date(2026, 3, 4), dict.fromkeys((GRID, NEIGHBOUR, THIRD), Presence.PRESENT))
    db.commit()
    first = ok(station.post("station_lead", f"{MARCH}/computation", {}))
    before = ok(station.get("station_lead", f"/appraisals/{full.worker()}/2026-03"))
    station.at(datetime(2026, 3, 10, 2, tzinfo=UTC))
    for name, value in (("appraisal_pass_mark", 99.0), ("appraisal_weight_meetings", 80.0)):
        body = {"name": name, "value": value, "effective_from": "2026-03-11", "reason": "调整"}
        ok(station.post("command_centre", "/parameters", body))
    station.at(SETTLED)
    again = ok(station.post("station_lead", f"{MARCH}/computation", {}))
    after = ok(station.get("station_lead", f"/appraisals/{full.worker()}/2026-03"))
    assert (again["digest"], after["score"]) == (first["digest"], before["score"])
    assert after["because"]["weights"]["meetings"] == "5"
    assert (after["because"]["pass_mark"], after["proposed"]) == ("60", "pass")
    station.at(datetime(2026, 5, 6, 2, tzinfo=UTC))
    april = f"/appraisal-months/{COMMUNITY}/2026-04"
    ok(station.post("station_lead", f"{april}/computation", {}))
    then = ok(station.get("station_lead", f"/appraisals/{full.worker()}/2026-04"))["because"]
    assert (then["weights"]["meetings"], then["pass_mark"]) == ("80", "99")


def test_apr_1_a_month_without_a_handset_fails_and_an_office_sees_why(
    station: StationDay, month: StationMonth, db: Session
) -> None:
    """Nobody recorded anything: one had no handset, another bound it in the middle of the month."""
    month.handset(NEIGHBOUR, date(2026, 3, 16))
    db.commit()
    ok(station.post("station_lead", f"{MARCH}/computation", {}))
    seen = {}
    for grid in (GRID, NEIGHBOUR):
        path = f"/appraisals/{month.worker(grid)}/2026-03"
        shown = ok(station.get("station_lead", path))
        assert (shown["score"], shown["proposed"]) == ("0.00", "fail")
        missed = ok(station.get("station_lead", f"{path}/records", indicator="attendance"))
        assert (missed["done"], missed["owed"]) == (0, 3 * len(month.duty))
        seen[grid] = shown["because"]["handset_since"]
    assert seen == {GRID: None, NEIGHBOUR: "2026-03-16"}
