"""The virtual environment, from pinned requirements whose hashes are checked."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from app.bootstrap.checkout import Checkout
from app.bootstrap.packages import install_system_packages, venv_packages
from app.bootstrap.trouble import Trouble, log_tail

RUNTIME = "requirements.txt"
TESTING = "requirements-test.txt"


def missing_requirements(checkout: Checkout, files: tuple[str, ...]) -> tuple[str, ...]:
    """Those files whose present content is not what the virtual environment was given."""
    stamp = _stamp(checkout)
    return tuple(f for f in files if stamp.get(f) != _fingerprint(checkout.root / f))


def ensure_virtualenv(checkout: Checkout, files: tuple[str, ...]) -> None:
    if not _usable(checkout):
        _create(checkout)
    for name in missing_requirements(checkout, files):
        _install(checkout, name)
        _write_stamp(checkout, _stamp(checkout) | {name: _fingerprint(checkout.root / name)})


def _usable(checkout: Checkout) -> bool:
    """Made here, not copied or moved from another directory, and its interpreter still runs."""
    if _stamp(checkout).get("made_at") != str(checkout.venv):
        return False
    probe = [str(checkout.python), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(probe, check=False, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def _create(checkout: Checkout) -> None:
    if lacking := venv_packages():
        log = checkout.logs / "apt.log"
        install_system_packages(lacking, log, "Python's venv is missing.")
    _run([sys.executable, "-m", "venv", "--clear", str(checkout.venv)], checkout.logs / "venv.log")
    _write_stamp(checkout, {"made_at": str(checkout.venv)})


def _install(checkout: Checkout, name: str) -> None:
    # The list is complete, so nothing has to be resolved: --no-deps.
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"]
    requirements = ["--require-hashes", "--requirement", str(checkout.root / name)]
    pip = [str(checkout.python), "-m", "pip"]
    _run([*pip, "install", *options, *requirements], checkout.logs / "pip.log")


def _run(command: list[str], log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONHOME", "PIP_TARGET"}}
    with log.open("wb") as out:
        done = subprocess.run(
            command, stdout=out, stderr=subprocess.STDOUT, env=environment, check=False
        )
    if done.returncode != 0:
        raise Trouble(f"{log_tail(log)}\n\nPython packages could not be installed; see {log}.")


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamp(checkout: Checkout) -> dict[str, str]:
    try:
        text = (checkout.venv / "stamp.json").read_text(encoding="utf-8")
        return {str(k): str(v) for k, v in json.loads(text).items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _write_stamp(checkout: Checkout, stamp: dict[str, str]) -> None:
    (checkout.venv / "stamp.json").write_text(json.dumps(stamp, indent=1), encoding="utf-8")
