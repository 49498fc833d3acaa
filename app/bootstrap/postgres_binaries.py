"""Finds PostgreSQL's programs and the PostGIS that belongs to them."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

OLDEST_POSTGRESQL = 15
OLDEST_POSTGIS = (3, 3)


@dataclass(frozen=True)
class Binaries:
    major: int
    directory: Path
    postgis: tuple[int, ...] | None = None

    def program(self, name: str) -> str:
        return str(self.directory / name)

    @property
    def complete(self) -> bool:
        return (
            self.major >= OLDEST_POSTGRESQL
            and self.postgis is not None
            and self.postgis >= OLDEST_POSTGIS
        )


def installed() -> list[Binaries]:
    """Every server installation on this machine, newest first."""
    found = {d.resolve(): b for d in _directories() if (b := inspect(d)) is not None}
    return sorted(found.values(), key=lambda b: b.major, reverse=True)


def inspect(directory: Path) -> Binaries | None:
    """What a directory of programs offers; None where no server can be made from it."""
    needed = ("initdb", "pg_ctl", "postgres", "psql")
    if not all(os.access(directory / name, os.X_OK) for name in needed):
        return None
    version = _say(directory / "postgres", "--version")
    match = re.search(r"\(PostgreSQL\) (\d+)", version)
    if match is None:
        return None
    major = int(match[1])
    return Binaries(major, directory, _postgis(directory, major))


def choose(candidates: Iterable[Binaries], major: int | None) -> Binaries | None:
    """The newest complete installation; of that major version where data exist already."""
    fit = [b for b in candidates if b.complete and major in {None, b.major}]
    return max(fit, key=lambda b: b.major, default=None)


def client_program(name: str) -> str | None:
    """psql, pg_dump or pg_restore of the newest installation."""
    versioned = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda p: _number(p.parent.parent.name),
    )
    return str(versioned[-1]) if versioned else shutil.which(name)


def _directories() -> list[Path]:
    found = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    servers = filter(None, map(shutil.which, ("postgres", "initdb")))
    found.extend(Path(path).resolve().parent for path in servers)
    if (config := shutil.which("pg_config")) is not None:
        found.append(Path(_say(Path(config), "--bindir")))
    return found


def _postgis(directory: Path, major: int) -> tuple[int, ...] | None:
    """Its description and its library come in two packages; only both together work."""
    share, library = Path(f"/usr/share/postgresql/{major}"), directory.parent / "lib"
    if (directory / "pg_config").exists():
        share = Path(_say(directory / "pg_config", "--sharedir"))
        library = Path(_say(directory / "pg_config", "--pkglibdir"))
    control = share / "extension" / "postgis.control"
    if not control.is_file() or not any(library.glob("postgis-*.so")):
        return None
    return postgis_version(control.read_text(encoding="utf-8"))


def postgis_version(control: str) -> tuple[int, ...] | None:
    """The version that an extension's control file offers."""
    match = re.search(r"^default_version\s*=\s*'(\d+)\.(\d+)", control, re.MULTILINE)
    return (int(match[1]), int(match[2])) if match else None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _say(program: Path, option: str) -> str:
    done = subprocess.run([str(program), option], capture_output=True, text=True, check=False)
    return done.stdout.strip()
