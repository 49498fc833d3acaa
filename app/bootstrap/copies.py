"""`backup` and `restore`: whole copies of the database, put in place at once or not at all."""

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

from app.bootstrap import psql, tenancy
from app.bootstrap.checkout import HERE
from app.bootstrap.handover import SETTING_UP_STEPS, ensure_python, require
from app.bootstrap.processes import recall
from app.bootstrap.progress import Progress
from app.bootstrap.psql import identifier, literal
from app.bootstrap.trouble import Trouble
from app.bootstrap.urls import database_of, on_database


def backup(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        "python3 -m app backup",
        description="Write a consistent copy of the whole database into FILE, also while serving.",
    )
    parser.add_argument("file", metavar="FILE", type=Path)
    target: Path = parser.parse_args(arguments).file
    if not target.absolute().parent.is_dir():
        raise Trouble(f"There is no directory {target.absolute().parent}.", 2)
    progress = Progress(3)
    with (
        tenancy.database(HERE, progress) as url,
        progress.step(f"Copying the database into {target}"),
    ):
        dump(url, target)
    print(f"Wrote {target} ({target.stat().st_size / 1e6:.1f} MB).")
    return 0


def dump(url: str, target: Path) -> None:
    """Private to whoever asked, and complete before it takes the file's name."""
    attempt = target.with_name(f"{target.name}.{os.getpid()}.part")
    os.close(os.open(attempt, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        done = psql.run_client(
            "pg_dump", ["-Fc", "--no-owner", "--no-privileges", "-f", str(attempt), "-d", url]
        )
        if done.returncode != 0:
            raise Trouble(f"{done.stderr.strip()}\nThe database could not be copied.")
        attempt.replace(target)
    finally:
        attempt.unlink(missing_ok=True)


def restore(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        "python3 -m app restore",
        description="Put the copy in FILE in the database's place; what was there is gone.",
    )
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--force", action="store_true", help="even while others are connected")
    options = parser.parse_args(arguments)
    refuse_unreadable(options.file)
    if not options.force and (running := recall(HERE.server_record)) is not None:
        raise Trouble(
            f"The server is running (process {running.pid}). End it first with "
            "`python3 -m app down`, or say --force.",
            2,
        )
    progress = Progress(SETTING_UP_STEPS + 3)
    ensure_python(progress)
    with tenancy.database(HERE, progress) as url:
        put_in_place(url, options.file, progress, force=options.force)
    print(f"Restored {options.file}; handsets will be told to fetch everything anew.")
    return 0


def refuse_unreadable(file: Path) -> None:
    listed = psql.run_client("pg_restore", ["--list", str(file)])
    if listed.returncode != 0:
        raise Trouble(f"{file} is no backup: {listed.stderr.strip()}", 2)


def put_in_place(url: str, file: Path, progress: Progress, *, force: bool) -> None:
    """Everything happens to a new database; the old one keeps its name until that is whole."""
    fresh = f"{database_of(url)}_restoring_{os.getpid()}_{time.time_ns() // 10**9}"
    psql.create_database(url, fresh)
    try:
        with progress.step(f"Reading {file}"):
            load(on_database(url, fresh), file)
        with progress.step("Bringing the schema up to date", loud=True):
            require(["migrate"], on_database(url, fresh), "Migration")
            require(["new-epoch"], on_database(url, fresh), "Starting a new epoch")
        with progress.step("Changing the databases' names"):
            swap(url, fresh, force=force)
    finally:
        psql.drop_database(url, fresh)


def load(url: str, file: Path) -> None:
    options = ["--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction"]
    done = psql.run_client("pg_restore", [*options, "-d", url, str(file)])
    if done.returncode != 0:
        raise Trouble(f"{done.stderr.strip()}\n{file} could not be read; nothing has changed.")


def swap(url: str, fresh: str, *, force: bool) -> None:
    """Both renames are one transaction, so there is never no database of that name."""
    current = database_of(url)
    maintenance = on_database(url, psql.MAINTENANCE)
    replaced = f"{fresh}_replaced"
    closed = f"ALTER DATABASE {identifier(current)} ALLOW_CONNECTIONS "
    if not psql.exists(url, current):
        psql.ask(maintenance, f"ALTER DATABASE {identifier(fresh)} RENAME TO {identifier(current)}")
        return
    psql.ask(maintenance, f"{closed} false")
    try:
        _disconnect(maintenance, current, force=force)
        psql.ask(
            maintenance,
            "BEGIN",
            f"ALTER DATABASE {identifier(current)} RENAME TO {identifier(replaced)}",
            f"ALTER DATABASE {identifier(fresh)} RENAME TO {identifier(current)}",
            "COMMIT",
        )
    except Trouble:
        psql.ask(maintenance, f"{closed} true")
        raise
    psql.drop_database(url, replaced)


def _disconnect(maintenance: str, database: str, *, force: bool) -> None:
    others = f"FROM pg_stat_activity WHERE datname = {literal(database)}"
    if force:
        psql.ask(maintenance, f"SELECT pg_terminate_backend(pid, 5000) {others}")
    elif (count := psql.ask(maintenance, f"SELECT count(*) {others}")) != "0":
        raise Trouble(f"{count} connections use the database. End what uses it, or say --force.", 2)
