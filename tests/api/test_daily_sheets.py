"""The day's sheet over HTTP: as JSON and as a workbook (TSK-2)."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from openpyxl import Workbook, load_workbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.api.deps import moment
from app.db.models import OutboxEvent, Unit, Worker
from app.kit import clock
from app.rules.visits import VisitKind
from tests.conftest import SignedIn
from tests.days.facts import DAY, GRID, LATER, at
from tests.intake.handset import Handset, batch, item
from tests.tasks.facts import NAMES, DayOfWork, evening, typical

ELSEWHERE = "510185001002001"
OTHER_TOWNSHIP = "510185002001001"


@pytest.fixture
def work(api: FastAPI, client: SignedIn, db: Session) -> DayOfWork:
    """A typical day of the first worker, seen in the evening."""
    api.dependency_overrides[moment] = evening
    found = DayOfWork(db, client.city)
    typical(found)
    db.commit()
    return found


def get(client: SignedIn, who: str, path: str, **query: Any) -> Any:
    language = {"Accept-Language": query.pop("language", "zh")}
    headers = client.as_(who) | language
    return client.http.get(f"/v1{path}", headers=headers, params={"date": str(DAY)} | query)


def sheet(client: SignedIn, who: str, path: str, **query: Any) -> dict[str, Any]:
    answer = get(client, who, path, **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def of_worker(work: DayOfWork) -> str:
    return f"/workers/{work.worker_id}/daily-sheet"


def test_tsk_2_the_worker_the_station_and_the_unit_get_one_and_the_same_sheet(
    client: SignedIn, work: DayOfWork
) -> None:
    own = sheet(client, GRID, "/me/daily-sheet")
    assert own["worker_name"] == "网格员0"
    assert {task["verdict"] for task in own["tasks"]} == {"done"}
    assert sheet(client, "station_lead", of_worker(work)) == own
    unit = sheet(client, "station_lead", "/daily-sheets")
    assert unit["unit"]["code"] == GRID[:12]
    assert [each["worker_name"] for each in unit["items"]] == ["网格员0", "网格员1", "网格员2"]
    assert unit["items"][0] == own


@pytest.mark.parametrize("who", ["township", "command_centre"])
def test_tsk_2_tiers_above_see_no_names_of_places_and_the_same_code(
    client: SignedIn, work: DayOfWork, who: str
) -> None:
    own = sheet(client, GRID, "/me/daily-sheet")
    for path, pick in ((of_worker(work), False), ("/daily-sheets", True)):
        found = sheet(client, who, path)
        found = found["items"][0] if pick else found
        assert {visit["place"] for visit in found["visits"]} == {None}
        assert {visit["place_id"] for visit in found["visits"]} == {None}
        assert found["code"] == own["code"]
    assert NAMES[VisitKind.RENTAL] not in get(client, who, "/daily-sheets").text


def test_tsk_2_a_station_that_sees_places_leaves_a_trace(
    client: SignedIn, work: DayOfWork, db: Session
) -> None:
    def looks() -> list[Any]:
        found = select(OutboxEvent).where(OutboxEvent.name == "daily_sheet.looked_at")
        return list(db.scalars(found.order_by(OutboxEvent.id)))

    sheet(client, GRID, "/me/daily-sheet")
    sheet(client, "township", "/daily-sheets")
    assert looks() == []
    sheet(client, "station_lead", of_worker(work))
    sheet(client, "station_lead", "/daily-sheets")
    assert [(look.subject_kind, look.subject_id) for look in looks()] == [
        ("worker", str(work.worker_id)),
        ("unit", GRID[:12]),
    ]
    assert looks()[1].facts == {"day": str(DAY), "workers": 3, "places_named": 8}


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (GRID, 403),
        ("information_administrator", 403),
        ("leading_group_office", 403),
        ("auditor", 403),
        ("finance", 403),
    ],
)
def test_org_1_who_has_no_business_with_sheets(
    client: SignedIn, work: DayOfWork, who: str, status: int
) -> None:
    for path in (of_worker(work), "/daily-sheets", "/daily-sheets/page"):
        answer = get(client, who, path)
        assert (answer.status_code, answer.json()["code"]) == (status, "auth.forbidden")


def test_an_office_has_no_sheet_of_its_own(client: SignedIn, work: DayOfWork) -> None:
    for path in ("/me/daily-sheet", "/me/daily-sheet/page"):
        assert get(client, "station_lead", path).status_code == 403


def test_org_1_beyond_ones_unit_there_is_nothing(client: SignedIn, work: DayOfWork) -> None:
    workers = client.city.workers
    for who, path in (
        ("station_lead", f"/workers/{workers[ELSEWHERE]}/daily-sheet"),
        ("township", f"/workers/{workers[OTHER_TOWNSHIP]}/daily-sheet"),
        ("command_centre", f"/workers/{uuid4()}/daily-sheet"),
    ):
        answer = get(client, who, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found")
    for who, unit in (
        ("station_lead", "510185001002"),
        ("station_lead", "510185001"),
        ("township", "510185002"),
        ("command_centre", "510199"),
        ("command_centre", "510185999"),
    ):
        assert get(client, who, "/daily-sheets", unit=unit).status_code == 404, unit
    below = sheet(client, "township", "/daily-sheets", unit="510185001002")
    assert [each["worker_name"] for each in below["items"]] == ["网格员3", "网格员4"]


def test_a_date_without_a_post_is_not_there(client: SignedIn, work: DayOfWork) -> None:
    assert get(client, GRID, "/me/daily-sheet", date="2025-12-31").status_code == 404
    assert get(client, "station_lead", of_worker(work), date="2025-12-31").status_code == 404
    assert sheet(client, "station_lead", "/daily-sheets", date="2025-12-31")["items"] == []


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/me/daily-sheet", {"date": "0001-01-01"}),
        ("/me/daily-sheet", {"date": "9999-12-31"}),
        ("/me/daily-sheet", {"date": "2026-02-30"}),
        ("/me/daily-sheet", {"format": "pdf"}),
        ("/daily-sheets", {"unit": "510185001001001"}),
        ("/daily-sheets", {"unit": "x\x00"}),
        ("/daily-sheets", {"limit": 51}),
        ("/daily-sheets", {"limit": 0}),
        ("/daily-sheets", {"cursor": "x"}),
        ("/daily-sheets", {"cursor": "WyIyMDI2LTAzLTE4Il0"}),
        ("/daily-sheets/page", {"worker": "1"}),
        ("/workers/1/daily-sheet", {}),
    ],
)
def test_bad_input_is_refused(
    client: SignedIn, work: DayOfWork, path: str, query: dict[str, Any]
) -> None:
    who = GRID if path.startswith("/me") else "station_lead"
    assert get(client, who, path, **query).status_code == 422


def test_todays_sheet_without_a_date_and_one_to_come(client: SignedIn, work: DayOfWork) -> None:
    headers = client.as_(GRID)
    assert client.http.get("/v1/me/daily-sheet", headers=headers).json()["day"] == str(DAY)
    coming = sheet(client, GRID, "/me/daily-sheet", date=str(DAY + timedelta(days=2)))
    assert {window["state"] for window in coming["windows"]} == {"upcoming"}


def test_sheets_are_paged(client: SignedIn, work: DayOfWork) -> None:
    whole = sheet(client, "township", "/daily-sheets")
    assert (len(whole["items"]), whole["next_cursor"]) == (5, None)
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = sheet(client, "township", "/daily-sheets", **query)
        seen += [each["worker_id"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert sorted(seen) == sorted(each["worker_id"] for each in whole["items"])
    assert len(seen) == len(set(seen)) == 5


def test_tsk_2_the_code_compares_a_print_with_the_system(
    client: SignedIn, work: DayOfWork, api: FastAPI
) -> None:
    first = sheet(client, GRID, "/me/daily-sheet")
    assert sheet(client, GRID, "/me/daily-sheet")["code"] == first["code"]
    api.dependency_overrides[moment] = lambda: LATER
    client.tokens.clear()
    later = sheet(client, GRID, "/me/daily-sheet")
    assert (later["standing"], later["code"]) == ("final", first["code"])
    work.incident("16:45")
    work.db.commit()
    assert sheet(client, GRID, "/me/daily-sheet")["code"] != first["code"]


@pytest.fixture
def wednesday(api: FastAPI, tmp_path: Path) -> Iterator[None]:
    """The service, once built, believes it is ten on the morning of the date."""
    del api
    file = tmp_path / "now"
    file.write_text(at("10:00").isoformat(), "ascii")
    clock.follow(file)
    yield
    clock.follow(None)


@pytest.mark.usefixtures("wednesday")
def test_tsk_1_a_day_sent_by_the_handset(client: SignedIn, db: Session) -> None:
    handset = Handset(client)
    empty = sheet(client, GRID, "/me/daily-sheet")
    assert [part["done"] for part in empty["tasks"][0]["parts"]] == [True, False, False, False]
    answer = handset.push(
        item("check_in"),
        item("visit"),
        item("incident"),
        item("daily_note", body={"said": "巡查两遍", "photos": ["c" * 64]}),
    )
    assert {result["status"] for result in answer.json()["results"]} == {"created"}
    assert handset.post("/v1/tracks", json=batch()).status_code == 200
    found = sheet(client, GRID, "/me/daily-sheet")
    assert [part["done"] for part in found["tasks"][0]["parts"]] == [True, True, False, False]
    assert [task["verdict"] for task in found["tasks"]] == ["partly", "none", "done", "done"]
    assert [visit["place"] for visit in found["visits"]] == ["物业"]
    assert [note["said"] for note in found["notes"]] == ["巡查两遍"]
    assert found["photos"] == {"named": 1, "missing": 1}
    assert len(found["events"]["filed"]) == 1
    assert found["code"] != empty["code"]


def workbook(client: SignedIn, who: str, path: str, **query: Any) -> Workbook:
    answer = get(client, who, path, format="xlsx", **query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    found: Workbook = load_workbook(io.BytesIO(answer.content))
    return found


def texts(page: Any) -> list[str]:
    return [str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None]


def test_tsk_2_a_worker_gets_a_workbook_laid_out_like_the_form(
    client: SignedIn, work: DayOfWork
) -> None:
    book = workbook(client, GRID, "/me/daily-sheet")
    assert book.sheetnames == ["网格员0"]
    page = book.active
    assert page is not None
    assert page["A1"].value == "简阳市网格员每日任务清单表"
    assert (page["A2"].value, page["B2"].value) == ("网格员", "网格员0（专职）")
    assert {"A1:Y1", "A5:A8"} <= {str(span) for span in page.merged_cells.ranges}
    assert page["A5"].value == "“3”\n签到"
    assert [page.cell(row, 8).value for row in (6, 7, 8)] == ["已签到"] * 3
    assert [page.cell(row, 12).value for row in (6, 7, 8)] == ["08:45", "14:45", "16:55"]
    assert page["B6"].border.left.style == "thin"
    setup = page.page_setup
    assert (setup.paperSize, setup.orientation, setup.fitToWidth, setup.fitToHeight) == (
        9, "portrait", 1, 0,
    )  # fmt: skip
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_area == f"'网格员0'!$A$1:$Y${page.max_row}"
    found = texts(page)
    assert "建设路12号出租房" in found
    assert NAMES[VisitKind.SPECIAL_GROUP] not in "".join(found)
    code = sheet(client, GRID, "/me/daily-sheet")["code"]
    assert any(code in text for text in found)


def test_tsk_2_a_station_gets_a_summary_and_a_worksheet_each(
    client: SignedIn, work: DayOfWork
) -> None:
    book = workbook(client, "station_lead", "/daily-sheets", language="en")
    assert book.sheetnames == ["Summary", "网格员0", "网格员1", "网格员2"]
    rows = list(book["Summary"].iter_rows(min_row=2, values_only=True))
    assert rows[0][:4] == ("Worker", "Grids", "Duty date", "Sign-ins")
    assert rows[1][:4] == ("网格员0", "单位510185001001001", "Yes", "3 / 3")
    assert rows[1][4:11] == ("Done", "Done", "Done", "Done", 9, 60, 8)
    assert rows[1][11:14] == (405, 0, "Short")
    assert rows[2][3] == "0 / 3"
    assert len(rows) == 4
    paged = get(client, "station_lead", "/daily-sheets", format="xlsx", limit=2)
    assert paged.headers["x-next-cursor"]


HOSTILE = '=HYPERLINK("http://x","<script>alert(\'1\')</script>")'


def test_text_that_a_spreadsheet_would_run_is_neutralised(
    client: SignedIn, work: DayOfWork, db: Session
) -> None:
    for statement in (
        update(Worker).where(Worker.id == work.worker_id).values(name=HOSTILE),
        update(Unit).where(Unit.code == GRID[:12]).values(name="+社区"),
        update(Unit).where(Unit.code == GRID).values(name="@网格"),
    ):
        db.execute(statement)
    work.note(HOSTILE)
    work.visit("16:50", HOSTILE, VisitKind.CARE)
    db.commit()
    book = workbook(client, "station_lead", "/daily-sheets")
    for page in book.worksheets:
        for row in page.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "n"}, "no formula"
        assert not [text for text in texts(page) if text.startswith(("=", "+", "@", "-"))]
    assert f"'{HOSTILE}" in texts(book.worksheets[1])
    assert not set("[]:*?/\\'") & set("".join(book.sheetnames))
