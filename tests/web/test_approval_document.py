"""The document of a case and of each step, on A4 (HIRE-1, CON-5)."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session
from typing_extensions import override

from app.rules.approvals import CaseState, Procedure, StepAct, StepOutcome
from app.rules.conduct import Ground, PenaltyKind
from app.rules.procedures import LeaveKind
from app.rules.tiers import Tier
from app.web.approval_words import ACTS, FACTS, OUTCOMES, SAYERS, STATES, TIERS, TITLES
from tests.api.approval_desk import GRID, Desk
from tests.api.station import StationDay, refused
from tests.approvals.facts import Offices
from tests.city import City
from tests.conftest import SignedIn

HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}"


@pytest.fixture
def desk(api: FastAPI, client: SignedIn, db: Session, city: City) -> Desk:
    return Desk(StationDay(api, client, db), Offices(db, city))


class Tags(HTMLParser):
    """Which elements and attributes a page has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def document(desk: Desk, who: str, path: str, language: str = "zh") -> tuple[str, dict[str, str]]:
    headers = desk.station.client.as_(who) | {"Accept-Language": language}
    answer = desk.station.client.http.get(f"/v1{path}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text, dict(answer.headers)


def test_hire_1_every_step_has_its_document_with_names_dates_and_clauses(desk: Desk) -> None:
    case = desk.recruitment()
    desk.steps("command_centre", case.id, 2, reason="符合条件", seen={"digest": "ab" * 32})
    text, headers = document(desk, "township", f"/approvals/{case.id}/document")
    assert (headers["content-language"], headers["cache-control"]) == ("zh", "private, no-store")
    for said in (
        "专职网格员招聘审批表</h1>",
        "公开考试聘用",
        GRID,
        "2026年3月18日 10:00",
        "乡镇（街道）",
        "经办人：township",
        "经办人：command_centre",
        "意见：符合条件",
        "已核对证据，摘要 abababababababab",
        "待办",
        "未到",
        "HIRE-1　一(二)1, 一(二)2",
        "乡镇（街道）申请→市网格化服务管理指挥中心审核",
        "size: A4 portrait",
    ):
        assert said in text, said
    assert "赵应聘" not in text
    assert text.count('scope="row"><span>') == 4
    desk.steps("leading_group_office", case.id, 3, "refused", reason="编制未核定")
    over, _ = document(desk, "township", f"/approvals/{case.id}/document")
    assert ("不同意" in over, "未办理" in over, "未到" in over) == (True, True, False)
    first, _ = document(desk, "township", f"/approvals/{case.id}/document?step=1")
    assert "专职网格员招聘审批表（第1步：申请）" in first
    assert "符合条件" not in first
    path = f"/approvals/{case.id}/document"
    for missing in (5, 20):
        answer = desk.station.get("township", path, step=missing)
        assert refused(answer) == (404, "request.not_found")
    for out_of_form in (0, 21, 10**30):
        assert refused(desk.station.get("township", path, step=out_of_form))[0] == 422


def test_att_5_in_english_and_to_the_person_concerned(desk: Desk) -> None:
    leave = desk.leave()
    desk.steps("station_lead", leave, 2, "refused", reason=HOSTILE)
    text, headers = document(desk, GRID, f"/me/approvals/{leave}/document", "en")
    assert (headers["content-language"], '<html lang="en">' in text) == ("en", True)
    for said in ("Sick leave", "Person concerned", "网格员0", "Refused", "By: station_lead"):
        assert said in text, said
    assert HOSTILE not in text
    seen = Tags(text)
    assert not {"script", "link", "img", "iframe", "form"} & seen.tags
    assert not {"style", "src", "href", "onclick"} & seen.attributes
    [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in headers["content-security-policy"]
    neighbour = desk.station.get("510185001001002", f"/me/approvals/{leave}/document")
    assert refused(neighbour) == (404, "request.not_found")
    desk.offices.add("other_lead", "510185001002", "station_lead")
    desk.db.commit()
    assert refused(desk.station.get("other_lead", f"/approvals/{leave}/document"))[0] == 404


def test_everything_a_document_can_say_has_words_in_both_languages() -> None:
    assert set(TITLES) == set(Procedure)
    assert set(ACTS) == set(StepAct)
    assert set(TIERS) == set(Tier)
    assert set(OUTCOMES) == set(StepOutcome)
    assert set(STATES) == set(CaseState)
    assert set(SAYERS) <= set(FACTS)
    for ground in Ground:
        assert f"{ground.value}（四" in SAYERS["ground"](ground.value, "zh")
        assert ": " in SAYERS["ground"](ground.value, "en")
    for kind in [*PenaltyKind, *LeaveKind]:
        assert SAYERS["kind"](kind.value, "zh")
    assert SAYERS["month"]("2026-10-01", "zh") == "2026年10月"
    assert SAYERS["month"]("2026-10-01", "en") == "2026-10"
