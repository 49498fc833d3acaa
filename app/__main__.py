"""python3 -m app: needs only a stock Python 3.11 or newer."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Python 3.11 or newer is needed; this is Python %d.%d." % sys.version_info[:2])  # noqa: UP031

from app.bootstrap.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
