"""Which PostgreSQL is chosen."""

from pathlib import Path

import pytest

from app.bootstrap.postgres_binaries import Binaries, choose, inspect, installed, postgis_version


def binaries(major: int, postgis: tuple[int, ...] | None = (3, 3)) -> Binaries:
    return Binaries(major, Path(f"/opt/{major}"), postgis)


@pytest.mark.parametrize(
    ("offered", "data", "chosen"),
    [
        ([binaries(15), binaries(17)], None, 17),
        ([binaries(17), binaries(15)], 15, 15),
        ([binaries(17)], 15, None),
        ([binaries(14)], None, None),
        ([binaries(14)], 14, None),
        ([binaries(17, None), binaries(15)], None, 15),
        ([binaries(17, (3, 2)), binaries(16, (3, 3))], None, 16),
        ([binaries(16, (4, 0))], None, 16),
        ([], None, None),
    ],
)
def test_newest_complete_or_that_of_the_data(
    offered: list[Binaries], data: int | None, chosen: int | None
) -> None:
    found = choose(offered, data)
    assert (found.major if found else None) == chosen


@pytest.mark.parametrize(
    ("control", "version"),
    [
        ("# postgis\ndefault_version = '3.3.2'\nrelocatable = false\n", (3, 3)),
        ("default_version='3.10.0dev'\n", (3, 10)),
        ("comment = 'default_version'\n", None),
    ],
)
def test_postgis_says_its_version(control: str, version: tuple[int, int] | None) -> None:
    assert postgis_version(control) == version


def test_this_machine_has_what_the_tests_run_on() -> None:
    found = installed()
    assert [b.major for b in found] == sorted((b.major for b in found), reverse=True)
    assert any(b.complete for b in found)


def laid_out(root: Path, *, library: bool) -> Path:
    """An installation as far as it is looked at, which says that it is PostgreSQL 16.2."""
    directory = root / "bin"
    answers = {"postgres": "postgres (PostgreSQL) 16.2", "initdb": "", "pg_ctl": "", "psql": ""}
    share, libraries = root / "share" / "extension", root / "lib"
    for made in (directory, share, libraries):
        made.mkdir(parents=True)
    (share / "postgis.control").write_text("default_version = '3.4.1'\n", encoding="utf-8")
    if library:
        (libraries / "postgis-3.so").touch()
    config = f'case "$1" in --sharedir) echo {root}/share;; --pkglibdir) echo {root}/lib;; esac'
    scripts = {name: f"echo '{answer}'" for name, answer in answers.items()}
    for name, script in (scripts | {"pg_config": config}).items():
        (directory / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (directory / name).chmod(0o755)
    return directory


def test_postgis_is_its_library_too(tmp_path: Path) -> None:
    whole, half = (laid_out(tmp_path / str(b), library=b) for b in (True, False))
    assert inspect(whole) == Binaries(16, whole, (3, 4))
    assert inspect(half) == Binaries(16, half, None)


def test_a_directory_without_a_server_is_none(tmp_path: Path) -> None:
    (tmp_path / "psql").touch(mode=0o755)
    assert inspect(tmp_path) is None
