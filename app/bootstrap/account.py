"""The unprivileged account that the private database runs under."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap.trouble import Trouble

FALLBACK = "jianyang-db"


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    name: str

    @property
    def borrowed(self) -> bool:
        """Whether root acts as somebody else here."""
        return os.geteuid() == 0 and self.uid != 0

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """As this account, from a directory it can surely enter, with private files."""
        return subprocess.run(
            command,
            user=self.uid if self.borrowed else None,
            group=self.gid if self.borrowed else None,
            extra_groups=[] if self.borrowed else None,
            umask=0o077,
            cwd="/",
            env=plain_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def can_enter(self, directory: Path) -> bool:
        return self.run(["test", "-x", str(directory)]).returncode == 0

    def make_directory(self, directory: Path) -> None:
        """Makes a directory that only this account (and root) may enter."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.borrowed:
            os.chown(directory, self.uid, self.gid)
        directory.chmod(0o700)


def plain_environment() -> dict[str, str]:
    """Without a person's own PostgreSQL settings, and with messages in one language."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))}
    return kept | {"LC_ALL": "C"}


def cluster_account(data: Path) -> Account:
    """Who owns the data; before there are data, an unprivileged account if root asks."""
    if data.exists():
        return _owner_of(data)
    if os.geteuid() != 0:
        return _by_entry(pwd.getpwuid(os.geteuid()))
    for name in ("postgres", FALLBACK):
        if (known := _by_name(name)) is not None:
            return known
    return _create(FALLBACK)


def _owner_of(data: Path) -> Account:
    owner = pwd.getpwuid(data.stat().st_uid)
    if os.geteuid() not in {0, owner.pw_uid}:
        raise Trouble(
            f"The database in {data} belongs to the account {owner.pw_name}. Run this command "
            "as root or as that account, or use a checkout of your own.",
            2,
        )
    return _by_entry(owner)


def _by_name(name: str) -> Account | None:
    try:
        return _by_entry(pwd.getpwnam(name))
    except KeyError:
        return None


def _by_entry(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _create(name: str) -> Account:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    subprocess.run(command, check=True)
    return _by_entry(pwd.getpwnam(name))
