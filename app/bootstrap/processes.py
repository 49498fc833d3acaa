"""Remembers a process so that it is never mistaken for another that got its number later."""

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

BETWEEN_LOOKS = 0.1


@dataclass(frozen=True)
class Served:
    """A server that `up` runs: the process to end, and where it answers."""

    pid: int
    born: str
    host: str
    port: int

    @property
    def address(self) -> str:
        """As a browser on this machine reaches it."""
        local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{local}]' if ':' in local else local}:{self.port}"

    def alive(self) -> bool:
        return self.born == birth(self.pid) != ""

    def end(self, patience_seconds: float) -> bool:
        """Asks it to end and waits; answers whether it has ended."""
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + patience_seconds
        while self.alive() and time.monotonic() < deadline:
            time.sleep(BETWEEN_LOOKS)
        return not self.alive()


def birth(pid: int) -> str:
    """When the process began, with the machine's boot; empty when there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
    state, started = fields[0], fields[19]
    return "" if state in {"Z", "X"} else f"{boot}:{started}"


def this_process(host: str, port: int) -> Served:
    return Served(os.getpid(), birth(os.getpid()), host, port)


def remember(served: Served, record: Path) -> None:
    attempt = record.with_suffix(f".{served.pid}")
    attempt.write_text(json.dumps(asdict(served)), encoding="utf-8")
    attempt.replace(record)


def recall(record: Path) -> Served | None:
    """The server that is running now, if any."""
    try:
        served = Served(**json.loads(record.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return served if served.alive() else None
