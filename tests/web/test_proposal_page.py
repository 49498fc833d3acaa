"""A proposal explained on one page: in both languages, harmless, and for whom it concerns."""

from base64 import b64encode
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.conduct.wording import in_words
from app.kit.language import Voice
from app.rules.conduct import Ground
from tests.api.station import GRID, NEIGHBOUR, StationDay
from tests.attendance.facts import at
from tests.conduct.matters import FIRST, Matters
from tests.conftest import SignedIn

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}"
DUTY = {"duty_dates": 22, "employed": 20, "on_leave": 2}


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    found = StationDay(api, client, db)
    found.at(at("10:00", date(2026, 5, 4)))
    return found


def page(station: StationDay, who: str, path: str, language: str) -> Any:
    headers = station.client.as_(who) | {"Accept-Language": language}
    return station.client.http.get(f"/v1{path}", headers=headers)


def test_con_it_says_what_was_owed_found_and_followed(station: StationDay, db: Session) -> None:
    matters = Matters(db, station.client.city)
    key = matters.penalised(FIRST).proposal_id
    open_one = matters.recorded(Ground.A7, FIRST, HOSTILE)
    matters.answer(open_one, at("19:00"))
    db.commit()
    decided = page(station, GRID, f"/me/proposals/{key}/page", "zh")
    for text in (
        "处罚建议说明",
        "B1　工作期间不按规定着装（四(二)1，规则 CON-B1）",
        "2026-03-18 社区检查 1 次未着工作装",
        "扣减当月绩效工资 100.00 元",
        "2026-04-01 起，至 2026-05-01（不含）止；申诉期限至 2026-04-16",
        "/v1/me/equipment-checks?from=2026-03-18",
    ):
        assert text in decided.text
    english = page(station, "township", f"/conduct-proposals/{open_one.id}/page", "en")
    for text in ("What it would cause", "The contract ends", "工装送洗", "&lt;script&gt;"):
        assert text in english.text
    assert "<script" not in english.text
    assert "{{ 7*7 }}" in english.text
    assert page(station, NEIGHBOUR, f"/me/proposals/{key}/page", "zh").status_code == 404


def test_con_a_decided_one_shows_what_it_was_decided_upon(station: StationDay, db: Session) -> None:
    matters = Matters(db, station.client.city)
    penalty = matters.penalised(FIRST)
    digest = penalty.evidence_digest
    matters.bare(at("15:00"))
    db.commit()
    zh, en = (
        page(station, GRID, f"/me/proposals/{penalty.proposal_id}/page", language).text
        for language in ("zh", "en")
    )
    assert "2026-03-18 社区检查 1 次未着工作装" in zh
    assert "2026-05-04 10:00 证据已发生变化，处罚已提请复核" in zh
    assert "it changed on 2026-05-04 10:00, and a review was offered" in en
    assert digest in zh


def test_nothing_of_it_comes_from_elsewhere(station: StationDay, db: Session) -> None:
    key = Matters(db, station.client.city).detected(FIRST + timedelta(days=1)).id
    db.commit()
    answer = page(station, "station_lead", f"/conduct-proposals/{key}/page", "zh")
    style = answer.text.split("<style>")[1].split("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "private, no-store"
    assert "http" not in answer.text.replace("http-equiv", "")


FACTS: list[tuple[Ground, dict[str, Any], str, str]] = [
    (
        Ground.B2,
        {"owed": 9, "counted": 4, "filed": 5, **DUTY},
        "上报 5 件，计 4 件",
        "5 filed, 4 count",
    ),
    (
        Ground.B3,
        {"owed": 18, "active": {"chengdu": 15, "sichuan": 18}, "short": ["chengdu"], **DUTY},
        "活跃 15 天",
        "15 active days",
    ),
    (
        Ground.B4,
        {"day": "2026-03-18", "cards": 2, "avoidable": 1},
        "2026-03-18 亮牌 2 张，其中可避免 1 张",
        "2 card(s) on 2026-03-18, 1 avoidable",
    ),
    (
        Ground.B6,
        {"asked": 40, "aware": 34, "asked_percent": 90, "low": 0.7093, "high": 0.9294},
        "34 / 40 = 85.0%（95%置信区间 70.9% 至 92.9%）",
        "34 / 40 = 85.0% (95% interval 70.9% to 92.9%)",
    ),
    (
        Ground.A5,
        {"year": 2026, "failed_months": ["2026-02", "2026-05"], "failed_year": False},
        "不合格：2026-02、2026-05",
        "Failed: 2026-02、2026-05",
    ),
    (Ground.A4, {"kind": "unfit_or_grave_error"}, "不能胜任或重大差错", "Unfit, or a grave error"),
]


@pytest.mark.parametrize(("ground", "because", "zh", "en"), FACTS, ids=[row[0] for row in FACTS])
def test_con_what_was_found_in_both_languages(
    ground: Ground, because: dict[str, Any], zh: str, en: str
) -> None:
    for language, text in (("zh", zh), ("en", en)):
        said = in_words(ground, because, Voice(language))  # type: ignore[arg-type]
        assert said[0].found == text
    assert in_words(Ground.B1, {"other": 1}, Voice("zh"))[0].what == "other"
