"""Who uses the private cluster, and its end with the last of them.

Each command shares one lock while it runs. Whoever can own that lock is the last one out and
stops the cluster. A keeper process waits for the same moment, so that the cluster ends even
when a command is killed.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.bootstrap import cluster as clusters
from app.bootstrap import psql
from app.bootstrap.checkout import HERE, Checkout
from app.bootstrap.cluster import Cluster
from app.bootstrap.locks import FileLock, alone
from app.bootstrap.progress import Progress
from app.bootstrap.urls import given_url, private_url


def users_lock(checkout: Checkout) -> FileLock:
    return FileLock(checkout.var / "cluster.lock")


@contextmanager
def database(checkout: Checkout, progress: Progress) -> Iterator[str]:
    """The database's address; a private cluster runs at least until the block ends."""
    given = given_url()
    if given is not None:
        with progress.step("Using the database that DATABASE_URL names"):
            pass
        yield given
        return
    checkout.make_var()
    lock = users_lock(checkout)
    cluster = None
    try:
        with alone(checkout.var / "setup.lock", progress):
            with progress.step("PostgreSQL and PostGIS"):
                cluster = clusters.open_cluster(checkout)
            with progress.step("Starting the private database"):
                lock.share()
                _ensure_running(cluster, progress)
        yield private_url(cluster.socket_dir)
    finally:
        if cluster is not None:
            leave(cluster, lock)
        lock.close()


def leave(cluster: Cluster, lock: FileLock) -> bool:
    """Stops the cluster if nobody else uses it; answers whether it is now stopped."""
    lock.release()
    if lock.try_own():
        clusters.stop(cluster)
        lock.release()
        return True
    # Either others use it, or the keeper is stopping it and lets us pass when it has.
    lock.share()
    lock.release()
    return not clusters.is_running(cluster)


def keep(checkout: Checkout) -> None:
    """Waits until nobody uses the cluster and stops it."""
    lock = users_lock(checkout)
    lock.own()
    cluster = clusters.open_cluster(checkout)
    clusters.stop(cluster)


def _ensure_running(cluster: Cluster, progress: Progress) -> None:
    if not cluster.data.exists():
        clusters.create(cluster)
        progress.say(f"The database's files are in {cluster.data} ({cluster.account.name}'s).")
    if not clusters.is_running(cluster):
        clusters.start(cluster)
        subprocess.Popen(
            [sys.executable, "-m", "app.bootstrap.keeper"],
            cwd=HERE.root,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    psql.ensure_database(private_url(cluster.socket_dir))
