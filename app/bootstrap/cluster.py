"""The private PostgreSQL cluster: on a socket of its own, durable, ended with its last user."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap.account import Account, cluster_account
from app.bootstrap.checkout import Checkout
from app.bootstrap.packages import ensure_postgres
from app.bootstrap.postgres_binaries import Binaries
from app.bootstrap.trouble import Trouble, log_tail
from app.bootstrap.urls import OWNER, PORT

SOCKET_PATH_LIMIT = 107
START_SECONDS = 60

SETTINGS = """\
# Written anew at every start.
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket_dir}'
max_connections = 200
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off
fsync = on
synchronous_commit = on
full_page_writes = on
wal_level = minimal
max_wal_senders = 0
wal_compression = on
max_wal_size = 2GB
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = '{log_dir}'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on
log_min_messages = warning
"""


@dataclass(frozen=True)
class Cluster:
    binaries: Binaries
    account: Account
    data: Path
    socket_dir: Path
    logs: Path

    @property
    def start_log(self) -> Path:
        return self.logs / "start.log"

    def control(self, *arguments: str) -> int:
        """pg_ctl as the cluster's account."""
        command = [self.binaries.program("pg_ctl"), "-D", str(self.data), "-s", *arguments]
        return self.account.run(command).returncode


def cluster_home(checkout: Checkout) -> Path:
    """`var`, or a directory of the system where the cluster's account can't reach `var`."""
    elsewhere = Path(f"/var/lib/{OWNER}-{checkout.digest}")
    inside = checkout.var / "pg"
    if os.geteuid() != 0 or inside.exists():
        return checkout.var
    if elsewhere.exists():
        return elsewhere
    return checkout.var if cluster_account(inside).can_enter(checkout.var) else elsewhere


def socket_directory(home: Path, digest: str) -> Path:
    """`run` in the cluster's home, or a short directory where that path makes trouble.

    The system limits a socket's path, and some write a space in a URL as `+`, which libpq
    takes for a plus.
    """
    usual = home / "run"
    fits = len(os.fsencode(usual / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT
    if fits and " " not in str(usual):
        return usual
    return Path(f"/tmp/{OWNER}-{digest}")  # noqa: S108


def existing_major(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def open_cluster(checkout: Checkout) -> Cluster:
    """The checkout's cluster, made or not; installs the programs it needs."""
    checkout.make_var()
    # Debian's account comes with its packages, so they are looked for first.
    binaries = ensure_postgres(checkout.logs / "apt.log", _major_in_use(checkout))
    home = cluster_home(checkout)
    data = home / "pg"
    account = cluster_account(data)
    sockets = socket_directory(home, checkout.digest)
    return Cluster(binaries, account, data, sockets, home / "pg-log")


def _major_in_use(checkout: Checkout) -> int | None:
    places = (checkout.var, Path(f"/var/lib/{OWNER}-{checkout.digest}"))
    return next((m for p in places if (m := existing_major(p / "pg")) is not None), None)


def create(cluster: Cluster) -> None:
    """Under another name first, so that an interrupted attempt is never taken for a cluster."""
    if cluster.data.exists():
        return
    if not cluster.data.parent.exists():
        cluster.data.parent.mkdir(mode=0o755, parents=True)
    attempt = cluster.data.with_name("pg-attempt")
    cluster.account.run(["rm", "-rf", str(attempt)])
    cluster.account.make_directory(attempt)
    options = ["-U", OWNER, "-E", "UTF8", "--no-locale", "--data-checksums"]
    access = ["--auth-local=trust", "--auth-host=reject"]
    initdb = [cluster.binaries.program("initdb"), "-D", str(attempt), *options, *access]
    done = cluster.account.run(initdb)
    if done.returncode != 0:
        raise Trouble(f"{done.stdout}{done.stderr}\nThe database cluster could not be made.")
    with (attempt / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write("\ninclude 'jianyang.conf'\n")
    attempt.rename(cluster.data)


def is_running(cluster: Cluster) -> bool:
    return cluster.data.exists() and cluster.control("status") == 0


def start(cluster: Cluster) -> None:
    cluster.account.make_directory(cluster.logs)
    _claim_sockets(cluster)
    settings = cluster.data / "jianyang.conf"
    settings.write_text(settings_text(cluster), encoding="utf-8")
    if cluster.account.borrowed:
        os.chown(settings, cluster.account.uid, cluster.account.gid)
    started = cluster.control("-w", "-t", str(START_SECONDS), "-l", str(cluster.start_log), "start")
    if started != 0:
        raise Trouble(
            f"{log_tail(cluster.start_log)}\n\nPostgreSQL did not start; see {cluster.logs}."
        )


def stop(cluster: Cluster) -> None:
    """At once for those connected, and cleanly for the data."""
    if is_running(cluster) and cluster.control("-w", "-m", "fast", "stop") != 0:
        raise Trouble(f"PostgreSQL in {cluster.data} could not be stopped.")


def settings_text(cluster: Cluster) -> str:
    return SETTINGS.format(
        port=PORT, socket_dir=_quoted(cluster.socket_dir), log_dir=_quoted(cluster.logs)
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _claim_sockets(cluster: Cluster) -> None:
    """Nobody else may have laid the directory out: whoever can enter it may use the data."""
    if cluster.socket_dir.is_symlink():
        raise Trouble(f"{cluster.socket_dir} is a symbolic link; please remove it.", 2)
    if not cluster.socket_dir.exists():
        cluster.account.make_directory(cluster.socket_dir)
    found = cluster.socket_dir.lstat()
    if found.st_uid != cluster.account.uid:
        raise Trouble(f"{cluster.socket_dir} belongs to somebody else; please remove it.", 2)
    if stat.S_IMODE(found.st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        cluster.socket_dir.chmod(stat.S_IRWXU)
