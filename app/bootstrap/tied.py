"""python tied.py COMMAND…: the command ends when the process that asked for it does."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def run_tied(command: list[str]) -> None:
    """Becomes the command; the kernel ends it with its parent, even when that one is killed."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:
        os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    run_tied(sys.argv[1:])
