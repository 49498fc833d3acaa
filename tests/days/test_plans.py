"""Boards stay as quick when the history is long: every statement goes by an index."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from app.days.boards import Place, board, tag, unit_out
from app.days.upkeep import bring_up_to_date
from tests.city import City
from tests.days.facts import COMMUNITY, DAY, LATER

GROWS_WITH_HISTORY = {"worker_day", "stale_day", "board_version"}

HISTORY = text("""
insert into worker_day
select w.worker_id, d::date, w.community_code, true, true, '[]', 0, 0, 'short', 0, 0, 0, 0,
       '{}', 0, '{}', '{}', 'test', now()
from posting as w, generate_series(date '2026-03-18' - cast(:days as int), date '2026-03-17',
                                   interval '1 day') as d
""")
MARKS = text("""
insert into stale_day (worker_id, day, community_code)
select worker_id, day, community_code from worker_day where day < date '2026-03-10'
""")
VERSIONS = text("""
insert into board_version select distinct community_code, day, 1 from worker_day
on conflict do nothing
""")

Statement = tuple[str, Any]


@contextmanager
def statements(db: Session) -> Iterator[list[Statement]]:
    """What is asked of the database meanwhile."""
    asked: list[Statement] = []

    def note(_: Connection, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    connection = db.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield asked
    event.remove(connection, "before_cursor_execute", note)


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node that reads a table."""
    if "Relation Name" in plan:
        yield plan
    for part in plan.get("Plans", ()):
        yield from scans(part)


def plans_of(db: Session, asked: list[Statement]) -> list[dict[str, Any]]:
    """How each statement reads the tables that grow."""
    found = []
    for statement, parameters in asked:
        if not statement.lstrip().lower().startswith("select"):
            continue
        explained = db.connection().exec_driver_sql(
            f"explain (analyze, format json) {statement}", parameters
        )
        found += [
            node
            for node in scans(explained.scalar_one()[0]["Plan"])
            if node["Relation Name"] in GROWS_WITH_HISTORY
        ]
    return found


def grow(db: Session, days: int) -> None:
    """A history of so many days for each worker."""
    db.execute(HISTORY, {"days": days})
    db.execute(MARKS)
    db.execute(VERSIONS)
    db.execute(text("analyze worker_day, stale_day, board_version, posting"))


@pytest.mark.parametrize("days", [300, 3000])
def test_a_board_reads_as_much_however_long_the_history(
    api: FastAPI, db: Session, city: City, days: int
) -> None:
    del api, city
    unit = unit_out(db, COMMUNITY)
    bring_up_to_date(db, COMMUNITY, DAY, DAY, LATER, 50)
    db.flush()
    grow(db, days)
    with statements(db) as asked:
        assert tag(db, COMMUNITY, DAY, LATER) is not None
        polled = len(asked)
        bring_up_to_date(db, COMMUNITY, DAY, DAY, LATER, 50)
        shown = board(db, unit, DAY, LATER, Place(200))
    assert polled == 1, "a poll is one statement"
    assert len(asked) <= 12, "however many workers there are"
    assert len(shown.items) == 3
    nodes = plans_of(db, asked)
    assert {node["Relation Name"] for node in nodes} == GROWS_WITH_HISTORY
    assert {node["Node Type"] for node in nodes if "Scan" in node["Node Type"]} <= {
        "Index Scan",
        "Index Only Scan",
        "Bitmap Heap Scan",
    }
    read = sum(
        node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0)
        for node in nodes
    )
    assert read <= 20


def test_the_number_of_statements_does_not_grow_with_the_workers(api: FastAPI, db: Session) -> None:
    del api
    counts = []
    for code in ("510185002001", "510185"):
        unit = unit_out(db, code)
        bring_up_to_date(db, code, DAY, DAY, LATER, 50)
        with statements(db) as asked:
            board(db, unit, date(2026, 3, 18), LATER, Place(200))
        counts.append(len(asked))
    assert counts[0] == counts[1]
