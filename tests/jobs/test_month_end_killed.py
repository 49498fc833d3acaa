"""The month's end is killed in the middle and run again: no line doubled, none lacking (APR-1,
CON, PAY-4)."""

import signal
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from tests.city import City
from tests.databases import Copies
from tests.jobs.month_end import (
    COMMUNITIES,
    GRIDS,
    SURVEYED,
    MonthEnd,
    is_there,
    kill,
    until,
    workers_beside,
    write,
)

COMMANDS: Mapping[str, list[str]] = {
    "appraise": ["appraise", "--month", "2026-03"],
    "detect": ["detect", "--month", "2026-03"],
    "payroll": ["payroll", "--month", "2026-03"],
}
BESIDE = [*COMMANDS["appraise"], "--processes", "2"]
LAST_APPRAISED = (
    f"select pg_advisory_xact_lock(hashtextextended('appraisal {COMMUNITIES[-1]} 2026-03-01', 0))"
)
LAST_SEARCHED = f"select pg_advisory_xact_lock(hashtextextended('conduct {COMMUNITIES[-1]}', 0))"
Figures = list[list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def uninterrupted(
    copies: Copies, template: tuple[Settings, City], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Figures]]:
    """What each command comes to by itself, in one process."""
    with copies.lent() as database:
        write(database, deepcopy(template[1]))
        end = MonthEnd(database, tmp_path_factory.mktemp("clock") / "now")
        found = {}
        for command, asked in COMMANDS.items():
            end.run(*asked)
            found[command] = end.figures(command)
        yield found


@pytest.fixture
def end(database: Settings, city: City, tmp_path: Path) -> MonthEnd:
    write(database, city)
    return MonthEnd(database, tmp_path / "now")


@pytest.mark.parametrize("how", ["a child killed", "the parent killed", "the parent interrupted"])
def test_apr_1_two_processes_are_ended_in_the_middle_and_run_again(
    end: MonthEnd, uninterrupted: Mapping[str, Figures], how: str
) -> None:
    with end.held_up(LAST_APPRAISED) as wait:
        running = end.start(*BESIDE)
        wait.until()
        until(lambda: len(end.figures("appraise")[0]) == 6, "the small city is not done")
        beside = workers_beside(running.pid)
        assert len(beside) == 2
        if how == "a child killed":
            kill(beside[0])
        else:
            running.send_signal(signal.SIGKILL if how == "the parent killed" else signal.SIGINT)
        if how != "the parent interrupted":
            running.wait(30)
            until(lambda: not any(map(is_there, beside)), "a process was left behind")
    said, _ = running.communicate(timeout=60)
    assert running.returncode != 0
    assert "Traceback" not in said
    until(lambda: not any(map(is_there, beside)), "a process was left behind")
    kept = {row[0] for row in end.figures("appraise")[0]}
    whole = {row[0] for row in uninterrupted["appraise"][0]}
    assert kept <= whole
    assert len(whole) == 6 + len(GRIDS)
    if how != "the parent interrupted":
        assert len(kept) == 6
        assert "run again" in said or how == "the parent killed"
    assert f"{len(whole)} workers of {3 + len(COMMUNITIES)} communities" in end.run(
        *COMMANDS["appraise"]
    )
    assert end.figures("appraise") == uninterrupted["appraise"]


def test_con_a_search_is_killed_in_the_middle_and_run_again(
    end: MonthEnd, uninterrupted: Mapping[str, Figures]
) -> None:
    with end.held_up(LAST_SEARCHED) as wait:
        running = end.start(*COMMANDS["detect"])
        wait.until()
        running.kill()
        running.communicate(timeout=60)
    assert running.returncode != 0
    [proposals, _, searched] = end.figures("detect")
    assert (len(proposals), len(searched)) == (2, 25), "the first transaction was kept"
    assert "1 proposals made anew" in end.run(*COMMANDS["detect"])
    assert end.figures("detect") == uninterrupted["detect"]
    assert len(end.figures("detect")[0]) == len(SURVEYED)


def test_pay_4_a_payroll_is_killed_in_the_middle_and_run_again(
    end: MonthEnd, uninterrupted: Mapping[str, Figures]
) -> None:
    end.run(*COMMANDS["appraise"])
    with end.held_up("lock table pay_line in share mode") as wait:
        running = end.start(*COMMANDS["payroll"])
        wait.until()
        running.kill()
        running.communicate(timeout=60)
    assert running.returncode != 0
    assert end.figures("payroll") == [[], [], [], []], "all of it or nothing"
    end.run(*COMMANDS["payroll"])
    once = end.figures("payroll")
    assert once == uninterrupted["payroll"]
    assert len(once[1]) == 6 + len(GRIDS)
    end.run(*COMMANDS["payroll"])
    assert end.figures("payroll") == once
