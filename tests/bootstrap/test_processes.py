"""Locks, remembered processes, children: each with real processes."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap.checkout import HERE
from app.bootstrap.children import run_child
from app.bootstrap.locks import FileLock
from app.bootstrap.processes import Served, birth, recall, remember, this_process

PATIENCE_SECONDS = 10.0


def waiting_process() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])


def until_gone(pid: int) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while birth(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return birth(pid) == ""


def test_one_owner_or_many_who_share(tmp_path: Path) -> None:
    first, second, third = (FileLock(tmp_path / "lock") for _ in range(3))
    first.share()
    second.share()
    assert not third.try_own()
    first.release()
    assert not third.try_own()
    second.release()
    assert third.try_own()
    for lock in (first, second, third):
        lock.close()


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    script = (
        "import fcntl, sys, time\n"
        f"handle = open({str(path)!r}, 'w')\n"
        f"fcntl.flock(handle, {fcntl.LOCK_EX})\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    lock = FileLock(path)
    assert not lock.try_own()
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert lock.try_own()
    lock.close()


def test_a_server_is_recalled_while_it_lives(tmp_path: Path) -> None:
    record = tmp_path / "server.json"
    process = waiting_process()
    served = Served(process.pid, birth(process.pid), "0.0.0.0", 8000)  # noqa: S104
    remember(served, record)
    assert recall(record) == served
    process.kill()
    process.wait()
    assert recall(record) is None


def test_a_number_taken_by_another_process_is_not_ours(tmp_path: Path) -> None:
    record = tmp_path / "server.json"
    remember(replace(this_process("::", 8000), born="an earlier boot:1"), record)
    assert recall(record) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_broken_record_names_no_server(text: str, tmp_path: Path) -> None:
    record = tmp_path / "server.json"
    record.write_text(text, encoding="utf-8")
    assert recall(record) is None


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104
        ("::", "http://[::1]:80"),
        ("grid.example", "http://grid.example:80"),
    ],
)
def test_addresses_can_be_opened_on_this_machine(host: str, address: str) -> None:
    assert Served(1, "", host, 80).address == address


@pytest.mark.parametrize(("end", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 143)])
def test_a_child_hands_its_exit_code_back(end: str, code: int) -> None:
    assert run_child(["sh", "-c", end]) == code


def test_a_child_gets_its_variables() -> None:
    assert run_child(["sh", "-c", 'test "$DISTRICT" = 510185'], {"DISTRICT": "510185"}) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_a_child_ends_with_its_parent(number: signal.Signals, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    script = (
        "from app.bootstrap.children import run_child\n"
        f"run_child(['sh', '-c', 'echo $$ > {told}.new; mv {told}.new {told}; exec sleep 60'])\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=HERE.root, start_new_session=True)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not told.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    child = int(told.read_text(encoding="ascii"))
    assert birth(child) != ""
    os.kill(parent.pid, number)
    parent.wait(PATIENCE_SECONDS)
    assert until_gone(child)
