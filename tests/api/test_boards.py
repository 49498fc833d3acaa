"""Boards, summaries and lists over HTTP: what is shown, to whom, and when it is a 304."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.api.deps import moment
from app.api.export import table
from app.days.commands import recompute
from app.days.upkeep import refresh
from app.db.models import Account, ParameterValue, Posting, Worker, WorkerDay
from app.people.marks import mark_worker
from app.rules.attendance import Verdict
from app.rules.duty import Half
from tests.city import SINCE, City
from tests.conftest import SignedIn
from tests.days.facts import (
    COMMUNITY,
    DAY,
    LATER,
    NEXT_NOON,
    at,
    store_check_in,
    store_leave,
    store_walk,
    worker_of,
)

BOARD = f"/v1/boards/{COMMUNITY}/{DAY}"


@pytest.fixture
def later(api: FastAPI) -> None:
    """Requests are made after the date is final."""
    api.dependency_overrides[moment] = lambda: LATER


def go_by(api: FastAPI, instant: object) -> None:
    api.dependency_overrides[moment] = lambda: instant


@pytest.mark.usefixtures("later")
def test_the_board_of_a_station(client: SignedIn, db: Session, city: City) -> None:
    store_check_in(db, worker_of(city), 1)
    store_walk(db, worker_of(city), [("08:30", "11:00"), ("14:30", "16:45"), ("18:00", "20:00")])
    db.commit()
    answer = client.http.get(BOARD, headers=client.as_("station_lead"))
    assert answer.status_code == 200, answer.text
    board = answer.json()
    assert [item["grid_codes"] for item in board["items"]] == [
        ["510185001001001"],
        ["510185001001002"],
        ["510185001001003"],
    ]
    first, second, _ = board["items"]
    assert [window["state"] for window in first["windows"]] == ["filled", "missed", "missed"]
    assert first["field_time"]["verdict"] == "met"
    assert first["field_time"]["counted"]["total"] == 405
    assert (first["field_time"]["rule"], first["field_time"]["clause"]) == ("FLD-1", "三(一)1 “6”")
    assert second["field_time"]["verdict"] == "short"
    assert second["field_time"]["short"]["morning"] == 120
    assert {window["clause"] for window in second["windows"]} == {"三(二)2"}
    assert {item["standing"] for item in board["items"]} == {"final"}
    assert not any(item["stale"] for item in board["items"])
    assert board["totals"]["workers"] == 3
    assert board["totals"]["windows"] == {
        "owed": 9,
        "filled": 1,
        "excused": 0,
        "missed": 8,
        "waiting": 0,
    }
    assert (board["totals"]["met"], board["totals"]["short"]) == (1, 2)


def test_fld_4_provisional_until_noon_of_the_day_after(client: SignedIn, api: FastAPI) -> None:
    for instant, standing in (
        (at("10:00"), "provisional"),
        (NEXT_NOON, "provisional"),
        (NEXT_NOON + timedelta(seconds=1), "final"),
    ):
        go_by(api, instant)
        client.tokens.clear()
        board = client.http.get(BOARD, headers=client.as_("station_lead")).json()
        assert board["standing"] == standing


def test_an_unchanged_board_is_a_304_and_a_changed_one_is_not(
    client: SignedIn, api: FastAPI, db: Session, city: City
) -> None:
    go_by(api, at("08:40"))
    lead = client.as_("station_lead")
    tag = client.http.get(BOARD, headers=lead).headers["etag"]
    held = {**lead, "If-None-Match": tag}
    unchanged = client.http.get(BOARD, headers=held)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert client.http.get(BOARD, headers={**held, "Accept-Language": "en"}).status_code == 200
    assert client.http.get(f"{BOARD}?limit=2", headers=held).status_code == 200
    store_check_in(db, worker_of(city), 1)
    db.commit()
    changed = client.http.get(BOARD, headers=held)
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    again = client.http.get(BOARD, headers={**lead, "If-None-Match": changed.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("08:29:59", "08:30:00"),
        ("09:00:00", "09:00:01"),
        ("16:49:59", "16:50:00"),
        ("17:00:00", "17:00:01"),
    ],
)
def test_att_1_a_board_changes_by_the_clock(
    client: SignedIn, api: FastAPI, before: str, after: str
) -> None:
    lead = client.as_("station_lead")
    go_by(api, at(before) - timedelta(seconds=5))
    held = {**lead, "If-None-Match": client.http.get(BOARD, headers=lead).headers["etag"]}
    go_by(api, at(before))
    assert client.http.get(BOARD, headers=held).status_code == 304
    go_by(api, at(after))
    assert client.http.get(BOARD, headers=held).status_code == 200


def test_fld_4_a_board_becomes_final_at_the_citys_own_hour(
    client: SignedIn, api: FastAPI, db: Session
) -> None:
    by = db.scalars(select(Account.id).limit(1)).one()
    db.add(
        ParameterValue(
            name="final_at",
            value="10:00",
            effective_from=DAY,
            reason="test",
            decided_by=by,
            decided_at=at("07:00"),
        )
    )
    db.commit()
    at_ten = NEXT_NOON - timedelta(hours=2)
    go_by(api, at_ten - timedelta(seconds=5))
    lead = client.as_("station_lead")
    held = {**lead, "If-None-Match": client.http.get(BOARD, headers=lead).headers["etag"]}
    go_by(api, at_ten)
    assert client.http.get(BOARD, headers=held).status_code == 304
    go_by(api, at_ten + timedelta(seconds=1))
    assert client.http.get(BOARD, headers=held).json()["standing"] == "final"


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(
    ("who", "unit", "status"),
    [
        ("station_lead", "510185001001", 200),
        ("station_lead", "510185001002", 404),
        ("station_lead", "510185001", 404),
        ("township", "510185001002", 200),
        ("township", "510185002001", 404),
        ("command_centre", "510185", 200),
        ("command_centre", "510186", 404),
        ("510185001001001", "510185001001", 403),
        ("finance", "510185", 403),
    ],
)
def test_org_1_boards_are_of_ones_own_subtree(
    client: SignedIn, who: str, unit: str, status: int
) -> None:
    headers = client.as_(who)
    for path in (
        f"/v1/boards/{unit}/{DAY}",
        f"/v1/units/{unit}/summary?from={DAY}&to={DAY}",
        f"/v1/units/{unit}/missing?date={DAY}",
        f"/v1/units/{unit}/late?date={DAY}",
    ):
        assert client.http.get(path, headers=headers).status_code == status, path


@pytest.mark.usefixtures("later")
def test_a_township_is_paged_and_its_totals_are_of_all(client: SignedIn) -> None:
    seen: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        path = f"/v1/boards/510185001/{DAY}?limit=2&cursor={cursor}".removesuffix("&cursor=")
        board = client.http.get(path, headers=client.as_("township")).json()
        assert board["totals"]["workers"] == 5
        seen += [item["worker_id"] for item in board["items"]]
        cursor = board["next_cursor"]
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.usefixtures("later")
def test_a_summary_counts_who_recorded_nothing(client: SignedIn, db: Session, city: City) -> None:
    store_check_in(db, worker_of(city), 1)
    store_leave(db, worker_of(city), Half.AFTERNOON, Half.AFTERNOON)
    store_walk(db, worker_of(city), [("08:30", "11:00"), ("18:00", "20:00")])
    db.commit()
    path = f"/v1/units/{COMMUNITY}/summary?from={DAY}&to={DAY}"
    found = client.http.get(path, headers=client.as_("station_lead")).json()
    total = found["total"]
    assert (total["posted_days"], total["computed_days"], total["coverage"]) == (3, 3, 1)
    assert (total["duty_days"], total["days_met"], total["days_short"]) == (3, 1, 2)
    assert (total["windows_owed"], total["windows_filled"]) == (9, 1)
    assert (total["windows_excused"], total["windows_missed"]) == (2, 6)
    assert total["minutes"]["total"] == 270
    assert found["items"][0]["worker_id"] == str(worker_of(city))
    city_wide = client.http.get(
        f"/v1/units/510185/summary?from={DAY}&to={DAY}", headers=client.as_("command_centre")
    ).json()
    assert [(row["code"], row["posted_days"]) for row in city_wide["items"]] == [
        ("510185001", 5),
        ("510185002", 1),
    ]


@pytest.mark.usefixtures("later")
def test_what_was_never_judged_is_counted_as_such(client: SignedIn) -> None:
    first, last = date(2026, 1, 1), date(2026, 3, 18)
    path = f"/v1/units/510185/summary?from={first}&to={last}"
    total = client.http.get(path, headers=client.as_("command_centre")).json()["total"]
    assert total["posted_days"] == 6 * ((last - first).days + 1)
    assert (total["uncomputed_days"], total["coverage"]) == (total["posted_days"], 0)


def test_windows_of_today_that_are_not_over_wait(client: SignedIn, api: FastAPI) -> None:
    go_by(api, at("14:40"))
    lead = client.as_("station_lead")
    totals = client.http.get(BOARD, headers=lead).json()["totals"]["windows"]
    assert (totals["missed"], totals["waiting"]) == (3, 6)
    path = f"/v1/units/{COMMUNITY}/summary?from={DAY}&to={DAY + timedelta(days=3)}"
    total = client.http.get(path, headers=lead).json()["total"]
    assert (total["posted_days"], total["windows_missed"]) == (3, 3)
    assert total["provisional_days"] == 3


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(
    "query",
    [
        "from=2026-03-02&to=2026-03-01",
        "from=2026-01-01&to=2027-02-05",
        "from=0001-01-01&to=2026-03-01",
        "from=2026-03-01&to=9999-12-31",
        "from=yesterday&to=2026-03-01",
        "to=2026-03-01",
    ],
)
def test_ranges_that_are_refused(client: SignedIn, query: str) -> None:
    path = f"/v1/units/{COMMUNITY}/summary?{query}"
    answer = client.http.get(path, headers=client.as_("station_lead"))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("later")
def test_a_range_of_400_dates_is_taken(client: SignedIn) -> None:
    path = f"/v1/units/{COMMUNITY}/summary?from=2026-01-01&to=2027-02-04"
    assert client.http.get(path, headers=client.as_("station_lead")).status_code == 200


@pytest.mark.usefixtures("later")
def test_missing_and_late_lists(client: SignedIn, db: Session, city: City) -> None:
    store_check_in(db, worker_of(city), 1)
    refused = store_check_in(db, worker_of(city), 2, Verdict.OFF_SITE)
    db.commit()
    lead = client.as_("station_lead")
    path = f"/v1/units/{COMMUNITY}/missing?date={DAY}"
    missing = client.http.get(path, headers=lead).json()
    assert missing["by_window"] == [
        {"window": 1, "missed": 2},
        {"window": 2, "missed": 3},
        {"window": 3, "missed": 3},
    ]
    assert {item["clause"] for item in missing["items"]} == {"三(二)2"}
    seen: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.http.get(
            f"{path}&limit=3&cursor={cursor}".removesuffix("&cursor="), headers=lead
        )
        seen += [(item["window"], item["worker_id"]) for item in page.json()["items"]]
        cursor = page.json()["next_cursor"]
    assert seen == [(item["window"], item["worker_id"]) for item in missing["items"]]
    late = client.http.get(f"/v1/units/{COMMUNITY}/late?date={DAY}", headers=lead).json()
    assert [(item["id"], item["verdict"]) for item in late["items"]] == [
        (str(refused.id), "off_site")
    ]
    assert late["items"][0]["why"]["zh"] == "不在站点签到半径内"


@pytest.mark.usefixtures("later")
def test_lists_as_spreadsheets_run_nothing(client: SignedIn, db: Session, city: City) -> None:
    db.execute(
        update(Worker).where(Worker.id == worker_of(city)).values(name='=HYPERLINK("http://x")')
    )
    db.commit()
    lead = client.as_("station_lead")
    answer = client.http.get(f"{BOARD}?format=csv", headers=lead)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["第一次签到"] for row in rows] == ["missed"] * 3
    assert '\'=HYPERLINK("http://x")' in {row["网格员"] for row in rows}
    answer = client.http.get(f"{BOARD}?format=xlsx", headers={**lead, "Accept-Language": "en"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "Worker" in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} <= {"s", "n"}


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "|x", "%0A", "＝1", "＠x"]
)
def test_text_that_looks_like_a_formula_is_quoted(text: str) -> None:
    answer = table([{"a": text, "b": -1.5}], {"a": ("甲", "A"), "b": ("乙", "B")}, "csv", "x")
    row = list(csv.reader(io.StringIO(bytes(answer.body).decode("utf-8-sig"))))[1]
    assert row[0].startswith("'")
    assert row[1] == "-1.5", "a number stays a number"


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("cursor", ["x", "W10", "WyIxIiwiMiJd", "WzEsMl0"])
def test_foreign_cursors_are_refused(client: SignedIn, cursor: str) -> None:
    lead = client.as_("station_lead")
    for path in (BOARD, f"/v1/units/{COMMUNITY}/late?date={DAY}"):
        joint = "&" if "?" in path else "?"
        answer = client.http.get(f"{path}{joint}cursor={cursor}", headers=lead)
        assert answer.json()["code"] == "request.bad_cursor"


@pytest.mark.usefixtures("later")
def test_a_new_name_ends_the_304(client: SignedIn, city: City) -> None:
    lead = client.as_("station_lead")
    first = client.http.get(BOARD, headers=lead)
    polled = lead | {"If-None-Match": first.headers["etag"]}
    assert client.http.get(BOARD, headers=polled).status_code == 304
    worker = f"/v1/workers/{worker_of(city)}"
    assert client.http.patch(worker, json={"name": "新名"}, headers=lead).status_code == 200
    again = client.http.get(BOARD, headers=polled)
    assert again.status_code == 200
    assert "新名" in [item["worker_name"] for item in again.json()["items"]]


def test_a_date_after_the_end_of_the_post_is_judged_no_more(db: Session, city: City) -> None:
    worker = worker_of(city)
    store_check_in(db, worker, 1)
    assert recompute(db, worker, DAY, LATER) is not None
    db.execute(update(Posting).where(Posting.worker_id == worker).values(valid=Range(SINCE, DAY)))
    mark_worker(db, worker, DAY, DAY)
    assert refresh(db, worker, DAY, LATER) is None
    assert db.get(WorkerDay, (worker, DAY), populate_existing=True) is None
