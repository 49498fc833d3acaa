"""Simulated handsets at a real server: same seed, same verdicts, and `judge` agrees."""

import ast
import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely import box

from app.counsel import national_duty
from app.kit import ids
from app.rules.judge import judge_file
from app.settings import Settings
from mobile_contract.handset.answers import judge_result
from mobile_contract.handset.chance import chance_of, chosen, key_at
from mobile_contract.handset.civil import minute_after
from mobile_contract.handset.faults import Faults
from mobile_contract.handset.outbox import Boot, Captured
from mobile_contract.handset.plans import Gap, Plan, Post, Record, plan
from mobile_contract.handset.recorded import placed, read
from mobile_contract.handset.tally import Tally
from tests import city as small_city
from tests.city import City
from tests.conftest import copied

DATE = "2026-03-18"
SHARES = {
    "offline": 0.34,
    "wrong-clock": 0.34,
    "mocked": 0.34,
    "drifting": 0.34,
    "duplicates": 0.67,
    "resends": 0.67,
}


BESIDE = ("attendance", "cards", "events")


@dataclass(frozen=True)
class Played:
    """What a simulation said and wrote."""

    said: str
    field_time: dict[str, Any]
    attendance: dict[str, Any]
    cards: dict[str, Any]
    events: list[dict[str, Any]]


def start(database: Settings, city: City, cases: Path, *options: str) -> subprocess.Popen[str]:
    """The command as a person types it."""
    command = [sys.executable, "-m", "app.cli", "simulate", "--date", DATE, "--cases", str(cases)]
    who = ["--office", city.phones["command_centre"], "--totp-secret", ""]
    who += ["--administrator", city.phones["system_administrator"]]
    return subprocess.Popen(
        [*command, *who, "--password", small_city.PASSWORD, *options],
        env={**os.environ, "DATABASE_URL": database.database_url, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str], cases: Path) -> Played:
    """What it left behind; it must have found nothing unexpected."""
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    beside = [cases.with_name(f"{cases.stem}-{name}.json") for name in BESIDE]
    first, *others = (json.loads(file.read_text("utf-8")) for file in (cases, *beside))
    attendance, cards, events = others
    return Played(said, first, attendance, cards, events["events"])


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recorded walk in another city and year, in UTC as recorders write it."""
    folder = tmp_path_factory.mktemp("tracks")
    begin = datetime(2008, 10, 24, 0, 30, tzinfo=UTC)
    turns = np.linspace(0, 40, 480)
    with (folder / "walk.csv").open("w", encoding="utf-8") as lines:
        rows = csv.writer(lines)
        rows.writerow(("time", "lon", "lat", "alt_ft"))
        for number, turn in enumerate(turns.tolist()):
            at = (begin + timedelta(seconds=45 * number)).strftime("%Y-%m-%dT%H:%M:%SZ")
            rows.writerow((at, 116.33 + 0.002 * np.cos(turn), 39.98 + 0.002 * np.sin(turn), 150))
    return folder


@pytest.fixture(scope="module")
def played(
    server: Settings,
    template: tuple[Settings, City],
    track: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Sequence[Played]]:
    """Twice the same on two fresh databases, and once with a recorded track, all at one time."""
    fresh, city = template[0], deepcopy(template[1])
    folder = tmp_path_factory.mktemp("played")
    faulty = [part for name, share in SHARES.items() for part in (f"--{name}", str(share))]
    wishes = [
        ["--workers", "3", "--seed", "11", *faulty],
        ["--workers", "3", "--seed", "11", *faulty],
        ["--workers", "1", "--seed", "12", "--tracks", str(track)],
    ]
    files = [folder / f"{number}.json" for number in range(len(wishes))]
    with ExitStack() as databases:
        processes = [
            start(databases.enter_context(copied(server, fresh)), city, file, *wish)
            for file, wish in zip(files, wishes, strict=True)
        ]
        yield [ended(process, file) for process, file in zip(processes, files, strict=True)]


def test_same_seed_same_city_same_verdicts(played: Sequence[Played]) -> None:
    first, second, _ = played
    assert first.field_time == second.field_time
    assert first.attendance == second.attendance
    assert first.events == second.events
    assert uploads(first.said) == uploads(second.said)


def uploads(said: str) -> list[str]:
    """The lines of the tables."""
    return [line for line in said.splitlines() if line.startswith("│")]


def test_judge_agrees_with_the_boards_from_raw_facts(played: Sequence[Played]) -> None:
    for each in played:
        judged = judge_file(each.field_time, None, national_duty)
        assert [case for case in judged if not case.agrees] == []
        judged = judge_file(each.attendance, None, national_duty)
        assert [case for case in judged if not case.agrees] == []
        judged = judge_file(each.cards, None, national_duty)
        assert [case for case in judged if not case.agrees] == []


def test_the_simulated_day_holds_something_to_judge(played: Sequence[Played]) -> None:
    first, _, replayed = played
    assert len(first.field_time["cases"]) == 3
    assert all(case["expect"]["total_s"] > 3600 for case in replayed.field_time["cases"])
    assert any(case["expect"]["total_s"] > 6 * 3600 for case in first.field_time["cases"])
    verdicts = {case["expect"]["verdict"] for case in first.attendance["cases"]}
    assert {"valid", "needs_review"} <= verdicts
    assert {case["clock"]["proven"] for case in first.attendance["cases"]} == {True, False}
    assert first.events
    assert len(first.cards["cases"]) >= len(first.events)
    for event in first.events:
        assert event["counted"] == event["told"]
        assert event["counted"]["acts"] == 1 + len(event["acts"])
    for told in ("track", "check_in", "visit", "incident_action"):
        statuses = {line.split("│")[2].strip() for line in uploads(first.said) if told in line}
        assert {"created", "duplicate"} <= statuses, told
    assert "server errors (5xx): 0" in first.said


def test_a_handset_maker_has_no_part_of_the_server(root: Path) -> None:
    files = list((root / "mobile_contract").rglob("*.py"))
    assert len(files) > 10
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] == "app"], file


NOON = datetime(2026, 3, 18, 4, tzinfo=UTC)


def item() -> Captured:
    """A record that waits."""
    area = box(104.547, 30.411, 104.5512, 30.4146)
    post = Post("510185001001", (104.549, 30.413), ("510185001001001",), area, ())
    day = plan(NOON.date(), post, Faults(), chance_of(1), None)
    record = Record(key_at(NOON, chance_of(2)), NOON, "check_in", {})
    return Captured(record, day, Boot(key_at(NOON, chance_of(3)), NOON))


def result(waiting: Captured, **changed: Any) -> dict[str, Any]:
    """A good answer, or one that is not."""
    good = {"id": str(waiting.record.id), "status": "created", "retry": "never", "message": ""}
    return {**good, "code": "valid", "facts": {"verdict": "valid", "window": 1}, **changed}


@pytest.mark.parametrize(
    ("first", "second", "surprises"),
    [
        ({}, {"status": "duplicate"}, 0),
        ({}, {}, 1),
        ({}, {"status": "duplicate", "facts": {"verdict": "late", "window": 1}}, 1),
        ({"status": "rejected"}, {"status": "duplicate"}, 1),
        ({"id": "another"}, {"status": "duplicate"}, 1),
        ({"retry": "perhaps"}, {"status": "duplicate"}, 1),
    ],
)
def test_a_server_that_contradicts_itself_is_noticed(
    first: dict[str, Any], second: dict[str, Any], surprises: int
) -> None:
    waiting, tally = item(), Tally()
    before = result(waiting, **first)
    judge_result(waiting, before, None, tally)
    judge_result(waiting, result(waiting, **second), before, tally)
    assert len(tally.surprises) == surprises
    assert tally.is_clean == (surprises == 0)


def test_a_server_error_is_never_clean_but_come_again_later_is() -> None:
    tally = Tally()
    tally.answered(503)
    assert tally.is_clean
    tally.answered(500)
    assert not tally.is_clean


def test_keys_are_uuid7_of_their_instant() -> None:
    key = key_at(NOON, chance_of(5))
    assert ids.is_uuid7(key)
    assert ids.time_of(key) == NOON
    assert key == key_at(NOON, chance_of(5)) != key_at(NOON, chance_of(6))


def test_a_share_strikes_that_many() -> None:
    phones = [str(number) for number in range(20)]
    assert len(chosen(0.15, phones, chance_of(1))) == 3
    assert chosen(0.0, phones, chance_of(1)) == frozenset()
    assert chosen(1.0, phones, chance_of(1)) == frozenset(phones)


def test_without_network_a_handset_waits_for_the_end_of_the_gap() -> None:
    offline = Gap(NOON, NOON + timedelta(hours=2))
    day = item().plan
    plan_with_gap = Plan(**{**vars(day), "gaps": (offline,)})
    assert plan_with_gap.reachable(NOON - timedelta(seconds=1)) == NOON - timedelta(seconds=1)
    assert plan_with_gap.reachable(NOON) == offline.end
    assert plan_with_gap.reachable(offline.end) == offline.end
    assert minute_after(NOON) == NOON
    assert minute_after(NOON + timedelta(seconds=1)) == NOON + timedelta(minutes=1)


def test_a_recorded_track_keeps_its_times_of_day_and_comes_to_the_grid(track: Path) -> None:
    recording = read(track / "walk.csv")
    day = datetime(2026, 3, 18, tzinfo=UTC).date()
    fixes = placed(recording, day, (104.549, 30.413))
    moved = datetime.fromtimestamp(int(fixes.t_ms[0]) / 1000, UTC)
    assert moved == datetime(2026, 3, 18, 0, 30, tzinfo=UTC)
    assert np.diff(fixes.t_ms).tolist() == np.diff(recording.t_ms).tolist()
    assert np.hypot(fixes.lon - 104.549, fixes.lat - 30.413).min() < 0.001
