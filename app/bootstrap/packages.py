"""System packages: installed where that is allowed, else the exact command to type."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from app.bootstrap.postgres_binaries import OLDEST_POSTGRESQL, Binaries, choose, installed
from app.bootstrap.trouble import Trouble, log_tail, please_type
from app.bootstrap.urls import given_url

QUIETLY = {
    "DEBIAN_FRONTEND": "noninteractive",
    "NEEDRESTART_SUSPEND": "1",
    "UCF_FORCE_CONFFOLD": "1",
}
CLUSTER_DEFAULTS = Path("/etc/postgresql-common/createcluster.conf")
SHIPPED_DEFAULTS = Path("/usr/share/postgresql-common/createcluster.conf")
NO_MAIN_CLUSTER = "create_main_cluster = false\n"


def ensure_postgres(log: Path, major: int | None = None) -> Binaries:
    """PostgreSQL with PostGIS, of the given major version where data of it exist."""
    found = choose(installed(), major)
    if found is not None:
        return found
    install_postgres(log, major)
    found = choose(installed(), major)
    if found is None:
        raise Trouble("PostgreSQL 15 with PostGIS 3.3 or newer is needed and was not found.")
    return found


def install_postgres(log: Path, major: int | None) -> None:
    reason = "PostgreSQL 15 or newer with PostGIS 3.3 or newer is missing."
    if shutil.which("apt-get") is None:
        raise Trouble(f"{reason} Please install both with this system's package manager.", 2)
    packages = postgres_packages(major, _newest_offered(log))
    untouched = not CLUSTER_DEFAULTS.exists() and not Path("/usr/bin/pg_lsclusters").exists()
    if untouched:
        _forbid_main_cluster(reason, packages)
    try:
        install_system_packages(packages, log, reason)
    finally:
        if untouched:
            _allow_main_cluster()


def postgres_packages(major: int | None, offered: int) -> list[str]:
    """What is lacking: for the data's version, or the server that is there, or the offered one."""
    there = {b.major for b in installed() if b.major >= OLDEST_POSTGRESQL}
    wanted = major or max(there, default=offered)
    server = [] if wanted in there else [f"postgresql-{wanted}"]
    return [*server, f"postgresql-{wanted}-postgis-3"]


def install_system_packages(packages: Sequence[str], log: Path, reason: str) -> None:
    """With apt-get, as root or through sudo; upgrades and restarts nothing that is there."""
    if shutil.which("apt-get") is None:
        raise Trouble(f"{reason} Please install {' and '.join(packages)}.", 2)
    prefix = _as_root(reason, packages)
    if _lists_are_empty():
        _run([*prefix, *_apt("update")], log)
    options = ["install", "--yes", "--no-install-recommends", "--no-upgrade"]
    _run([*prefix, *_apt(*options, *packages)], log)


def _as_root(reason: str, packages: Sequence[str]) -> list[str]:
    """What to put before a command so that root runs it; refuses when that can't be had."""
    variables = [f"{name}={value}" for name, value in QUIETLY.items()]
    if os.geteuid() == 0:
        return ["env", *variables]
    sudo = shutil.which("sudo")
    if sudo is not None:
        silent = subprocess.run([sudo, "-n", "true"], capture_output=True, check=False)
        if silent.returncode == 0:
            return [sudo, "-n", "env", *variables]
        if sys.stdin.isatty():
            print(f"\n{reason} sudo may ask for your password to install it.", file=sys.stderr)
            return [sudo, "env", *variables]
    by_hand = ["sudo"] if sudo is not None else []
    everything = dict.fromkeys([*packages, *_all_that_is_missing()])
    raise please_type(
        reason,
        [*by_hand, "apt-get", "update"],
        [*by_hand, "apt-get", "install", "--no-install-recommends", *everything],
    )


def venv_packages() -> list[str]:
    """What an interpreter lacks that can't make virtual environments."""
    major, minor = sys.version_info[:2]
    there = importlib.util.find_spec("ensurepip") is not None
    return [] if there else [f"python{major}.{minor}-venv"]


def _all_that_is_missing() -> list[str]:
    """So that a person types once."""
    postgres = choose(installed(), None) is not None or given_url() is not None
    offered = max(_offered(), default=OLDEST_POSTGRESQL)
    return [*venv_packages(), *([] if postgres else postgres_packages(None, offered))]


def _newest_offered(log: Path) -> int:
    offered = _offered()
    if not offered and os.geteuid() == 0:
        _run(["env", *[f"{k}={v}" for k, v in QUIETLY.items()], *_apt("update")], log)
        offered = _offered()
    return max(offered, default=OLDEST_POSTGRESQL)


def _offered() -> list[int]:
    pattern = "^postgresql-[0-9]+-postgis-3$"
    search = ["apt-cache", "search", "--names-only", pattern]
    done = subprocess.run(search, capture_output=True, text=True, check=False)
    majors = re.findall(r"^postgresql-(\d+)-postgis-3 ", done.stdout, re.MULTILINE)
    return [m for m in map(int, majors) if m >= OLDEST_POSTGRESQL]


def _lists_are_empty() -> bool:
    return not any(Path("/var/lib/apt/lists").glob("*_Packages*"))


def _apt(*arguments: str) -> list[str]:
    return ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120", *arguments]


def _forbid_main_cluster(reason: str, packages: Sequence[str]) -> None:
    """Keeps a first installation from starting a server of its own beside the private one."""
    prefix = _as_root(reason, packages)
    _quick([*prefix, "mkdir", "-p", str(CLUSTER_DEFAULTS.parent)])
    _quick([*prefix, "tee", str(CLUSTER_DEFAULTS)], NO_MAIN_CLUSTER)


def _allow_main_cluster() -> None:
    """Leaves the distribution's own defaults behind for those who install more versions."""
    prefix = _as_root("", [])
    if SHIPPED_DEFAULTS.exists():
        _quick([*prefix, "cp", str(SHIPPED_DEFAULTS), str(CLUSTER_DEFAULTS)])
    else:
        _quick([*prefix, "rm", "-f", str(CLUSTER_DEFAULTS)])


def _quick(command: list[str], text: str = "") -> None:
    subprocess.run(command, input=text, text=True, stdout=subprocess.DEVNULL, check=True)


def _run(command: list[str], log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise Trouble(f"{log_tail(log)}\n\nSystem packages could not be installed; see {log}.")
