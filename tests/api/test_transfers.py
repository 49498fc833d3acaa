"""Lists from spreadsheets: all lines or none, each mistake with its line, repeats harmless."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.deps import moment
from app.db.models import VisitPlace, VisitTarget
from app.rules.visits import VisitKind
from tests.conftest import SignedIn

HEAD = "地点,走访类别,经度,纬度,起始日期"
GOOD = [
    "和平路1号,出租房,104.5472,30.411,2026-11-20",
    "和平路2号,特殊人群、常住人口,104.5475,30.412,2026-11-20",
    "东城印象物业,物管和保安,104.5515,30.412,2026-11-20",
]


@pytest.fixture(autouse=True)
def in_time(api: FastAPI) -> None:
    """The dates of the lists lie a little before the day on which they come."""
    api.dependency_overrides[moment] = lambda: datetime(2026, 11, 22, 2, tzinfo=UTC)


def sent(client: SignedIn, content: bytes, who: str = "station_lead", query: str = "") -> Any:
    return client.http.post(
        f"/v1/visit-places/import{query}", content=content, headers=client.as_(who)
    )


def lines(*rows: str, encoding: str = "utf-8") -> bytes:
    return "\n".join([HEAD, *rows]).encode(encoding)


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def places(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(VisitPlace)) or 0


def problems(answer: httpx.Response) -> list[tuple[int, str, str]]:
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "import.refused"
    return [(p["line"], p["column"], p["code"]) for p in answer.json()["facts"]["problems"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_is_written_and_the_same_again_changes_nothing(
    client: SignedIn, db: Session, encoding: str
) -> None:
    content = lines(*GOOD, encoding=encoding)
    assert sent(client, content).json() == {"written": 3, "unchanged": 0, "checked_only": False}
    assert sent(client, content).json() == {"written": 0, "unchanged": 3, "checked_only": False}
    assert places(db) == 3
    kinds = db.scalars(select(VisitTarget.kind)).all()
    assert sorted(kinds) == sorted(
        [VisitKind.RENTAL, VisitKind.SPECIAL_GROUP, VisitKind.RESIDENT, VisitKind.PROPERTY_GUARD]
    )


def test_a_check_writes_nothing(client: SignedIn, db: Session) -> None:
    answer = sent(client, lines(*GOOD), query="?check=true")
    assert answer.json() == {"written": 3, "unchanged": 0, "checked_only": True}
    assert places(db) == 0


def test_one_bad_line_and_nothing_is_written(client: SignedIn, db: Session) -> None:
    bad = ["和平路3号,旅馆,104.5472,30.411,2026-11-20", ",出租房,200,x,2026-13-40"]
    assert problems(sent(client, lines(*GOOD, *bad))) == [
        (5, "kinds", "import.not_a_word"),
        (6, "first_day", "import.not_a_date"),
        (6, "label", "import.missing"),
        (6, "lat", "import.not_a_number"),
        (6, "lon", "import.not_a_number"),
    ]
    assert places(db) == 0


def test_what_the_register_refuses_is_a_problem_of_its_line(client: SignedIn, db: Session) -> None:
    elsewhere = "河东路1号,出租房,104.5605,30.412,2026-11-20"
    nowhere = "河东路2号,出租房,100.0,20.0,2026-11-20"
    long_ago = "河东路3号,出租房,104.5472,30.411,2018-01-01"
    found = problems(sent(client, lines(GOOD[0], elsewhere, nowhere, long_ago)))
    assert [(line, code) for line, _, code in found] == [
        (3, "visits.no_grid_there"),
        (4, "visits.no_grid_there"),
        (5, "city.effective_in_the_past"),
    ]
    assert places(db) == 0


def test_a_door_stands_once_in_a_list(client: SignedIn, db: Session) -> None:
    other = GOOD[0].replace("出租房", "关怀对象")
    assert problems(sent(client, lines(GOOD[0], other))) == [(3, "label", "import.twice")]
    assert sent(client, lines(GOOD[0])).status_code == 200
    assert problems(sent(client, lines(other))) == [(2, "kinds", "import.other_kinds")]
    assert places(db) == 1


def test_a_workbook_is_read_and_what_is_exported_can_be_read_back(
    client: SignedIn, db: Session
) -> None:
    book = workbook(HEAD.split(","), *[[*line.split(",")] for line in GOOD])
    assert sent(client, book).json()["written"] == 3
    exported = client.http.get(
        "/v1/visit-places?format=xlsx", headers=client.as_("station_lead")
    ).content
    assert load_workbook(io.BytesIO(exported)).worksheets[0].max_row == 4
    assert sent(client, exported).json() == {"written": 0, "unchanged": 3, "checked_only": False}
    csv = client.http.get("/v1/visit-places?format=csv", headers=client.as_("station_lead"))
    assert sent(client, csv.content).json()["unchanged"] == 3
    assert places(db) == 3


def test_formulas_are_text_and_are_neutralised_when_exported(client: SignedIn) -> None:
    line = '"=HYPERLINK(""http://x"")",出租房,104.5472,30.411,2026-11-20'
    assert sent(client, lines(line)).json()["written"] == 1
    answer = client.http.get("/v1/visit-places?format=csv", headers=client.as_("station_lead"))
    assert "'=HYPERLINK" in answer.content.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\n", "import.no_rows"),
        (b"\xff\xfe\x00", "import.encoding"),
        ("姓名,电话\n张,1".encode(), "import.unknown_kind"),
        (b"PK\x03\x04 half a workbook", "import.file_unreadable"),
        (HEAD.encode(), "import.no_rows"),
        ('地点,走访类别,经度,纬度\n"never closed'.encode(), "import.file_unreadable"),
    ],
)
def test_broken_files_are_named(client: SignedIn, content: bytes, code: str) -> None:
    assert code in {found for _, _, found in problems(sent(client, content))}


def test_a_bomb_is_not_unpacked(client: SignedIn) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b" " * (80 * 1024 * 1024))
    assert len(written.getvalue()) < 1024 * 1024
    found = problems(sent(client, written.getvalue()))
    assert found[0][2] == "import.file_unreadable"


def test_too_many_lines_are_refused(client: SignedIn) -> None:
    answer = sent(client, lines(*["a,出租房,1,1,2026-11-20"] * 5001))
    assert (answer.status_code, answer.json()["code"]) == (422, "import.too_long")


@pytest.mark.parametrize("who", ["township", "command_centre", "510185001001001", "finance"])
def test_only_the_station_imports(client: SignedIn, who: str) -> None:
    assert sent(client, lines(*GOOD), who).status_code == 403


@given(st.binary(max_size=400))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_file_breaks_the_server(client: SignedIn, content: bytes) -> None:
    assert sent(client, HEAD.encode() + b"\n" + content).status_code in {200, 422}
