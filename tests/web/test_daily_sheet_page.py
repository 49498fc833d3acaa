"""The day's sheet as a page to print (TSK-2)."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlalchemy.orm import Session
from typing_extensions import override

from app.api.deps import moment
from app.db.models import Worker
from app.rules.visits import VisitKind
from tests.conftest import SignedIn
from tests.days.facts import DAY, GRID
from tests.tasks.facts import NAMES, DayOfWork, evening, typical

ELSEWHERE = "510185001002001"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}"


@pytest.fixture
def work(api: FastAPI, client: SignedIn, db: Session) -> DayOfWork:
    api.dependency_overrides[moment] = evening
    found = DayOfWork(db, client.city)
    typical(found)
    db.commit()
    return found


def page(client: SignedIn, who: str, path: str, language: str = "zh", **query: Any) -> Any:
    headers = client.as_(who) | {"Accept-Language": language}
    answer = client.http.get(f"/v1{path}", headers=headers, params={"date": str(DAY)} | query)
    assert answer.status_code == 200, answer.text
    return answer


class Seen(HTMLParser):
    """Which elements and attributes a page has, and what is written in its cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.cells: list[str] = []
        self.spans: list[int] = []
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag == "tr":
            self.spans.append(0)
        if tag in {"td", "th"}:
            self.cells.append("")
            self.spans[-1] += int(dict(attrs).get("colspan") or 1)

    @override
    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data


def test_tsk_2_ones_own_page_says_what_the_sheet_says(client: SignedIn, work: DayOfWork) -> None:
    answer = page(client, GRID, "/me/daily-sheet/page")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-language"] == "zh"
    assert '<html lang="zh-CN">' in answer.text
    headers = client.as_(GRID)
    sheet = client.http.get(f"/v1/me/daily-sheet?date={DAY}", headers=headers).json()
    for text in (
        "简阳市网格员每日任务清单表",
        "2026年3月18日　星期三",
        "网格员0（专职）",
        "建设路12号出租房",
        "三(一)1 “5”四",
        "缺：口哨",
        "3栋电梯停运",
        "暂定",
        sheet["code"],
    ):
        assert text in answer.text, text
    special = next(visit for visit in sheet["visits"] if visit["withheld"])
    assert f"代号 {special['place_code']}" in answer.text
    assert "敏感个人信息" in answer.text
    assert NAMES[VisitKind.SPECIAL_GROUP] not in answer.text


def test_tsk_2_in_english_by_accept_language(client: SignedIn, work: DayOfWork) -> None:
    answer = page(client, GRID, "/me/daily-sheet/page", "en-GB,en;q=0.9")
    assert (answer.headers["content-language"], '<html lang="en">' in answer.text) == ("en", True)
    for text in (
        "Worker (signature)",
        "Wednesday, 2026-03-18",
        "Cared-for people",
        "lacking: whistle",
    ):
        assert text in answer.text, text


def test_the_page_takes_nothing_from_elsewhere_and_runs_nothing(
    client: SignedIn, work: DayOfWork
) -> None:
    answer = page(client, "station_lead", "/daily-sheets/page")
    policy = answer.headers["content-security-policy"]
    [style] = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    seen = Seen(answer.text)
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(seen.tags)
    assert not {"style", "src", "href", "onclick"} & set(seen.attributes)
    assert "url(" not in style
    assert "@import" not in style
    assert "http://" not in answer.text
    assert "https://" not in answer.text


def test_hostile_text_is_shown_and_not_run(client: SignedIn, work: DayOfWork, db: Session) -> None:
    db.execute(update(Worker).where(Worker.id == work.worker_id).values(name=HOSTILE))
    work.note(HOSTILE)
    work.visit("16:50", HOSTILE, VisitKind.CARE)
    db.commit()
    answer = page(client, "station_lead", "/daily-sheets/page", worker=str(work.worker_id))
    seen = Seen(answer.text)
    assert not {"script", "img"} & set(seen.tags)
    assert "onerror" not in seen.attributes
    assert sum(HOSTILE in cell for cell in seen.cells) == 3


def test_every_row_fills_the_form(client: SignedIn, work: DayOfWork) -> None:
    """25 columns; within a band its mark stands in the first row alone."""
    seen = Seen(page(client, "station_lead", "/daily-sheets/page").text)
    assert set(seen.spans) == {24, 25}


def test_a_worker_a_page(client: SignedIn, work: DayOfWork) -> None:
    answer = page(client, "station_lead", "/daily-sheets/page")
    assert answer.text.count("<article>") == 3
    assert "break-after: page" in answer.text
    assert "size: A4 portrait" in answer.text
    one = page(client, "station_lead", "/daily-sheets/page", worker=str(work.worker_id))
    assert one.text.count("<article>") == 1
    two = page(client, "station_lead", "/daily-sheets/page", limit=2)
    assert two.text.count("<article>") == 2
    rest = page(client, "station_lead", "/daily-sheets/page", cursor=two.headers["x-next-cursor"])
    assert rest.text.count("<article>") == 1
    assert "x-next-cursor" not in rest.headers


def test_tsk_2_above_the_station_places_have_codes(client: SignedIn, work: DayOfWork) -> None:
    text = page(client, "township", "/daily-sheets/page", worker=str(work.worker_id)).text
    assert NAMES[VisitKind.RENTAL] not in text
    assert text.count('<td colspan="7" class="text">代号 ') == 9
    assert "只向网格员本人和所在站点显示" in text


def test_org_1_pages_of_others_are_not_there(client: SignedIn, work: DayOfWork) -> None:
    lead = client.as_("station_lead")
    for query in (
        {"worker": str(client.city.workers[ELSEWHERE])},
        {"unit": "510185001002"},
        {"unit": "510185001002", "worker": str(work.worker_id)},
    ):
        answer = client.http.get("/v1/daily-sheets/page", headers=lead, params=query)
        assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found")
    township = client.as_("township")
    query = {"unit": "510185001002", "worker": str(work.worker_id), "date": str(DAY)}
    answer = client.http.get("/v1/daily-sheets/page", headers=township, params=query)
    assert answer.status_code == 404


def test_a_unit_where_nobody_has_a_post(client: SignedIn, work: DayOfWork) -> None:
    text = page(client, "station_lead", "/daily-sheets/page", date="2025-12-31").text
    assert "本单位当日没有网格员任职。" in text
    assert "<article>" not in text


def test_a_date_without_any_record_fills_a_page_too(client: SignedIn, work: DayOfWork) -> None:
    text = page(client, GRID, "/me/daily-sheet/page", date="2026-03-15").text
    assert "当日无走访记录。" in text
    assert "否（国家工作日历）" in text
