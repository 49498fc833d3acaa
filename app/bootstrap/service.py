"""python -m app.bootstrap.service: the background process of `up --detach`."""

import sys

from app.bootstrap.serving import serve_in_background

if __name__ == "__main__":
    sys.exit(serve_in_background(sys.argv[1:]))
