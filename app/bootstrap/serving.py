"""`up` and `down`: the server and what it needs."""

import argparse
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence

from app.bootstrap import cluster as clusters
from app.bootstrap import tenancy
from app.bootstrap.checkout import HERE
from app.bootstrap.handover import SETTING_UP_STEPS, ensure_python, require, run_application
from app.bootstrap.processes import BETWEEN_LOOKS, Served, recall, remember, this_process
from app.bootstrap.progress import Progress
from app.bootstrap.trouble import Trouble, log_tail
from app.bootstrap.urls import given_url

READY_SECONDS = 90.0
END_SECONDS = 40.0
ENDED_BY_SIGNAL = {130, 143, 129}
SERVER_LOG = HERE.logs / "server.log"


def up_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python3 -m app up",
        description="Set up all that is missing, load the demo city, and serve until Ctrl-C.",
    )
    parser.add_argument("--detach", action="store_true", help="go on in the background")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="server processes")
    return parser


def up(arguments: Sequence[str]) -> int:
    options = up_options().parse_args(arguments)
    running = recall(HERE.server_record)
    if running is not None:
        return say_running(running)
    refuse_taken_port(options.host, options.port)
    progress = Progress(SETTING_UP_STEPS + 3)
    ensure_python(progress)
    with tenancy.database(HERE, progress) as url:
        with progress.step("Bringing the schema up to date", loud=True):
            require(["migrate"], url, "Migration")
        with progress.step("Loading the demo city if there is none", loud=True):
            require(["demo", "--if-empty"], url, "Loading the demo city")
        if options.detach:
            with progress.step("Starting the server"):
                served = detach(arguments)
            print(
                f"{addresses(served)}\n  log       {SERVER_LOG}\nEnd it with: python3 -m app down"
            )
            return 0
        progress.say("[6/6] Serving; Ctrl-C ends it and the private database.")
        return serve(options, url)


def say_running(running: Served) -> int:
    """Where it answers, and the demo accounts again."""
    print(f"Already running (process {running.pid}).\n{addresses(running)}", flush=True)
    with tenancy.database(HERE, Progress(SETTING_UP_STEPS, terse=True)) as url:
        return run_application(["demo", "--if-empty"], url)


def serve(options: argparse.Namespace, url: str) -> int:
    """Until a signal comes; being asked to end is no failure."""
    served = this_process(options.host, options.port)
    remember(served, HERE.server_record)
    print(addresses(served), flush=True)
    place = ["--host", options.host, "--port", str(options.port)]
    try:
        code = run_application(["serve", *place, "--workers", str(options.workers)], url)
    finally:
        HERE.server_record.unlink(missing_ok=True)
    return 0 if code in ENDED_BY_SIGNAL else code


def serve_in_background(arguments: Sequence[str]) -> int:
    """What the detached process does: it uses the database as long as it serves."""
    options = up_options().parse_args(arguments)
    with tenancy.database(HERE, Progress(2)) as url:
        return serve(options, url)


def detach(arguments: Sequence[str]) -> Served:
    """Starts the background process and waits until it answers on /readyz."""
    with SERVER_LOG.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.bootstrap.service", *arguments],
            cwd=HERE.root,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        served = recall(HERE.server_record)
        if served is not None and is_ready(served):
            return served
        time.sleep(BETWEEN_LOOKS)
    if process.poll() is None:
        process.terminate()
        process.wait()
    raise Trouble(f"{log_tail(SERVER_LOG)}\n\nThe server did not become ready; see {SERVER_LOG}.")


def is_ready(served: Served) -> bool:
    # A proxy named in the environment has no business between a server and its own machine.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{served.address}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def down(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        "python3 -m app down", description="End the server and the private database of `up`."
    )
    parser.parse_args(arguments)
    served = recall(HERE.server_record)
    if served is None:
        print("No server of this checkout is running.")
    elif served.end(END_SECONDS):
        print(f"Server ended (process {served.pid}).")
    else:
        raise Trouble(f"Process {served.pid} did not end within {END_SECONDS:.0f} s.")
    return 0 if given_url() is not None else _end_database()


def _end_database() -> int:
    if clusters.existing_major(clusters.cluster_home(HERE) / "pg") is None:
        return 0
    cluster = clusters.open_cluster(HERE)
    if tenancy.leave(cluster, tenancy.users_lock(HERE)):
        print("The private database is stopped.")
    else:
        print("The private database still serves another command and ends with it.")
    return 0


def addresses(served: Served) -> str:
    lines = {"pages": "/docs", "contract": "/openapi.json", "ready": "/readyz"}
    return "\n".join(f"  {what:9} {served.address}{path}" for what, path in lines.items())


def refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise Trouble(f"Can't serve on {host} port {port}: {reason}. Try --port.", 2) from error
