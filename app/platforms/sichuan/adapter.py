"""Instants as civil time in Asia/Shanghai, and the tables beside this file."""

import re
from datetime import UTC, datetime
from pathlib import Path

from app.kit.clock import SHANGHAI
from app.platforms.language import Language
from app.platforms.mapping import load
from app.rules.tasks import Platform

FORM = "%Y-%m-%d %H:%M:%S"
WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def write_instant(at: datetime) -> str:
    """Whole seconds; what is less is left off."""
    return at.astimezone(SHANGHAI).strftime(FORM)


def read_instant(value: object) -> datetime:
    """Raises TypeError or ValueError."""
    if not isinstance(value, str):
        raise TypeError("an instant is a text")
    if not WRITTEN.fullmatch(value):
        raise ValueError("not as yyyy-MM-dd HH:mm:ss")
    return datetime.strptime(value, FORM).replace(tzinfo=SHANGHAI).astimezone(UTC)


LANGUAGE = Language(Platform.SICHUAN, load(Path(__file__).parent), write_instant, read_instant)
