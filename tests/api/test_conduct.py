"""Proposals and penalties over HTTP: the whole way, what is refused, and who sees what (CON)."""

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.conduct.flagging import offer_review
from app.kit.ids import uuid7
from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, StationDay, refused
from tests.attendance.facts import at
from tests.conduct.matters import AFTER_TERM, FIRST, Matters
from tests.conftest import SignedIn

OPENED = at("09:00", FIRST + timedelta(days=1))
SECOND = date(2026, 4, 15)
KEEP = {"outcome": "keep", "reason": "仍然成立"}
MAY = at("10:00", date(2026, 5, 4))


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    found = StationDay(api, client, db)
    found.at(OPENED)
    return found


@pytest.fixture
def matters(db: Session, client: SignedIn) -> Matters:
    return Matters(db, client.city)


def seen(station: StationDay, key: object, who: str = "station_lead") -> dict[str, Any]:
    """A proposal as an office reads it."""
    answer = station.get(who, f"/conduct-proposals/{key}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def put_forward(station: StationDay, key: object) -> dict[str, Any]:
    body = {"digest": seen(station, key)["digest"]}
    answer = station.post("station_lead", f"/conduct-proposals/{key}/put-forward", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def step(proposal: dict[str, Any], **changes: Any) -> dict[str, Any]:
    seen_now = {"digest": proposal["digest"]}
    return {"step": 2, "outcome": "passed", "seen": seen_now} | changes


def test_con_1_from_the_finding_to_the_penalty_and_down_to_its_record(
    station: StationDay, matters: Matters
) -> None:
    check = matters.detected()
    matters.db.commit()
    key = check.id
    [row] = station.get("station_lead", "/conduct-proposals", state="proposed").json()["items"]
    assert (row["id"], row["rung"], row["worker_name"]) == (str(key), "warning", "网格员0")
    proposal = put_forward(station, key)
    assert [one["taken_by_name"] for one in proposal["steps"]] == ["station_lead", None]
    path = f"/approvals/{proposal['case_id']}/steps"
    pending = station.post("township", path, step(proposal))
    assert refused(pending) == (409, "conduct.answer_pending")
    station.at(AFTER_TERM)
    bare = station.post("township", path, step(proposal, seen=None))
    assert refused(bare) == (422, "conduct.evidence_not_seen")
    stale = station.post("township", path, step(proposal, seen={"digest": "0" * 64}))
    assert refused(stale) == (409, "conduct.evidence_changed")
    assert station.post("township", path, step(proposal)).status_code == 200
    again = station.post("township", path, step(proposal))
    assert refused(again)[1] == "approvals.case_closed"
    decided = seen(station, key)
    penalty = station.get("township", f"/penalties/{decided['penalty_id']}").json()
    assert (penalty["standing"], penalty["ends_on"]) == ("warning", "2026-04-26")
    assert penalty["effects"] == [
        {
            "effect": "performance_less",
            "amount": "100.00",
            "rule": "CON-3",
            "clause": "四(三)",
        }
    ]
    [record] = penalty["decided_upon"]["records"]
    opened = station.get("station_lead", record["at"].removeprefix("/v1"))
    assert (opened.status_code, opened.json()["id"]) == (200, record["id"])
    [mine] = station.get(GRID, "/me/penalties", in_force="2026-04-25").json()["items"]
    assert mine["id"] == penalty["id"]
    assert station.get(GRID, "/me/penalties", in_force="2026-04-26").json()["items"] == []
    assert station.get(GRID, f"/me/penalties/{mine['id']}").json()["history"][0]["act"] == "decided"


def test_what_changed_is_said_before_anyone_decides(station: StationDay, matters: Matters) -> None:
    check = matters.bare(at("10:00"))
    matters.bare(at("11:00"))
    proposal = matters.detected()
    key = proposal.id
    matters.db.commit()
    before = seen(station, key)["digest"]
    matters.withdraw(check, OPENED)
    matters.db.commit()
    body = {"digest": before}
    stale = station.post("station_lead", f"/conduct-proposals/{key}/put-forward", body)
    assert refused(stale) == (409, "conduct.evidence_changed")
    [kept] = station.get("station_lead", "/conduct-proposals").json()["items"]
    assert (kept["evidence"], kept["digest"] != before) == (2, True)
    now = seen(station, key)
    assert (now["evidence"], len(now["versions"]), now["digest"] != before) == (2, 2, True)
    assert station.get(GRID, f"/me/proposals/{key}").json()["evidence"] == 2
    put_forward(station, key)
    path = f"/conduct-proposals/{key}"
    repeated = station.post("station_lead", f"{path}/put-forward", {"digest": now["digest"]})
    assert refused(repeated) == (409, "conduct.put_forward_already")
    reason = {"reason": "再核实"}
    assert station.post("station_lead", f"{path}/take-back", reason).json()["case_id"] is None
    returned = station.post("station_lead", f"{path}/take-back", reason)
    assert refused(returned) == (409, "conduct.not_put_forward")
    assert station.post("station_lead", f"{path}/drop", reason).json()["state"] == "dropped"
    dropped = station.post("station_lead", f"{path}/drop", reason)
    assert refused(dropped) == (409, "conduct.closed")


def two_penalties(station: StationDay, matters: Matters) -> tuple[str, str]:
    """A warning and a demerit, looked at in May."""
    warning, demerit = matters.penalised(FIRST), matters.penalised(SECOND)
    keys = str(warning.id), str(demerit.id)
    matters.db.commit()
    station.at(MAY)
    return keys


def shown(station: StationDay, which: str) -> list[str]:
    """The penalties that are so."""
    items = station.get("township", "/penalties", **{which: "true"}).json()["items"]
    return [row["id"] for row in items]


def test_con_1_a_demerit_is_talked_over(station: StationDay, matters: Matters) -> None:
    warning, demerit = two_penalties(station, matters)
    talk = {"id": str(uuid7(MAY)), "held_on": "2026-05-04", "said": "已说明"}
    no_talk = station.post("township", f"/penalties/{warning}/interviews", talk)
    assert refused(no_talk) == (409, "penalty.no_interview")
    late = talk | {"held_on": "2026-05-05"}
    too_late = station.post("township", f"/penalties/{demerit}/interviews", late)
    assert refused(too_late) == (422, "penalty.date_out_of_span")
    assert shown(station, "interview") == [demerit]
    assert station.post("township", f"/penalties/{demerit}/interviews", talk).status_code == 201
    assert shown(station, "interview") == []
    changed = station.post("township", f"/penalties/{demerit}/interviews", talk | {"said": "无"})
    assert refused(changed) == (409, "conduct.id_reused")


def test_con_2_an_appeal_upheld_offers_what_followed_for_review(
    station: StationDay, matters: Matters
) -> None:
    warning, demerit = two_penalties(station, matters)
    assert shown(station, "review") == shown(station, "appeal") == []
    paper = {"id": str(uuid7(MAY)), "handed_in_on": "2026-04-16", "said": "不服"}
    appeals = f"/penalties/{warning}/appeals"
    late = station.post("station_lead", appeals, paper | {"handed_in_on": "2026-04-17"})
    assert refused(late) == (409, "penalty.appeal_late")
    appealed = station.post("station_lead", appeals, paper).json()
    assert (appealed["tier"], appealed["upheld"]) == ("centre", None)
    other = paper | {"id": str(uuid7(at("11:00")))}
    twice = station.post("station_lead", appeals, other)
    assert refused(twice) == (409, "penalty.appealed_already")
    waits = station.post("township", f"/penalties/{warning}/review", KEEP)
    assert refused(waits) == (409, "penalty.appeal_waiting")
    assert shown(station, "appeal") == [warning]
    upheld = {"step": 2, "outcome": "passed", "reason": "当日有豁免"}
    path = f"/approvals/{appealed['case_id']}/steps"
    assert station.post("command_centre", path, upheld).status_code == 200
    assert (shown(station, "overturned"), shown(station, "review")) == ([warning], [demerit])
    gone = station.post("station_lead", appeals, other)
    assert refused(gone) == (409, "penalty.overturned_already")


def test_con_2_a_review_lowers_what_was_offered(station: StationDay, matters: Matters) -> None:
    demerit = matters.penalised(FIRST)
    offer_review(matters.db, demerit, {"evidence": 2, "stands": True}, MAY)
    path = f"/penalties/{demerit.id}/review"
    matters.db.commit()
    station.at(MAY)
    below = station.post("station_lead", path, KEEP)
    assert refused(below) == (403, "auth.forbidden")
    heavier = {"outcome": "lower", "to": "dismissal", "reason": "不当"}
    assert refused(station.post("township", path, heavier)) == (422, "penalty.not_lower")
    assert station.post("township", path, KEEP).json()["history"][-1]["act"] == "review_kept"
    none = station.post("township", path, KEEP)
    assert refused(none) == (409, "penalty.no_review_offered")


def test_things_beyond_are_not_there_and_acts_beyond_are_forbidden(
    station: StationDay, matters: Matters
) -> None:
    elsewhere = Matters(matters.db, matters.city, ELSEWHERE)
    key = elsewhere.recorded().id
    mine = matters.detected().id
    matters.db.commit()
    path = f"/conduct-proposals/{key}"
    assert refused(station.get("station_lead", path))[0] == 404
    assert refused(station.get("station_lead", f"{path}/page"))[0] == 404
    assert refused(station.get("station_lead", "/conduct-proposals", unit="510185001002"))[0] == 404
    assert refused(station.get("station_lead", "/penalties", unit="510185001002"))[0] == 404
    assert refused(station.post("station_lead", f"{path}/drop", {"reason": "无"}))[0] == 403
    assert refused(station.get("station_lead", f"/penalties/{key}"))[0] == 404
    assert refused(station.get(NEIGHBOUR, f"/me/proposals/{mine}"))[0] == 404
    assert refused(station.get(NEIGHBOUR, f"/me/penalties/{mine}"))[0] == 404
    assert station.get(NEIGHBOUR, "/me/proposals").json()["items"] == []
    assert len(station.get("command_centre", "/conduct-proposals").json()["items"]) == 2
    for who in ("information_administrator", "finance", "auditor", GRID):
        assert refused(station.get(who, "/conduct-proposals")) == (403, "auth.forbidden")
    own = station.post("leading_group_office", f"{path}/drop", {"reason": "无"})
    assert refused(own) == (403, "auth.forbidden")


LISTS = ["/conduct-proposals", "/penalties", "/me/proposals", "/me/penalties"]


@pytest.mark.parametrize("path", LISTS)
def test_bad_questions_are_refused(station: StationDay, path: str) -> None:
    who = GRID if path.startswith("/me/") else "township"
    for query in (
        {"cursor": "x"},
        {"cursor": "WyJhIiwiYiJd"},
        {"limit": 0},
        {"state": "lost", "in_force": "0001-01-01", "ground": "C1"},
    ):
        answer = station.get(who, path, **query)
        assert answer.status_code == 422, query
    assert refused(station.get(who, f"{path}/1"))[0] == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/conduct-proposals/{}/put-forward", {"digest": "G" * 64}),
        ("/conduct-proposals/{}/put-forward", {"digest": "0" * 64, "rung": "warning"}),
        ("/conduct-proposals/{}/drop", {"reason": " "}),
        ("/conduct-proposals/{}/drop", {"reason": "a\x00b"}),
        ("/conduct-proposals/{}/take-back", {}),
        ("/penalties/{}/review", {"outcome": "raise", "reason": "不"}),
        ("/penalties/{}/review", {"outcome": "keep"}),
        ("/penalties/{}/interviews", {"id": "1", "held_on": "2026-04-01", "said": "x"}),
        ("/penalties/{}/appeals", {"handed_in_on": "9999-12-31", "said": "x"}),
    ],
    ids=["digest", "extra", "blank", "nul", "missing", "outcome", "reason", "id", "year"],
)
def test_bodies_out_of_form_are_refused(
    station: StationDay, path: str, body: dict[str, Any]
) -> None:
    key = uuid7(OPENED)
    assert refused(station.post("township", path.format(key), body)) == (422, "request.malformed")


def test_lists_go_on_where_they_ended_and_open_in_a_spreadsheet(
    station: StationDay, matters: Matters
) -> None:
    for passed in range(3):
        matters.detected(FIRST + timedelta(days=passed))
    matters.db.commit()
    keys: list[str] = []
    cursor: str | None = None
    while cursor or not keys:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = station.get("township", "/conduct-proposals", **query).json()
        keys += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert len(set(keys)) == 3
    file = station.get("township", "/conduct-proposals", format="csv")
    assert file.text.splitlines()[1].split(",")[1:4] == ["网格员0", "B1", "四(二)1"]
    assert station.get("township", "/penalties", format="xlsx").content[:2] == b"PK"
