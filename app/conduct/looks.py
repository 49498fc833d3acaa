"""Where each ground that the system finds by itself is looked for."""

from collections.abc import Mapping

from app.conduct.basis import Look
from app.rules.conduct import Ground

LOOKS: Mapping[Ground, Look] = {}
"""Month by month; the rest is recorded by an office."""
