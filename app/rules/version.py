"""Which edition of the regulation's code a verdict was made with."""

import hashlib
from pathlib import Path

EDITION = "1"
"""Raised when the reading of a rule changes; the digest tells builds of one edition apart."""


def _digest() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    together = hashlib.sha256()
    for source in sources:
        together.update(source.name.encode() + source.read_bytes())
    return together.hexdigest()[:12]


RULES_VERSION = f"{EDITION}+{_digest()}"
