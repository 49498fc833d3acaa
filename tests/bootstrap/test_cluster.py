"""A private cluster from nothing to its end, with the machine's own PostgreSQL."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import cluster as clusters
from app.bootstrap import copies, psql, tenancy
from app.bootstrap.account import cluster_account
from app.bootstrap.cluster import Cluster, existing_major, settings_text, socket_directory
from app.bootstrap.locks import FileLock
from app.bootstrap.postgres_binaries import choose, installed
from app.bootstrap.trouble import Trouble
from app.bootstrap.urls import PORT, on_database, private_url

SOCKET_NAME = len(f"/.s.PGSQL.{PORT}")


def home_of_length(length: int) -> Path:
    """A home whose usual socket has a path of that many bytes."""
    return Path("/" + "h" * (length - len("//run") - SOCKET_NAME))


@pytest.mark.parametrize(("length", "stays"), [(50, True), (107, True), (108, False), (300, False)])
def test_sockets_move_where_their_path_would_be_too_long(length: int, *, stays: bool) -> None:
    home = home_of_length(length)
    chosen = socket_directory(home, "0123456789ab")
    assert (chosen == home / "run") is stays
    assert len(os.fsencode(chosen)) + SOCKET_NAME <= 107


def test_a_path_is_measured_in_bytes() -> None:
    home = Path("/" + "网" * 34)
    assert len(str(home / "run")) + SOCKET_NAME < 107
    assert socket_directory(home, "0123456789ab") != home / "run"


def test_a_space_keeps_sockets_out_of_a_path() -> None:
    assert socket_directory(Path("/a b"), "0123456789ab") == Path("/tmp/jianyang-0123456789ab")  # noqa: S108
    assert socket_directory(Path("/网格"), "0123456789ab") == Path("/网格/run")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    binaries = choose(installed(), None)
    assert binaries is not None
    home = Path(tempfile.mkdtemp(prefix="网 格'"))
    home.chmod(0o755)
    account = cluster_account(home / "pg")
    made = Cluster(binaries, account, home / "pg", home / "run", home / "pg-log")
    clusters.create(made)
    clusters.start(made)
    yield made
    clusters.stop(made)
    shutil.rmtree(home)


def test_only_its_account_may_enter(cluster: Cluster) -> None:
    for directory in (cluster.data, cluster.socket_dir):
        found = directory.stat()
        assert stat.S_IMODE(found.st_mode) == 0o700
        assert found.st_uid == cluster.account.uid != 0


def test_it_listens_on_its_socket_only_and_is_durable(cluster: Cluster) -> None:
    url = private_url(cluster.socket_dir, psql.MAINTENANCE)
    asked = ["listen_addresses", "fsync", "synchronous_commit", "server_encoding"]
    assert [psql.ask(url, f"SHOW {name}") for name in asked] == ["", "on", "on", "UTF8"]
    assert existing_major(cluster.data) == cluster.binaries.major


def test_postgis_is_there(cluster: Cluster) -> None:
    url = private_url(cluster.socket_dir)
    psql.ensure_database(url)
    psql.ensure_database(url)
    psql.ask(url, "CREATE EXTENSION postgis")
    version = psql.ask(url, "SELECT extversion FROM pg_extension WHERE extname = 'postgis'")
    assert tuple(map(int, version.split(".")[:2])) >= (3, 3)


def test_an_interrupted_attempt_is_never_taken_for_a_cluster(cluster: Cluster) -> None:
    other = Cluster(
        cluster.binaries,
        cluster.account,
        cluster.data.parent / "second" / "pg",
        cluster.data.parent / "second" / "run",
        cluster.logs,
    )
    half = other.data.with_name("pg-attempt")
    half.mkdir(parents=True)
    other.account.make_directory(half)
    (half / "PG_VERSION").write_text("15\n", encoding="ascii")
    assert not clusters.is_running(other)
    other.data.parent.chmod(0o755)
    clusters.create(other)
    assert (other.data / "global").is_dir()
    assert not half.exists()


def test_a_directory_of_somebody_else_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    link = tmp_path / "run"
    link.symlink_to(cluster.socket_dir)
    trap = Cluster(cluster.binaries, cluster.account, cluster.data, link, cluster.logs)
    with pytest.raises(Trouble, match="symbolic link"):
        clusters.start(trap)


def test_quotes_in_a_path_are_doubled(cluster: Cluster) -> None:
    assert f"'{str(cluster.socket_dir).replace(chr(39), chr(39) * 2)}'" in settings_text(cluster)


def test_a_copy_takes_the_databases_place_whole(cluster: Cluster, tmp_path: Path) -> None:
    url, fresh = private_url(cluster.socket_dir, "city"), "city_fresh"
    psql.create_database(url, "city")
    psql.ask(url, "CREATE TABLE day (duty date)", "INSERT INTO day VALUES ('2026-03-02')")
    copies.dump(url, tmp_path / "copy")
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    psql.ask(url, "INSERT INTO day VALUES ('2026-03-03')")
    psql.create_database(url, fresh)
    copies.load(on_database(url, fresh), tmp_path / "copy")
    copies.swap(url, fresh, force=False)
    assert psql.ask(url, "SELECT duty FROM day") == "2026-03-02"
    assert not psql.exists(url, fresh)
    names = psql.ask(url, "SELECT datname FROM pg_database WHERE datname LIKE 'city%'")
    assert names == "city"


def test_a_broken_copy_changes_nothing(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(b"PGDMP nonsense")
    with pytest.raises(Trouble, match="is no backup"):
        copies.refuse_unreadable(tmp_path / "copy")


def test_the_last_one_out_stops_the_cluster(cluster: Cluster, tmp_path: Path) -> None:
    mine, theirs = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    mine.share()
    theirs.share()
    assert not tenancy.leave(cluster, mine)
    assert clusters.is_running(cluster)
    assert tenancy.leave(cluster, theirs)
    assert not clusters.is_running(cluster)
    clusters.start(cluster)
    mine.close()
    theirs.close()
