"""APR-1 through the API: computed, corrected, confirmed, closed, objected to, revised (五1)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from app.appraisal.computing import compute_month
from app.appraisal.feed import for_handset
from app.appraisal.forms import AppraisalObjectionIn
from app.appraisal.lists import Asked, months_page
from app.appraisal.objecting import record_objection
from app.db.models import (
    Account,
    AppraisalCorrection,
    AppraisalMonth,
    AppraisalRevision,
    Change,
    MonthAppraisal,
    MonthIndicator,
)
from app.kit.errors import Refusal
from app.rules.meetings import Presence
from tests.api.station import StationDay, refused
from tests.appraisal.facts import (
    COMMUNITY,
    GRID,
    NEIGHBOUR,
    SETTLED,
    THIRD,
    StationMonth,
)
from tests.attendance.facts import Handset

ELSEWHERE = "510185001002"
OTHER_TOWNSHIP = "510185002001"
MARCH = f"/appraisal-months/{COMMUNITY}/2026-03"
NO_DIGEST = "0" * 64


def computed(station: StationDay) -> dict[str, Any]:
    answer = station.post("station_lead", f"{MARCH}/computation", {})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def confirmed(station: StationDay, *results: dict[str, Any]) -> dict[str, Any]:
    digest = computed(station)["digest"]
    body = {"digest": digest, "results": list(results)}
    answer = station.post("station_lead", f"{MARCH}/confirmation", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def closing(station: StationDay, **changes: Any) -> Response:
    digest = station.get("township", MARCH).json()["digest"]
    body = {"passed": True, "digest": digest, **changes}
    return station.post("township", f"{MARCH}/closing", body)


def objects(station: StationDay, month: StationMonth, moment: datetime, grid: str = GRID) -> str:
    """As the handset's record arrives."""
    handset = Handset(station.db, month.city, grid)
    body = AppraisalObjectionIn(month="2026-03", said="3月2日我在场")
    made = record_objection(station.db, handset.captured(moment), body)
    station.db.commit()
    return str(made.id)


def answers(station: StationDay, key: str, **body: Any) -> Response:
    said = {"upheld": True, "reason": "签到表属实", **body}
    return station.post("township", f"/appraisal-objections/{key}/decision", said)


def test_apr_1_a_month_from_its_records_to_its_closing(
    station: StationDay, full: StationMonth
) -> None:
    worker = full.worker()
    first = computed(station)
    assert (first["state"], first["workers"], first["passed"]) == ("open", 3, 3)
    assert first["settles_at"] == "2026-04-03T16:00:00Z"
    rows = station.get("station_lead", "/appraisals", month="2026-03").json()["items"]
    mine = next(row for row in rows if row["worker_id"] == str(worker))
    owed = 3 * len(full.duty)
    assert (mine["proposed"], mine["result"], mine["in_force"]) == ("pass", None, None)
    detail = station.get("township", f"/appraisals/{worker}/2026-03").json()
    by_name = {one["indicator"]: one for one in detail["indicators"]}
    assert (by_name["attendance"]["numerator"], by_name["attendance"]["denominator"]) == (
        owed - 6,
        owed,
    )
    assert by_name["visits"]["weight"] == "0.000000"
    assert by_name["attendance"]["parts"][0]["missed"][0] == {
        "kind": "worker_day",
        "key": f"{worker}/2026-03-02",
    }
    records = station.get(
        "station_lead", f"/appraisals/{worker}/2026-03/records", indicator="attendance"
    ).json()
    assert (records["done"], records["owed"]) == (owed - 6, owed)
    assert station.get(GRID, "/me/appraisals/2026-03").json() == detail

    fails = {"worker_id": str(worker), "result": "fail", "reason": "长期脱岗"}
    word = confirmed(station, fails)
    assert (word["state"], word["failed"]) == ("confirmed", 1)
    told = station.db.scalars(select(Change).where(Change.kind == "month_appraisal")).all()
    assert {(one.worker_id, one.subject_id) for one in told} == {
        (full.worker(grid), "2026-03") for grid in (GRID, NEIGHBOUR, THIRD)
    }
    assert closing(station).json()["state"] == "closed"
    mine = station.get(GRID, "/me/appraisals").json()["items"][0]
    assert (mine["state"], mine["result"], mine["in_force"]) == ("closed", "fail", "fail")
    assert mine["result_reason"] == "长期脱岗"
    assert station.get(GRID, "/me/appraisals/2026-03").json() == dict(
        for_handset(station.db, worker)
    ).get("2026-03")
    case = station.get("township", f"/approvals/{word['case_id']}").json()
    assert case["state"] == "approved"


def test_apr_1_a_word_rests_on_what_was_seen_and_on_a_settled_month(
    station: StationDay, full: StationMonth
) -> None:
    def confirm(digest: str, *results: dict[str, Any], who: str = "station_lead") -> Response:
        body = {"digest": digest, "results": list(results)}
        return station.post(who, f"{MARCH}/confirmation", body)

    assert refused(confirm(NO_DIGEST)) == (404, "request.not_found")
    station.at(SETTLED - timedelta(days=1))
    early = computed(station)
    assert refused(confirm(early["digest"])) == (409, "appraisal.month_open")
    station.at(SETTLED)
    assert refused(confirm(early["digest"])) == (409, "appraisal.compute_again")
    digest = computed(station)["digest"]
    assert refused(confirm(NO_DIGEST)) == (409, "appraisal.changed")
    fails: dict[str, Any] = {"worker_id": str(full.worker()), "result": "fail"}
    assert refused(confirm(digest, fails)) == (422, "appraisal.reason_needed")
    strange = {"worker_id": str(full.worker("510185001002001")), "result": "fail", "reason": "r"}
    assert refused(confirm(digest, strange)) == (422, "appraisal.not_of_this_month")
    assert refused(confirm(digest, who="township")) == (403, "approvals.not_your_step")
    assert refused(closing(station)) == (409, "appraisal.not_confirmed")
    assert confirm(digest).status_code == 200
    assert refused(confirm(digest)) == (409, "appraisal.confirmed")
    assert refused(station.post("station_lead", f"{MARCH}/computation", {})) == (
        409,
        "appraisal.confirmed",
    )
    assert refused(closing(station, digest=NO_DIGEST)) == (409, "appraisal.changed")
    assert refused(closing(station, passed=False)) == (422, "approvals.reason_needed")
    answer = station.post("station_lead", f"{MARCH}/closing", {"passed": True, "digest": digest})
    assert refused(answer) == (403, "approvals.not_your_step")
    assert closing(station).status_code == 200
    assert refused(closing(station)) == (409, "appraisal.closed")
    assert refused(station.post("station_lead", f"{MARCH}/computation", {})) == (
        409,
        "appraisal.closed",
    )


def test_apr_1_the_township_sends_a_month_back_and_it_is_confirmed_anew(
    station: StationDay, full: StationMonth
) -> None:
    fails = {"worker_id": str(full.worker(THIRD)), "result": "fail", "reason": "r"}
    before = confirmed(station, fails)
    back = closing(station, passed=False, reason="请补充说明").json()
    assert (back["state"], back["failed"]) == ("open", 0)
    again = confirmed(station)
    assert again["case_id"] != before["case_id"]
    step = {"step": 2, "outcome": "passed", "reason": None, "seen": {"digest": again["digest"]}}
    answer = station.post("township", f"/approvals/{again['case_id']}/steps", step)
    assert answer.status_code == 200, answer.text
    assert station.get("township", MARCH).json()["state"] == "closed"


def test_apr_1_nobody_gives_a_word_on_a_month_that_is_also_ones_own(
    station: StationDay, full: StationMonth
) -> None:
    theirs, phone = full.city.phones[GRID], full.city.phones["station_lead"]
    station.db.execute(update(Account).where(Account.phone == theirs).values(worker_id=None))
    station.db.execute(
        update(Account).where(Account.phone == phone).values(worker_id=full.worker())
    )
    station.db.commit()
    digest = computed(station)["digest"]
    answer = station.post("station_lead", f"{MARCH}/confirmation", {"digest": digest})
    assert refused(answer)[1] == "appraisal.own"
    path = f"/appraisals/{full.worker()}/2026-03/corrections"
    share = {"indicator": "meetings", "numerator": 1, "denominator": 1, "reason": "r"}
    assert refused(station.post("station_lead", path, share)) == (403, "appraisal.own")


def test_apr_1_a_manual_correction_needs_a_reason_and_shows_as_such(
    station: StationDay, full: StationMonth
) -> None:
    worker, owed = full.worker(), 3 * len(full.duty)
    path = f"/appraisals/{worker}/2026-03"
    share = {"indicator": "attendance", "numerator": 0, "denominator": owed, "reason": "代签"}
    assert refused(station.post("station_lead", f"{path}/corrections", share))[0] == 404
    measured = station.get("station_lead", MARCH)
    assert measured.status_code == 404
    computed(station)
    before = station.get("station_lead", path).json()
    more = {**share, "numerator": owed + 1}
    assert refused(station.post("station_lead", f"{path}/corrections", more)) == (
        422,
        "appraisal.share_impossible",
    )
    unsaid = {name: said for name, said in share.items() if name != "reason"}
    assert station.post("station_lead", f"{path}/corrections", unsaid).status_code == 422
    made = station.post("station_lead", f"{path}/corrections", share)
    assert made.status_code == 201, made.text
    assert refused(station.post("station_lead", f"{path}/corrections", share)) == (
        409,
        "appraisal.correction_stands",
    )
    computed(station)
    after = station.get(GRID, f"/me{path.replace(f'/{worker}', '')}").json()
    assert (after["score"], after["proposed"], after["corrected"]) == (
        "50.00",
        "fail",
        ["attendance"],
    )
    line = after["indicators"][0]
    assert (line["numerator"], line["measured_numerator"]) == (0, owed - 6)
    assert line["correction"]["reason"] == "代签"
    withdrawal = f"/appraisal-corrections/{made.json()['id']}/withdrawal"
    assert station.post("station_lead", withdrawal, {"reason": "误"}).status_code == 200
    assert refused(station.post("station_lead", withdrawal, {"reason": "误"})) == (
        409,
        "appraisal.correction_withdrawn",
    )
    again = station.get("station_lead", path).json()
    assert (again["score"], again["corrected"]) == (before["score"], [])
    assert len(station.db.scalars(select(AppraisalCorrection)).all()) == 1


def test_apr_1_a_corrected_score_is_not_shown_of_a_date_before_the_correction(
    station: StationDay, full: StationMonth
) -> None:
    computed(station)
    station.at(SETTLED + timedelta(days=2))
    share = {"indicator": "attendance", "numerator": 0, "denominator": 66, "reason": "代签"}
    path = f"/appraisals/{full.worker()}/2026-03/corrections"
    assert station.post("station_lead", path, share).status_code == 201
    standing = f"/workers/{full.worker()}/standing"
    before = station.get("station_lead", standing, on="2026-04-05").json()["months"]
    assert before == []
    [now] = station.get("station_lead", standing, on="2026-04-06").json()["months"]
    assert now["score"] == "50.00"


def test_apr_1_an_objection_before_closing_leads_to_figures_or_to_another_result(
    station: StationDay, full: StationMonth
) -> None:
    with pytest.raises(Refusal) as nothing:
        objects(station, full, SETTLED)
    assert nothing.value.code == "appraisal.nothing_to_object_to"
    station.db.rollback()
    fails = {"worker_id": str(full.worker()), "result": "fail", "reason": "r"}
    confirmed(station, fails)
    key = objects(station, full, SETTLED)
    with pytest.raises(Refusal) as twice:
        objects(station, full, SETTLED)
    assert twice.value.code == "appraisal.objection_waiting"
    station.db.rollback()
    assert station.get("township", MARCH).json()["objections_waiting"] == 1
    listed = station.get("station_lead", "/appraisal-objections", waiting="true").json()["items"]
    assert [one["id"] for one in listed] == [key]
    said = {"upheld": True, "reason": "r"}
    path = f"/appraisal-objections/{key}/decision"
    assert refused(station.post("station_lead", path, said)) == (
        403,
        "appraisal.not_the_township",
    )
    assert refused(answers(station, key)) == (422, "appraisal.nothing_follows")
    owed = 3 * len(full.duty)
    share = {"indicator": "attendance", "numerator": owed, "denominator": owed}
    assert answers(station, key, share=share).json()["upheld"] is True
    assert refused(answers(station, key)) == (409, "appraisal.objection_decided")
    mine = station.get(GRID, "/me/appraisals/2026-03").json()
    assert (mine["score"], mine["result"], mine["in_force"]) == ("100.00", "pass", "pass")
    assert mine["objections"][0]["reason"] == "签到表属实"

    back = closing(station, passed=False, reason="r").json()
    assert back["state"] == "open"
    confirmed(station)
    kept = station.get(GRID, "/me/appraisals/2026-03").json()
    assert kept["result_reason"] == "签到表属实"


def test_apr_1_figures_of_an_open_month_leave_the_word_to_the_station(
    station: StationDay, full: StationMonth
) -> None:
    """What the township answered stands; what is measured later still counts beside it."""
    computed(station)
    key, owed = objects(station, full, SETTLED), 3 * len(full.duty)
    assert refused(answers(station, key, result="pass")) == (409, "appraisal.same_result")
    share = {"indicator": "attendance", "numerator": 0, "denominator": owed}
    assert answers(station, key, share=share).status_code == 200
    mine = station.get(GRID, "/me/appraisals/2026-03").json()
    assert (mine["score"], mine["proposed"], mine["result"]) == ("50.00", "fail", None)
    made = mine["indicators"][0]["correction"]["id"]
    path, why = f"/appraisal-corrections/{made}/withdrawal", {"reason": "误"}
    assert refused(station.post("station_lead", path, why)) == (403, "appraisal.not_the_township")
    full.meeting(date(2026, 3, 3), {GRID: Presence.PRESENT})
    full.rated(date(2026, 3, 3), 5)
    full.tally(date(2026, 3, 2), date(2026, 3, 8), owed=1, paid=1)
    full.db.commit()
    confirmed(station)
    mine = station.get(GRID, "/me/appraisals/2026-03").json()
    assert (mine["score"], mine["result"]) == ("71.43", "pass")


def test_apr_1_after_closing_an_objection_leads_to_a_revision_and_nothing_else_changes(
    station: StationDay, full: StationMonth
) -> None:
    fails = {"worker_id": str(full.worker()), "result": "fail", "reason": "r"}
    confirmed(station, fails)
    closing(station)
    full.meeting(date(2026, 3, 3), {GRID: Presence.ABSENT})
    key = objects(station, full, SETTLED + timedelta(days=1))
    assert refused(answers(station, key)) == (422, "appraisal.nothing_follows")
    assert refused(answers(station, key, result="fail")) == (409, "appraisal.same_result")
    assert answers(station, key, result="pass").status_code == 200
    mine = station.get(GRID, "/me/appraisals/2026-03").json()
    assert (mine["result"], mine["in_force"], mine["revised"]) == ("fail", "pass", True)
    revision = mine["revisions"][0]
    assert (revision["ground"], revision["objection_id"]) == ("objection", key)
    assert revision["because"]["indicators"][0]["indicator"] == "meetings"
    path = f"/appraisals/{full.worker()}/2026-03/revisions"
    body = {"result": "fail", "reason": "复核"}
    station.at(SETTLED + timedelta(days=2))
    assert refused(station.post("station_lead", path, body)) == (403, "appraisal.not_the_township")
    assert station.post("township", path, body).json()["ground"] == "data"
    assert station.get(GRID, "/me/appraisals/2026-03").json()["in_force"] == "fail"
    late = datetime(2026, 4, 30, 2, tzinfo=UTC)
    with pytest.raises(Refusal) as over:
        objects(station, full, late)
    assert over.value.code == "appraisal.objection_too_late"


def test_apr_1_a_closed_month_is_recomputed_and_nothing_changes(
    station: StationDay, full: StationMonth
) -> None:
    confirmed(station)
    path = f"/appraisals/{full.worker()}/2026-03/revisions"
    body = {"result": "fail", "reason": "r"}
    assert refused(station.post("township", path, body)) == (409, "appraisal.not_closed")
    closing(station)
    assert station.get("township", f"{MARCH}/recomputation").json()["items"] == []
    full.meeting(date(2026, 3, 3), {GRID: Presence.ABSENT, NEIGHBOUR: Presence.PRESENT})
    station.db.commit()
    before = station.get("township", f"/appraisals/{full.worker()}/2026-03").json()
    found = station.get("township", f"{MARCH}/recomputation").json()["items"]
    assert {one["worker_id"] for one in found} == {
        str(full.worker()),
        str(full.worker(NEIGHBOUR)),
    }
    mine = next(one for one in found if one["worker_id"] == str(full.worker()))
    assert mine["score_stored"] == before["score"] != mine["score_now"]
    assert mine["indicators"] == [
        {
            "indicator": "meetings",
            "numerator_stored": 0,
            "denominator_stored": 0,
            "numerator_now": 0,
            "denominator_now": 1,
        }
    ]
    one = station.get("township", f"/appraisals/{full.worker()}/2026-03/recomputation").json()
    assert one["items"] == [mine]
    assert station.get("township", f"/appraisals/{full.worker()}/2026-03").json() == before


@pytest.mark.parametrize("model", [AppraisalMonth, MonthAppraisal, MonthIndicator])
def test_apr_1_the_database_too_refuses_to_change_a_closed_month(
    station: StationDay, full: StationMonth, model: type[Any]
) -> None:
    confirmed(station)
    closing(station)
    column = "workers" if model is AppraisalMonth else "because"
    column = "numerator" if model is MonthIndicator else column
    changed: dict[str, Any] = {column: {} if column == "because" else 0}
    with pytest.raises(Exception, match="closed"):
        station.db.execute(update(model).values(**changed))
    station.db.rollback()
    assert station.db.scalars(select(AppraisalRevision)).all() == []


def test_apr_1_scoped_by_unit_and_role(station: StationDay, full: StationMonth) -> None:
    computed(station)
    worker = full.worker()
    inside, outside = f"/appraisals/{worker}/2026-03", full.worker("510185002001001")
    assert station.get("command_centre", inside).status_code == 200
    assert refused(station.get("finance", inside))[0] == 403
    assert refused(station.get(GRID, inside))[0] == 403
    assert refused(station.get("station_lead", f"/appraisals/{outside}/2026-03"))[0] == 404
    assert refused(station.get("township", f"/appraisal-months/{OTHER_TOWNSHIP}/2026-03"))[0] == 404
    other = f"/appraisal-months/{ELSEWHERE}/2026-03"
    assert refused(station.get("station_lead", other))[0] == 404
    assert refused(station.post("station_lead", f"{other}/computation", {}))[0] == 403
    assert refused(station.post("command_centre", f"{MARCH}/computation", {}))[0] == 403
    assert refused(station.get("station_lead", "/appraisals", month="2026-03", unit=ELSEWHERE)) == (
        404,
        "request.not_found",
    )
    assert refused(station.get(NEIGHBOUR, "/me/appraisals/2026-02"))[0] == 404
    future = f"/appraisal-months/{COMMUNITY}/2026-05/computation"
    assert refused(station.post("station_lead", future, {})) == (422, "appraisal.not_begun")
    past = f"/appraisal-months/{COMMUNITY}/2018-05/computation"
    assert refused(station.post("station_lead", past, {})) == (409, "appraisal.nobody")


@pytest.mark.parametrize(
    "path",
    [
        "/appraisals?month=2026-13",
        "/appraisals?month=0001-01",
        "/appraisals?month=9999-12",
        "/appraisals?month=2026-03&cursor=WyIxIl0",
        "/appraisals?month=2026-03&cursor=WyIxIiwgIngiXQ",
        "/appraisal-months?cursor=WyIxIiwgIjEiXQ",
        "/appraisal-months?month=x",
        "/appraisal-objections?cursor=zzz",
        "/appraisal-comparison?month=2026-00",
        "/appraisal-months/510185001001/2026-3",
    ],
)
def test_bad_questions_are_answered(station: StationDay, path: str) -> None:
    headers = station.client.as_("township")
    assert station.client.http.get(f"/v1{path}", headers=headers).status_code == 422


def test_lists_go_on_where_they_ended_and_open_in_a_spreadsheet(
    station: StationDay, full: StationMonth
) -> None:
    computed(station)
    one = station.get("township", "/appraisals", month="2026-03", limit=2).json()
    rest = station.get("township", "/appraisals", month="2026-03", cursor=one["next_cursor"]).json()
    assert len(one["items"]) == 2
    assert len(rest["items"]) == 1
    file = station.get("township", "/appraisals", month="2026-03", format="csv")
    assert "得分" in file.text
    assert file.text.count("\n") == 4
    months = station.get("township", "/appraisal-months", state="open").json()["items"]
    assert [one["community_code"] for one in months] == [COMMUNITY]


def test_apr_1_units_are_compared_by_aggregates_of_three_at_least(
    station: StationDay, full: StationMonth, db: Session
) -> None:
    computed(station)
    month = StationMonth(db, full.city)
    for grid in ("510185001002001", "510185001002002"):
        month.days(grid)
    db.commit()
    path = f"/appraisal-months/{ELSEWHERE}/2026-03/computation"
    assert station.post("township", path, {}).json()["workers"] == 2
    found = station.get("station_lead", "/appraisal-comparison", month="2026-03").json()["items"]
    own, other = found
    assert (own["own"], own["workers"], own["passed"]) == (True, 3, 3)
    owed = 9 * len(full.duty)
    assert own["shares"]["attendance"] == f"{(owed - 6) / owed:.4f}"
    assert (other["unit_code"], other["workers"], other["mean"]) == (ELSEWHERE, None, None)
    assert other["shares"] == {}
    townships = station.get("township", "/appraisal-comparison", month="2026-03").json()["items"]
    assert townships[0]["workers"] == 5


def test_apr_1_an_aggregate_never_rests_on_fewer_than_three(
    station: StationDay, full: StationMonth
) -> None:
    """Only one worker's errand was rated: that share would be hers alone."""
    full.rated(date(2026, 3, 5), 2)
    full.db.commit()
    computed(station)
    [own, _] = station.get("station_lead", "/appraisal-comparison", month="2026-03").json()["items"]
    assert set(own["shares"]) == {"attendance", "field_time"}
    assert own["mean"] is not None
    full.db.execute(
        update(MonthAppraisal).where(MonthAppraisal.worker_id == full.worker()).values(score=None)
    )
    full.db.commit()
    [own, _] = station.get("station_lead", "/appraisal-comparison", month="2026-03").json()["items"]
    assert (own["workers"], own["mean"]) == (3, None)


def test_apr_1_on_the_first_date_of_a_month_nothing_of_it_is_measured(
    station: StationDay, full: StationMonth
) -> None:
    path = f"{MARCH}/computation"
    station.at(datetime(2026, 3, 1, 2, tzinfo=UTC))
    assert refused(station.post("station_lead", path, {})) == (422, "appraisal.not_begun")
    station.at(datetime(2026, 3, 2, 2, tzinfo=UTC))
    begun = station.post("station_lead", path, {})
    assert (begun.status_code, begun.json()["settled"]) == (200, False)
    measured = station.get("township", f"/appraisals/{full.worker()}/2026-03").json()["because"]
    assert measured["measured_to"] == "2026-03-01"


def test_apr_1_a_list_of_months_asks_as_often_for_one_as_for_many(
    station: StationDay, full: StationMonth, db: Session
) -> None:
    asked: list[str] = []
    computed(station)
    engine = db.get_bind().engine
    event.listen(engine, "before_cursor_execute", lambda *found: asked.append(str(found[2])))
    place = Asked(COMMUNITY[:6])
    assert len(months_page(db, place, (None, 50), SETTLED).items) == 1
    once = len(asked)
    for community in (ELSEWHERE, OTHER_TOWNSHIP):
        compute_month(db, community, date(2026, 3, 1), SETTLED)
    asked.clear()
    assert len(months_page(db, place, (None, 50), SETTLED).items) == 3
    assert len(asked) <= once
