"""Records from spreadsheets: entered and marked as imported, all lines or none."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.api.deps import moment
from app.db.models import Record, RecordVersion
from app.rules.information import RecordSource, RecordState
from tests.conftest import SignedIn

GRID = "510185001001001"
HEAD = "姓名,身份证号,联系电话,现住址,居住类型,网格编码,采集日期"
GOOD = [
    f"李小明,510185199001011239,13800000001,和平路1号1单元101,流动人口,{GRID},2026-11-18",
    f"王芳,,13800000002,和平路1号1单元102,租住,{GRID},2026-11-19",
]
SHOPS = "\n".join(
    [
        "名称,类别,地址,经度,纬度,网格编码,采集日期",
        f"便民超市,个体工商户,和平路3号,104.5472,30.411,{GRID},2026-11-19",
    ]
)


@pytest.fixture(autouse=True)
def in_time(api: FastAPI) -> None:
    """The lists come a few days after what they say was collected."""
    api.dependency_overrides[moment] = lambda: datetime(2026, 11, 22, 2, tzinfo=UTC)


def sent(
    client: SignedIn,
    content: str,
    kind: str = "person",
    who: str = "information_administrator",
    more: str = "",
) -> Any:
    return client.http.post(
        f"/v1/records/import?kind={kind}{more}",
        content=content.encode(),
        headers=client.as_(who),
    )


def lines(*rows: str) -> str:
    return "\n".join([HEAD, *rows])


def problems(answer: httpx.Response) -> list[tuple[int, str, str]]:
    assert (answer.status_code, answer.json()["code"]) == (422, "import.refused"), answer.text
    return [(p["line"], p["column"], p["code"]) for p in answer.json()["facts"]["problems"]]


def test_a_list_is_entered_and_the_same_again_changes_nothing(
    client: SignedIn, db: Session
) -> None:
    assert sent(client, lines(*GOOD)).json() == {
        "written": 2,
        "unchanged": 0,
        "checked_only": False,
    }
    assert sent(client, lines(*GOOD)).json()["unchanged"] == 2
    records = db.scalars(select(Record)).all()
    assert {record.state for record in records} == {RecordState.ENTERED}
    assert {record.worker_id for record in records} == {client.city.workers[GRID]}
    assert set(db.scalars(select(RecordVersion.source))) == {RecordSource.IMPORT}


def test_names_are_sealed_and_keys_tell_nothing(client: SignedIn, db: Session) -> None:
    assert sent(client, lines(*GOOD)).status_code == 200
    for table in ("record", "record_version", "record_key", "outbox_event"):
        everything = text(f"select row_to_json(t)::text from {table} t")  # noqa: S608
        rows = db.execute(everything).scalars().all()
        assert rows
        assert not [row for row in rows if "李小明" in row or "199001011239" in row], table


def test_other_kinds_have_their_own_columns(client: SignedIn, db: Session) -> None:
    assert sent(client, SHOPS, "organisation").json()["written"] == 1
    content = db.scalars(select(RecordVersion.content)).one()
    assert content["category"] == "shop"
    assert content["point"] == {"lon": 104.5472, "lat": 30.411}


def test_every_wrong_cell_is_named_and_nothing_is_written(client: SignedIn, db: Session) -> None:
    bad = f",510185199001011238,1,和平路,旅居,{GRID},2026-11-31"
    assert problems(sent(client, lines(*GOOD, bad))) == [
        (4, "collected_on", "import.not_a_date"),
        (4, "identity_number", "import.bad_check_digit"),
        (4, "name", "import.missing"),
        (4, "phone", "import.bad_format"),
        (4, "residence", "import.bad_choice"),
    ]
    assert db.scalars(select(Record)).all() == []


def test_a_grid_of_another_station_is_refused(client: SignedIn, db: Session) -> None:
    elsewhere = GOOD[0].replace(GRID, "510185001002001")
    assert problems(sent(client, lines(elsewhere))) == [(2, "worker_phone", "import.nobody_there")]
    later = GOOD[0].replace("2026-11-18", "2026-11-30")
    assert problems(sent(client, lines(later))) == [(2, "", "record.collected_later")]
    assert db.scalars(select(Record)).all() == []


def test_a_check_writes_nothing(client: SignedIn, db: Session) -> None:
    assert sent(client, lines(*GOOD), more="&check=true").json()["written"] == 2
    assert db.scalars(select(Record)).all() == []


@pytest.mark.parametrize("who", ["station_lead", "township", GRID])
def test_only_the_information_administrator_imports(client: SignedIn, who: str) -> None:
    assert sent(client, lines(*GOOD), who=who).status_code == 403


def test_a_list_of_another_kind_is_told(client: SignedIn) -> None:
    assert [code for _, _, code in problems(sent(client, SHOPS, "person"))] == [
        "import.unknown_kind"
    ]
    assert sent(client, SHOPS, "people").status_code == 422
