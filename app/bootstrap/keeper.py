"""python -m app.bootstrap.keeper: ends the private cluster when nobody uses it any more."""

import signal

from app.bootstrap.checkout import HERE
from app.bootstrap.tenancy import keep

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep(HERE)
